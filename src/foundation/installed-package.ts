/**
 * Loads packages that may be installed beside ai-spans, where the runtime has `createRequire` (Node, Bun, Deno). A
 * static import of a package that is not installed would fail.
 */
import { builtinModule } from "./builtin-module.ts";
import { isFunction, type UnknownFunction } from "./structure.ts";

/**
 * Declared because TypeScript does not know that this file is also built as CommonJS. CommonJS modules have
 * `__filename`, but no `import.meta.url`.
 */
declare const __filename: string;

/** Returns the path or the URL from which a package is looked up. The file need not exist. May throw. */
export type Place = () => unknown;

/**
 * This file: `__filename` in CommonJS, `import.meta.url` in ES modules. The expression that the format lacks throws or
 * is `undefined`.
 */
export const BESIDE_US: readonly Place[] = [() => __filename, () => import.meta.url];

/**
 * Looks from each place, in order, until `find` returns a value.
 *
 * @param find receives the `require` function of the place. If nothing is found, it returns `undefined` or throws.
 */
export function findInstalled<T>(
  places: readonly Place[],
  find: (require: UnknownFunction) => T | undefined,
): T | undefined {
  const createRequire = builtinModule("node:module")?.createRequire;
  if (!isFunction(createRequire)) return undefined;
  for (const place of places) {
    try {
      const require = createRequire(place());
      const found = isFunction(require) ? find(require) : undefined;
      if (found !== undefined) return found;
    } catch {
      // The package is not installed from here. Or our code is in a bundle, so the place is `undefined` or is no file
      // path.
    }
  }
  return undefined;
}
