/**
 * Reads the name of an agent's class. The name is part of the program's source code, so it is no content.
 */
import { isRecord, readProperty, stringOf } from "../foundation/structure.ts";

/** The SDK's classes: `Agent` on v5, `ToolLoopAgent` since v6. */
const SDK_CLASSES: ReadonlySet<string> = new Set(["Agent", "ToolLoopAgent"]);
/**
 * The name of a class that the program wrote. Minifiers make shorter names. Names of bound functions have a space, as
 * in `bound Agent`.
 */
const CLASS_NAME = /^[\p{L}_$][\p{L}\p{N}_$]{2,63}$/u;

/** @returns the name of the agent's class, such as `WeatherAgent`; `undefined` for the SDK's classes */
export function readSubclassName(agent: unknown): string | undefined {
  const name = nameOf(readProperty(agent, "constructor"));
  return name !== undefined && SDK_CLASSES.has(name) ? undefined : name;
}

/**
 * Names a method by the agent's base class, because the SDK defines the method there and not in the program's subclass.
 *
 * @returns a name such as `ToolLoopAgent.stream`
 */
export function readMethodName(agent: unknown, method: string): string | undefined {
  let base = isRecord(agent) ? Reflect.getPrototypeOf(agent) : null;
  for (let next = base; next && next !== Object.prototype; next = Reflect.getPrototypeOf(next)) base = next;
  const name = nameOf(readProperty(base, "constructor"));
  return name && `${name}.${method}`;
}

function nameOf(constructor: unknown): string | undefined {
  const name = stringOf(readProperty(constructor, "name"));
  return name !== undefined && name !== "Object" && CLASS_NAME.test(name) ? name : undefined;
}
