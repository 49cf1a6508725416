/**
 * MCP tools in the trace of the run that calls them. Needs no MCP package: transports are read structurally.
 *
 * @module
 */
import { asRecord, isFunction } from "./foundation/structure.ts";
import { wrapServer } from "./mcp/server.ts";
import { wrapTransport } from "./mcp/transport.ts";

/**
 * A transport whose requests carry the trace context in `_meta` (`traceparent`, `tracestate` and what else the registered
 * propagator writes), so that the server's spans join the trace. The execute_tool span of a tool of this server gets
 * `mcp.method.name` and, where known, `mcp.session.id`, `mcp.protocol.version` and `jsonrpc.request.id`; no span is added.
 *
 * For clients of `@ai-sdk/mcp` and of `@modelcontextprotocol/sdk`. Needs a registered propagator and context manager;
 * without them messages go as they are. Never reads arguments or results, never changes a message.
 *
 * What is given back behaves as the transport: the same class, the same method at each read. Only the client's own state
 * (listeners, protocol version, properties that the transport has) is written to the transport. A method that is replaced
 * on what is given back, by a spy or an instrumentation, stays there.
 *
 * @param transport a transport object; for HTTP `StreamableHTTPClientTransport`, as a `{ type: "http", url }` has no
 *   `send` yet
 * @throws TypeError when `transport` has no `send` method
 */
export function wrapMCPTransport<T extends object>(transport: T): T {
  if (!isFunction(asRecord(transport)?.send)) {
    throw new TypeError("wrapMCPTransport: transport must have a send method");
  }
  return wrapTransport(transport);
}

/**
 * A server whose handlers run in the context of their client's request: the spans and the agents in them join the
 * client's trace. The context is read from the request's `_meta`, else from the headers of the HTTP request that brought
 * it. A request that carries none runs in the active context, and in none if the active span has ended: a session may
 * have been opened in an earlier request.
 *
 * For `McpServer` and `Server` of `@modelcontextprotocol/sdk`, over any transport. Wrap it before handlers are registered.
 * Adds no span. Needs a registered propagator and context manager; without them handlers run as they are. Handlers get
 * their own arguments, and what they return or throw goes on as it is.
 *
 * What is assigned to it (`onerror`, `fallbackRequestHandler`, properties of yours) is assigned to the server. A method of
 * the server's class that is replaced, as a spy does, is replaced here alone.
 *
 * @example
 * const server = wrapMCPServer(new McpServer({ name: "rooms", version: "1.0.0" }));
 * server.registerTool("bookRoom", { inputSchema }, async (input) => bookingAgent.generate({ prompt: input.wish }));
 * @throws TypeError when `server` has neither `registerTool` nor `setRequestHandler`
 */
export function wrapMCPServer<T extends object>(server: T): T {
  const { registerTool, setRequestHandler } = asRecord(server) ?? {};
  if (!isFunction(registerTool) && !isFunction(setRequestHandler)) {
    throw new TypeError("wrapMCPServer: server must have a registerTool or a setRequestHandler method");
  }
  return wrapServer(server);
}
