/**
 * Adds our hook to other copies of import-in-the-middle that the process has loaded. Packages bring copies of their own
 * (Elastic's agent, New Relic's). An ES module that the loaders of two copies would replace is replaced by one of them,
 * and only the hooks of that copy are called.
 */
import { builtinModule } from "../foundation/builtin-module.ts";
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, isConstructor, isFunction, isString } from "../foundation/structure.ts";
import type { HookedModule } from "../instrumentation/traced-calls.ts";
import { loaderAt } from "./packages.ts";

const MAIN_FILE = /[\\/]import-in-the-middle[\\/]index\.js$/;
const SUPPORTED_MAJOR = /^[567]\./;

const hooked = new Set<string>();

/**
 * Adds the hook to each copy that is loaded now and does not have it. It is called for modules that were loaded before,
 * too.
 *
 * @param ownMain the path of the main file of the copy that already has our hook
 */
export function hookOtherCopies(module: HookedModule, ownMain: string): void {
  const createRequire = builtinModule("node:module")?.createRequire;
  const cache = isFunction(createRequire) ? asRecord(asRecord(createRequire(ownMain))?.cache) : undefined;
  for (const path of Object.keys(cache ?? {})) {
    if (path === ownMain || !MAIN_FILE.test(path) || hooked.has(path)) continue;
    hooked.add(path);
    contain("module loader", () => addHook(path, module));
  }
}

function addHook(path: string, { name, patch }: HookedModule): void {
  const packages = loaderAt(path);
  const Hook = asRecord(packages.load(path))?.Hook;
  if (!isConstructor(Hook)) return;
  const onLoad = contained("module hook", (exports: unknown, _name: unknown, folder: unknown): unknown => {
    const manifest = isString(folder) ? asRecord(packages.load(`${folder}/package.json`)) : undefined;
    return isString(manifest?.version) && SUPPORTED_MAJOR.test(manifest.version) ? patch(exports) : exports;
  });
  Reflect.construct(Hook, [[name], onLoad]);
}
