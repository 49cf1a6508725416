/**
 * Installs the hooks by which `@opentelemetry/instrumentation` replaces the exports of modules that the program loads: for
 * CommonJS its own, for ES modules the loader of import-in-the-middle. The loader must be of the copy that the package
 * itself loads, as the two share their list of hooks.
 */
import { builtinModule } from "../foundation/builtin-module.ts";
import {
  asRecord,
  isConstructor,
  isFunction,
  type Constructor,
  type UnknownRecord,
} from "../foundation/structure.ts";
import { hookedModule } from "../instrumentation/traced-calls.ts";
import { SCOPE_NAME, SCOPE_VERSION } from "../spans/scope.ts";
import { dependenciesOf, installed, loaderAt, type PackageLoader } from "./packages.ts";

const PACKAGE = "@opentelemetry/instrumentation";
const LOADER = "import-in-the-middle";

/** @returns `false` where the package is not installed, so that no module is replaced */
export function installModuleHooks(): boolean {
  // Strict package managers show the program only what it depends on itself.
  const path = installed.pathOf(PACKAGE) ?? dependenciesOf("@opentelemetry/sdk-node")?.pathOf(PACKAGE);
  const dependencies = path === undefined ? undefined : loaderAt(path);
  const Base = asRecord(path === undefined ? undefined : installed.load(path))?.InstrumentationBase;
  const node = builtinModule("node:module");
  if (!isConstructor(Base) || !dependencies || !node) return false;
  installLoader(node, dependencies);
  Reflect.construct(hooksOf(Base), [SCOPE_NAME, SCOPE_VERSION, {}]);
  return true;
}

/** The base class calls `init` in its constructor, and enables the hooks of the modules that it returns. */
function hooksOf(Base: Constructor): Constructor {
  return class extends Base {
    protected init(): object {
      return hookedModule();
    }
  };
}

/** Installs the loader for imports of `ai` only, so that no other module of the program is changed. */
function installLoader(node: UnknownRecord, dependencies: PackageLoader): void {
  const { registerHooks } = node;
  const isSynchronous = isFunction(registerHooks) && supportsSynchronousHooks(dependencies);
  const loaderPath = dependencies.pathOf(`${LOADER}/hook.mjs`);
  if (loaderPath === undefined) return;
  const loaderUrl = urlOf(loaderPath);
  const createHook = asRecord(
    isSynchronous ? dependencies.load(`${LOADER}/create-hook.mjs`) : undefined,
  )?.createHook;
  if (isSynchronous && isFunction(createHook)) {
    const hook = asRecord(createHook({ url: loaderUrl }));
    if (isFunction(hook?.applyOptions)) {
      hook.applyOptions(OPTIONS);
      registerHooks({ resolve: hook.resolveSync, load: hook.loadSync });
      return;
    }
  }
  const { register } = node;
  if (!isFunction(register)) return;
  const createPath = dependencies.pathOf(`${LOADER}/create-hook.mjs`);
  const url = createPath === undefined ? loaderUrl : loaderModule(urlOf(createPath), loaderUrl);
  register(url, { parentURL: loaderUrl, data: OPTIONS });
}

const OPTIONS = { include: ["ai"] };

/**
 * Synchronous hooks work with import-in-the-middle from Node 22.22.3, 24.11.1, 25.1.0 and 26.0.0 on. The package knows the
 * versions. Older ones of the package have no such hooks.
 */
function supportsSynchronousHooks(dependencies: PackageLoader): boolean {
  const supports = asRecord(dependencies.load(`${LOADER}/supports-sync-hooks.mjs`))?.supportsSyncHooks;
  return isFunction(supports) && supports() === true;
}

/**
 * A loader beside that of the program. The package's own `initialize` warns if two loaders are registered in a process,
 * and a program that has other instrumentations registers it too (import-in-the-middle 3.6.0).
 */
function loaderModule(createUrl: string, loaderUrl: string): string {
  // `pathToFileURL` leaves no quote and no line break in a URL.
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
