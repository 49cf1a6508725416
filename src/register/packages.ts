/** Loads packages that are installed beside ai-spans, or in the folder in which the process runs. */
import { BESIDE_US, findInstalled, type Place } from "../foundation/installed-package.ts";
import { asRecord, isFunction, isString } from "../foundation/structure.ts";

const PLACES: readonly Place[] = [...BESIDE_US, inCurrentFolder];

/** Resolves package names from one place, as `require` in a module at that place does. */
export interface PackageLoader {
  /** @returns what `require` returns; `undefined` where the package is not installed, or fails to load */
  load(name: string): unknown;
  /** @returns the path of a file of a package; `undefined` where there is none */
  pathOf(name: string): string | undefined;
}

export const installed: PackageLoader = loaderFrom(PLACES);

/** Loads the packages that a package depends on. @returns `undefined` where the package is not installed */
export function dependenciesOf(name: string): PackageLoader | undefined {
  const path = installed.pathOf(name);
  return path === undefined ? undefined : loaderAt(path);
}

/** Loads packages as a module with this path would. */
export function loaderAt(path: string): PackageLoader {
  return loaderFrom([() => path]);
}

function loaderFrom(places: readonly Place[]): PackageLoader {
  return {
    load: (name) => findInstalled(places, (require) => require(name)),
    pathOf: (name) =>
      findInstalled(places, (require) => {
        const resolve = asRecord(require)?.resolve;
        const path = isFunction(resolve) ? resolve(name) : undefined;
        return isString(path) ? path : undefined;
      }),
  };
}

function inCurrentFolder(): unknown {
  const process = asRecord(asRecord(globalThis)?.process);
  return isFunction(process?.cwd) ? `${String(process.cwd())}/` : undefined;
}
