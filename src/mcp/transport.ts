/**
 * Wraps the transport of an MCP client. Requests carry the trace context. The execute_tool span of a called tool gets
 * attributes of the request. Reads a message's method, id and `_meta`, never its arguments. Reads no answers.
 */
import type { Context } from "@opentelemetry/api";
import { injectedFields } from "../carriers/trace-context.ts";
import { contain } from "../foundation/containment.ts";
import { asRecord, isRecord, stringOf, type UnknownRecord } from "../foundation/structure.ts";
import { activeContext } from "../spans/context.ts";
import { openToolCallIn } from "../spans/open-tool-call.ts";
import { wrapObject } from "../wrap/wrapped-object.ts";
import { originalOf } from "../wrap/view.ts";

const TOOL_CALL = "tools/call";

/**
 * The properties that the clients of `@ai-sdk/mcp` and `@modelcontextprotocol/sdk` write to a transport, even if the
 * transport does not declare them.
 */
const CLIENT_STATE: ReadonlySet<PropertyKey> = new Set([
  "onclose",
  "onerror",
  "onmessage",
  "protocolVersion",
  "sessionId",
]);

export function wrapTransport<T extends object>(transport: T): T {
  if (originalOf(transport) !== transport) return transport;
  const wrapped: T = wrapObject(transport, {
    state: CLIENT_STATE,
    replaceMethod: (key, method) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const replacement =
          key === "send" ? contain("MCP message", () => messageWithContext(args[0], transport)) : undefined;
        const result = Reflect.apply(method, this, replacement ? [replacement, ...args.slice(1)] : args);
        return isPlainPromise(result)
          ? result.then((value) => (value === transport ? wrapped : value))
          : result;
      },
  });
  return wrapped;
}

/**
 * Whether a value is a promise that has no named properties. A promise with properties is more than an outcome, so it
 * is not replaced. Symbols are ignored, because Node adds some for its asynchronous hooks.
 */
function isPlainPromise(result: unknown): result is Promise<unknown> {
  return (
    result instanceof Promise &&
    Reflect.getPrototypeOf(result) === Promise.prototype &&
    Object.getOwnPropertyNames(result).length === 0
  );
}

/** @returns a copy of the message that carries the trace context; `undefined` if the message is sent unchanged */
function messageWithContext(message: unknown, transport: object): object | undefined {
  const request = plainRecord(message);
  const { method, id, params = {} } = request ?? {};
  // Notifications and answers start no work on the server. So they need no context.
  if (!request || !stringOf(method) || id === undefined) return undefined;
  const context = activeContext();
  if (method === TOOL_CALL) contain("MCP tool call", () => recordRequest(context, id, transport));
  // `_meta` can be added only to parameters with names. Parameters in a list, or of another protocol, are sent
  // unchanged.
  const named = plainRecord(params);
  const { _meta = {} } = named ?? {};
  const meta = plainRecord(_meta);
  if (!named || !meta || meta.traceparent !== undefined) return undefined;
  const carrier = injectedFields(context);
  if (Object.keys(carrier).length === 0) return undefined;
  return { ...request, params: { ...named, _meta: { ...carrier, ...meta } } };
}

/**
 * @returns the value if it is a plain object. A list is not copied. Nor is an instance of a class, because the class
 *   may define how it is written as JSON.
 */
function plainRecord(value: unknown): UnknownRecord | undefined {
  if (!isRecord(value)) return undefined;
  const prototype = Reflect.getPrototypeOf(value);
  return prototype && Reflect.getPrototypeOf(prototype) ? undefined : value;
}

/** Records the request on the open execute_tool span, which may belong to another copy of ai-spans. */
function recordRequest(context: Context, id: unknown, transport: object): void {
  const read = (key: string): string | undefined =>
    contain("MCP transport", () => stringOf(asRecord(transport)?.[key]));
  openToolCallIn(context)?.onMCPRequest({
    method: TOOL_CALL,
    requestId: String(id),
    sessionId: read("sessionId"),
    protocolVersion: read("protocolVersion"),
  });
}
