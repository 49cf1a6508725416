/**
 * Stands between an MCP client and its transport: requests carry the trace context, and the span of a tool that is called
 * says so. Reads method, id and `_meta` of a message, never its arguments; what comes back is not looked at.
 */
import type { Context } from "@opentelemetry/api";
import { traceContextOf } from "../carriers/trace-context.ts";
import { contain } from "../containment.ts";
import { asRecord, isFunction, stringOf } from "../readers/structure.ts";
import { activeContext } from "../spans/context.ts";
import { toolCallIn } from "../spans/tool-call-span.ts";
import { originalOf, standsFor } from "../wrap/view.ts";

const TOOL_CALL = "tools/call";

export function wrapTransport<T extends object>(transport: T): T {
  if (originalOf(transport) !== transport) return transport;
  return standsFor(
    new Proxy(transport, {
      get(_target, key) {
        const value: unknown = Reflect.get(transport, key, transport);
        // The listeners are the client's own, not methods of the transport.
        if (!isFunction(value) || String(key).startsWith("on")) return value;
        if (key !== "send") return value.bind(transport);
        return (message: unknown, ...rest: unknown[]): unknown =>
          value.call(
            transport,
            contain("MCP message", () => tracedMessage(message, transport)) ?? message,
            ...rest,
          );
      },
      // The client sets its listeners: setters, too, see the transport itself.
      set: (_target, key, value) => Reflect.set(transport, key, value, transport),
    }),
    transport,
  );
}

/** A copy that carries the trace context; `undefined`: the message goes as it is. */
function tracedMessage(message: unknown, transport: object): object | undefined {
  const request = asRecord(message);
  const { method, id, params } = request ?? {};
  // Notifications and answers start no work of the server's own.
  if (!stringOf(method) || id === undefined) return undefined;
  const context = activeContext();
  if (method === TOOL_CALL) describeCall(context, id, transport);
  const meta = asRecord(asRecord(params)?._meta);
  const carrier = traceContextOf(context);
  if (meta?.traceparent !== undefined || Object.keys(carrier).length === 0) return undefined;
  return { ...request, params: { ...asRecord(params), _meta: { ...carrier, ...meta } } };
}

/** The conventions put what is known of the call on the tool's span, instead of a client span below it. */
function describeCall(context: Context, id: unknown, transport: object): void {
  const call = toolCallIn(context);
  if (!call) return;
  const { sessionId, protocolVersion } = asRecord(transport) ?? {};
  call.isOfMCP = true;
  call.set({
    mcpMethod: TOOL_CALL,
    mcpRequestId: String(id),
    mcpSessionId: stringOf(sessionId),
    mcpProtocolVersion: stringOf(protocolVersion),
  });
}
