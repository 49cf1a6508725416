/**
 * State that all copies of ai-spans in a process share. A process has several copies when it loads an ES module
 * beside a CommonJS one, a bundle beside an installed package, or two versions. A dev server that reloads a module
 * makes copies, too.
 *
 * Each value lies on `globalThis` under `Symbol.for("ai-spans.NAME.vNUMBER")`. Other versions read it, so a value
 * whose shape changes needs a new number (docs/why/decisions/2026-11-29-what-copies-share.md).
 */
import { contain } from "./containment.ts";

/**
 * @param name with the number of its shape, such as `originals.v1`
 * @param Shape the built-in class of the value
 * @returns the value of the first copy that asked for it; a value of this copy alone where `globalThis` is frozen
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
