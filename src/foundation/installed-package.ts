/**
 * Loads packages that may be installed beside ai-spans, where the runtime has `createRequire` (Node, Bun, Deno). A
 * static import of a package that is not installed would fail.
 */
import { builtinModule } from "./builtin-module.ts";
import { isFunction, type UnknownFunction } from "./structure.ts";

/** CommonJS modules have it; they have no `import.meta.url`. */
declare const __filename: string;

/** Gives the path or the URL of a file, which need not exist. May throw. */
export type Place = () => unknown;

/** This file. It has one of two names. */
export const BESIDE_US: readonly Place[] = [() => __filename, () => import.meta.url];

/**
 * Looks from each place until something is found.
 *
 * @param find gets the `require` of the place. It returns `undefined`, or throws, where nothing is found.
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
      // The package is not installed. Or the module is in a bundle, which has no path, or a path that is no file.
    }
  }
  return undefined;
}
