/**
 * What the class of an agent says of it. Its name is in the program's source, so it is no content.
 */
import { isRecord, readProperty, stringOf } from "../foundation/structure.ts";

/** The SDK's classes: `Agent` on v5, `ToolLoopAgent` since v6. */
const SDK_CLASSES: ReadonlySet<string> = new Set(["Agent", "ToolLoopAgent"]);
/** Of a class as the program wrote it; a minifier's names are shorter, and a bound function's has a space. */
const CLASS_NAME = /^[\p{L}_$][\p{L}\p{N}_$]{2,63}$/u;

/** The name of a class of the program's that an agent is of. */
export function readSubclassName(agent: unknown): string | undefined {
  const name = nameOf(readProperty(agent, "constructor"));
  return name !== undefined && SDK_CLASSES.has(name) ? undefined : name;
}

/** A method of the class that all others of the agent extend: `ToolLoopAgent.stream`. */
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
