/**
 * Stands between an MCP client and its transport: requests carry the trace context, and the span of a tool that is called
 * says so. Reads method, id and `_meta` of a message, never its arguments; what comes back is not looked at.
 */
import type { Context } from "@opentelemetry/api";
import { traceContextOf } from "../carriers/trace-context.ts";
import { contain } from "../foundation/containment.ts";
import { asRecord, isRecord, stringOf, type UnknownRecord } from "../foundation/structure.ts";
import { activeContext } from "../spans/context.ts";
import { openToolCallIn } from "../spans/open-tool-call.ts";
import { standInFor } from "../wrap/stand-in.ts";
import { originalOf } from "../wrap/view.ts";

const TOOL_CALL = "tools/call";

/** What the clients of `@ai-sdk/mcp` and `@modelcontextprotocol/sdk` write, also where a transport declares no such property. */
const CLIENT_STATE: ReadonlySet<PropertyKey> = new Set([
  "onclose",
  "onerror",
  "onmessage",
  "protocolVersion",
  "sessionId",
]);

export function wrapTransport<T extends object>(transport: T): T {
  if (originalOf(transport) !== transport) return transport;
  const standIn: T = standInFor(transport, {
    state: CLIENT_STATE,
    replaceMethod: (key, method) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const traced =
          key === "send" ? contain("MCP message", () => tracedMessage(args[0], transport)) : undefined;
        const result = Reflect.apply(method, this, traced ? [traced, ...args.slice(1)] : args);
        return isPlainPromise(result)
          ? result.then((value) => (value === transport ? standIn : value))
          : result;
      },
  });
  return standIn;
}

/** One with members of its own has more than its outcome. Node gives promises symbols for its asynchronous hooks. */
function isPlainPromise(result: unknown): result is Promise<unknown> {
  return (
    result instanceof Promise &&
    Reflect.getPrototypeOf(result) === Promise.prototype &&
    Object.getOwnPropertyNames(result).length === 0
  );
}

/** A copy of the message that carries the trace context. `undefined`: the message goes as it is. */
function tracedMessage(message: unknown, transport: object): object | undefined {
  const request = plainRecord(message);
  const { method, id, params = {} } = request ?? {};
  // Notifications and answers start no work on the server.
  if (!request || !stringOf(method) || id === undefined) return undefined;
  const context = activeContext();
  if (method === TOOL_CALL) contain("MCP tool call", () => describeCall(context, id, transport));
  // Parameters by position have no place for `_meta`, nor has what the protocol does not know.
  const named = plainRecord(params);
  const { _meta = {} } = named ?? {};
  const meta = plainRecord(_meta);
  if (!named || !meta || meta.traceparent !== undefined) return undefined;
  const carrier = traceContextOf(context);
  if (Object.keys(carrier).length === 0) return undefined;
  return { ...request, params: { ...named, _meta: { ...carrier, ...meta } } };
}

/** No list, and nothing of a class, which may be written as JSON in a way of its own. */
function plainRecord(value: unknown): UnknownRecord | undefined {
  if (!isRecord(value)) return undefined;
  const prototype = Reflect.getPrototypeOf(value);
  return prototype && Reflect.getPrototypeOf(prototype) ? undefined : value;
}

/** The call may belong to another copy of ai-spans. */
function describeCall(context: Context, id: unknown, transport: object): void {
  const read = (key: string): string | undefined =>
    contain("MCP transport", () => stringOf(asRecord(transport)?.[key]));
  openToolCallIn(context)?.onMCPRequest({
    method: TOOL_CALL,
    requestId: String(id),
    sessionId: read("sessionId"),
    protocolVersion: read("protocolVersion"),
  });
}
