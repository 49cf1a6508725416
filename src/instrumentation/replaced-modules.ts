/**
 * Replaces the exports of the SDK's modules by traced ones when the program loads them. Restores them if no
 * instrumentation is enabled and the exports can be assigned.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord, isRecord, type UnknownRecord } from "../foundation/structure.ts";
import { isSDKModule } from "../wrap/sdk-exports.ts";
import { wrapSDKModule } from "../wrap/sdk-module.ts";
import { activeTracing, chosenTracing } from "./active-tracing.ts";

/** An ES module whose exports can be assigned, with the original and the traced value of each export that is traced. */
interface AssignableModule {
  readonly exports: UnknownRecord;
  readonly originals: ReadonlyMap<string, unknown>;
  /** The traced values by export name. The program may have replaced an export after us. */
  readonly traced: ReadonlyMap<string, unknown>;
}

/** The key is the module's exports. All instrumentations of this copy of ai-spans share this map. */
const modules = new Map<object, AssignableModule>();

/**
 * Replaces the traced exports of a module that was just loaded.
 *
 * The hook for ES modules (import-in-the-middle) passes an object with the module's exports. What is assigned to it
 * reaches the program's imports. The hook for CommonJS (require-in-the-middle) passes the module's exports, which may
 * be read-only. So the program gets a view of them.
 *
 * @param exports the exports that the hook has passed
 * @returns the value that the program gets from `require`
 */
export function replaceExports(exports: unknown): unknown {
  const original = asRecord(exports);
  if (!original || !isSDKModule(original)) return exports;
  const replaced = contain("module hook", () => {
    const view: UnknownRecord = wrapSDKModule(original, chosenTracing, true);
    return assign(original, view) ? original : view;
  });
  return replaced ?? exports;
}

/** Assigns the traced exports to all modules whose exports can be assigned. */
export function replaceAgain(): void {
  for (const [, { exports, originals, traced }] of modules) exchange(exports, originals, traced);
}

/** Restores the original exports if no instrumentation is enabled. */
export function restoreIfUnused(): void {
  if (activeTracing()) return;
  for (const [, { exports, originals, traced }] of modules) exchange(exports, traced, originals);
}

/** @returns whether the exports can be assigned */
function assign(exports: UnknownRecord, view: UnknownRecord): boolean {
  if (!isES(exports) || !Reflect.isExtensible(exports)) return false;
  if (modules.has(exports)) {
    replaceAgain();
    return true;
  }
  const originals = new Map<string, unknown>();
  const traced = new Map<string, unknown>();
  for (const name of Object.keys(exports)) {
    const [original, replacement] = [exports[name], view[name]];
    if (original === replacement) continue;
    originals.set(name, original);
    traced.set(name, replacement);
  }
  modules.set(exports, { exports, originals, traced });
  exchange(exports, originals, traced);
  return true;
}

function isES(exports: unknown): boolean {
  return isRecord(exports) && exports[Symbol.toStringTag] === "Module";
}

/** Replaces each export that still has its value of `from` by its value of `to`. */
function exchange(
  exports: UnknownRecord,
  from: ReadonlyMap<string, unknown>,
  to: ReadonlyMap<string, unknown>,
): void {
  for (const [name, value] of to) {
    contain("module hook", () => exports[name] === from.get(name) && Reflect.set(exports, name, value));
  }
}
