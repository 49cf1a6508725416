/**
 * Names that a test file adds to those that spans may have. They are another namespace, or attributes that a span
 * processor of the application sets. They count as long as the file runs.
 */
import { DEFAULT_DECLARED, type Declared } from "./finding.ts";

let declared: Declared = DEFAULT_DECLARED;

export function declaredNames(): Declared {
  return declared;
}

export function declareNames({ namespaces = [], attributes = [] }: Partial<Declared>): void {
  declared = {
    namespaces: [...declared.namespaces, ...namespaces],
    attributes: [...declared.attributes, ...attributes],
  };
}
