/**
 * What every copy of ai-spans in a process shares: an ES module beside a CommonJS one, a bundle beside an installed
 * package, two versions, a module that a dev server has loaded again. Each value stands on `globalThis` under
 * `Symbol.for("ai-spans.NAME.vNUMBER")`. Other versions read it: a shape that changes gets another number
 * (docs/decisions/2026-11-29-what-copies-share.md).
 */
import { contain } from "./containment.ts";

/**
 * @param name with the number of its shape: `originals.v1`
 * @param Shape the built-in class of the value
 * @returns the value of the copy that asked first; one of this copy's alone where `globalThis` takes none
 */
export function sharedState<T extends object>(name: string, Shape: new () => T): T {
  const key = Symbol.for(`ai-spans.${name}`);
  const shared = contain("process state", () => {
    const known: unknown = Reflect.get(globalThis, key);
    if (known instanceof Shape) return known;
    const created = new Shape();
    return Reflect.defineProperty(globalThis, key, { value: created }) ? created : undefined;
  });
  return shared ?? new Shape();
}
