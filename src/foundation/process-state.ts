/**
 * State that all copies of ai-spans in a process share. A process has several copies when it loads an ES module beside
 * a CommonJS one, a bundle beside an installed package, or two versions. A dev server that reloads a module makes
 * copies, too.
 *
 * Each value is stored on `globalThis` under `Symbol.for("ai-spans.NAME.vNUMBER")`. Copies of other versions read it.
 * So a change of a value's shape needs a new number (docs/why/decisions/2026-11-29-what-copies-share.md).
 */
import { contain } from "./containment.ts";

/**
 * @param name the name and the number of the value's shape, such as `originals.v1`
 * @param Shape the built-in class of the value, such as `WeakMap`
 * @returns the value that the first copy created. If `globalThis` is frozen, a value that only this copy has.
 */
export function sharedState<T extends object>(name: string, Shape: new () => T): T {
  const key = Symbol.for(`ai-spans.${name}`);
  const shared = contain("process state", () => {
    const existing: unknown = Reflect.get(globalThis, key);
    if (existing instanceof Shape) return existing;
    const created = new Shape();
    return Reflect.defineProperty(globalThis, key, { value: created }) ? created : undefined;
  });
  return shared ?? new Shape();
}
