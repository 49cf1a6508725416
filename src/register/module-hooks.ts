/**
 * Installs the hooks by which `@opentelemetry/instrumentation` replaces the exports of modules that the program loads.
 * For CommonJS the package has hooks. ES modules need the loader of the package `import-in-the-middle`. Loader and
 * hooks share a list, so the loader must be of the copy that `@opentelemetry/instrumentation` loads.
 */
import { builtinModule } from "../foundation/builtin-module.ts";
import { contain, contained } from "../foundation/containment.ts";
import {
  asRecord,
  isConstructor,
  isFunction,
  type Constructor,
  type UnknownRecord,
} from "../foundation/structure.ts";
import { hookedModule } from "../instrumentation/traced-calls.ts";
import { INSTRUMENTATION_SCOPE_NAME, INSTRUMENTATION_SCOPE_VERSION } from "../spans/instrumentation-scope.ts";
import { hookOtherCopies } from "./other-copies.ts";
import { dependenciesOf, installed, loaderAt, type PackageLoader } from "./packages.ts";

const PACKAGE = "@opentelemetry/instrumentation";
const LOADER = "import-in-the-middle";

export const NO_HOOKS =
  "AI SDK 5 and 6 are not traced, and 7 less completely: install @opentelemetry/instrumentation";
export const NO_IMPORT_HOOKS =
  "only CommonJS and AI SDK 7 are traced: install @opentelemetry/instrumentation 0.212 or newer";

/** @returns the warning about what is missing; `undefined` where all hooks are installed */
export function installModuleHooks(): string | undefined {
  // With a strict package manager (pnpm) the program can load only its direct dependencies. Then the copy that
  // `@opentelemetry/sdk-node` depends on is found.
  const path = installed.pathOf(PACKAGE) ?? dependenciesOf("@opentelemetry/sdk-node")?.pathOf(PACKAGE);
  const Base = asRecord(path === undefined ? undefined : installed.load(path))?.InstrumentationBase;
  if (path === undefined || !isConstructor(Base)) return NO_HOOKS;
  const dependencies = loaderAt(path);
  const hookOthers = hookCopiesBeside(dependencies);
  const isInstalled = contain("module loader", () => installLoader(dependencies, hookOthers));
  Reflect.construct(hooksOf(Base), [INSTRUMENTATION_SCOPE_NAME, INSTRUMENTATION_SCOPE_VERSION, {}]);
  return isInstalled ? undefined : NO_IMPORT_HOOKS;
}

/**
 * Adds our hook to the other copies that are loaded now, and soon again: a later `--require` has loaded its copy by the next
 * microtask, a later `--import` perhaps by the next turn of the event loop.
 *
 * @returns adds the hook to the copies that were loaded since
 */
function hookCopiesBeside(dependencies: PackageLoader): () => void {
  const ownMain = dependencies.pathOf(LOADER);
  if (ownMain === undefined) return () => {};
  const hookOthers = contained("module loader", () => hookOtherCopies(hookedModule(), ownMain));
  hookOthers();
  void Promise.resolve().then(hookOthers);
  const schedule = asRecord(globalThis)?.setImmediate;
  if (isFunction(schedule)) schedule(hookOthers);
  return hookOthers;
}

/** The base class calls `init` in its constructor, and hooks the modules that `init` returns. */
function hooksOf(Base: Constructor): Constructor {
  return class extends Base {
    protected init(): object {
      return hookedModule();
    }
  };
}

/**
 * Installs a loader for imports of `ai` only, so that no other module of the program is changed.
 *
 * Version 1 of `import-in-the-middle` is refused, because there all loaders of a process share one list of modules. A
 * second loader may then end the process.
 *
 * @param onImport called for each import of `ai`, if the loader is synchronous
 * @returns whether it is installed
 */
function installLoader(dependencies: PackageLoader, onImport: () => void): boolean {
  const node = builtinModule("node:module");
  const loaderPath = dependencies.pathOf(`${LOADER}/hook.mjs`);
  if (!node || loaderPath === undefined) return false;
  // Files are loaded by path. A package name could also find a file in another copy, in a folder above.
  const beside = (name: string): string => loaderPath.replace(/hook\.mjs$/, name);
  const createPath = dependencies.pathOf(beside("create-hook.mjs"));
  if (createPath === undefined) return false;
  const loaderUrl = urlOf(loaderPath);
  const load = (name: string): unknown => dependencies.load(beside(name));
  if (installSynchronously(node, load, loaderUrl, onImport)) return true;
  const { register } = node;
  if (!isFunction(register)) return false;
  register(loaderModule(urlOf(createPath), loaderUrl), { parentURL: loaderUrl, data: OPTIONS });
  return true;
}

function installSynchronously(
  { registerHooks, isBuiltin }: UnknownRecord,
  load: (name: string) => unknown,
  loaderUrl: string,
  onImport: () => void,
): boolean {
  if (!isFunction(registerHooks) || !supportsSynchronousHooks(load)) return false;
  const createHook = asRecord(load("create-hook.mjs"))?.createHook;
  const hook = isFunction(createHook) ? asRecord(createHook({ url: loaderUrl })) : undefined;
  const resolve = hook?.resolveSync;
  if (!isFunction(hook?.applyOptions) || !isFunction(resolve) || !isFunction(isBuiltin)) return false;
  hook.applyOptions(OPTIONS);
  // For a built-in module that `node --eval` loads, import-in-the-middle 3.6.0 returns a URL without `node:`. Node then
  // looks for a file of that name. No built-in module is hooked, so Node resolves them itself.
  const resolveUnlessBuiltin = (
    name: unknown,
    context: unknown,
    next: (...args: unknown[]) => unknown,
  ): unknown => {
    if (name === HOOKED_MODULE) onImport();
    return isBuiltin(name) === true ? next(name, context) : resolve(name, context, next);
  };
  registerHooks({ resolve: resolveUnlessBuiltin, load: hook.loadSync });
  return true;
}

const HOOKED_MODULE = hookedModule().name;
const OPTIONS = { include: [HOOKED_MODULE] };

/**
 * Whether import-in-the-middle supports synchronous hooks on this Node: 22.22.3, 24.11.1, 25.1.0, 26.0.0 or newer. The
 * package knows these versions. Its old releases have no synchronous hooks.
 */
function supportsSynchronousHooks(load: (name: string) => unknown): boolean {
  const supports = asRecord(load("supports-sync-hooks.mjs"))?.supportsSyncHooks;
  return isFunction(supports) && supports() === true;
}

/**
 * Returns the URL of a loader of ours. The program may register the package's loader for other instrumentations. The
 * package's `initialize` warns when it runs twice in a process (import-in-the-middle 3.6.0), so ours calls
 * `applyOptions`.
 */
function loaderModule(createUrl: string, loaderUrl: string): string {
  // `pathToFileURL` encodes quotes and line breaks, so the URLs can be put into string literals.
  const source = [
    `import { createHook } from "${createUrl}";`,
    `const hook = createHook({ url: "${loaderUrl}" });`,
    "export const { load, resolve } = hook;",
    "export const initialize = hook.applyOptions ?? hook.initialize;",
  ].join("\n");
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

function urlOf(path: string): string {
  const toUrl = builtinModule("node:url")?.pathToFileURL;
  return isFunction(toUrl) ? String(toUrl(path)) : path;
}
