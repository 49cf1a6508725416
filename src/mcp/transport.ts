/**
 * Stands between an MCP client and its transport: requests carry the trace context, and the span of a tool that is called
 * says so. Reads method, id and `_meta` of a message, never its arguments; what comes back is not looked at.
 */
import type { Context } from "@opentelemetry/api";
import { traceContextOf } from "../carriers/trace-context.ts";
import { contain } from "../containment.ts";
import { asRecord, isRecord, stringOf, type UnknownRecord } from "../readers/structure.ts";
import { activeContext } from "../spans/context.ts";
import { toolCallIn } from "../spans/tool-call-span.ts";
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
  return standInFor(transport, {
    state: CLIENT_STATE,
    replaceMethod: (key, send) =>
      key === "send"
        ? function (this: unknown, ...args: unknown[]): unknown {
            const traced = contain("MCP message", () => tracedMessage(args[0], transport));
            return Reflect.apply(send, this, traced ? [traced, ...args.slice(1)] : args);
          }
        : undefined,
  });
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

/** The conventions put what is known of the call on the tool's span, instead of a client span below it. */
function describeCall(context: Context, id: unknown, transport: object): void {
  const call = toolCallIn(context);
  if (!call) return;
  const read = (key: string): string | undefined =>
    contain("MCP transport", () => stringOf(asRecord(transport)?.[key]));
  call.isOfMCP = true;
  call.set({
    mcpMethod: TOOL_CALL,
    mcpRequestId: String(id),
    mcpSessionId: read("sessionId"),
    mcpProtocolVersion: read("protocolVersion"),
  });
}
