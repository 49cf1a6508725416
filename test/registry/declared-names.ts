/**
 * What a test file's own programs add to the names that may be on spans, for as long as the file runs: another
 * namespace, attributes that a span processor of the application puts there.
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
