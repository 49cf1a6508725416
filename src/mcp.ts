/**
 * Adds MCP to a trace. The requests of a client carry the trace of the run that calls a tool. The handlers of a server
 * join that trace. Needs no MCP package, because transports and servers are recognized by their methods.
 *
 * @module
 */
import { asRecord, isFunction } from "./foundation/structure.ts";
import { wrapServer } from "./mcp/server.ts";
import { wrapTransport } from "./mcp/transport.ts";

/**
 * Wraps the transport of an MCP client. Its requests then carry the trace context in `_meta`: `traceparent`,
 * `tracestate` and the other fields of the registered propagator. So the server's spans join the trace.
 *
 * The execute_tool span of a called tool gets `mcp.method.name`. It also gets `mcp.session.id`, `mcp.protocol.version`
 * and `jsonrpc.request.id`, if they are known. No span is added.
 *
 * Works with clients of `@ai-sdk/mcp` and of `@modelcontextprotocol/sdk`. Needs a registered propagator and a
 * registered context manager. Without them messages are sent unchanged. Never reads arguments or results, and never
 * changes a message: a copy of a request is sent instead.
 *
 * The result has the class and the methods of the transport, and each read of a method returns the same function. State
 * that the client writes is written to the transport: listeners, the protocol version, and properties that the
 * transport has. If a spy or an instrumentation replaces a method of the result, the transport keeps its method.
 *
 * @param transport an object, such as a `StreamableHTTPClientTransport`. A configuration such as `{ type: "http", url
 *   }` is no transport yet, because it has no `send` method.
 * @returns a wrapped transport; pass it to the client
 * @throws TypeError when `transport` has no `send` method
 *
 * @example
 * const transport = wrapMCPTransport(new StdioClientTransport({ command: "rooms-server" }));
 * const client = await createMCPClient({ transport });
 */
export function wrapMCPTransport<T extends object>(transport: T): T {
  if (!isFunction(asRecord(transport)?.send)) {
    throw new TypeError("wrapMCPTransport: transport must have a send method");
  }
  return wrapTransport(transport);
}

/**
 * Wraps an MCP server. Its handlers then run in the context of their client's request. So spans and agent runs in them
 * join the client's trace. The context is read from the request's `_meta`, or else from the headers of the HTTP
 * request.
 *
 * A request without a context runs in the active context. If the active span has ended, the request starts a new trace,
 * because its session may have been opened in an earlier request.
 *
 * Works with `McpServer` and `Server` of `@modelcontextprotocol/sdk`, over any transport. Wrap the server before
 * handlers are registered. No span is added. Needs a registered propagator and a registered context manager. Without
 * them handlers run unchanged. Handlers get the same arguments, and their results and errors are returned unchanged.
 *
 * A property that the program assigns to the result (`onerror`, `fallbackRequestHandler`, any new property) is assigned
 * to the server. If a spy replaces a method of the server's class on the result, the server keeps its method.
 *
 * @param server an `McpServer` or a `Server`
 * @returns a wrapped server; register the handlers on it
 * @throws TypeError when `server` has neither a `registerTool` nor a `setRequestHandler` method
 *
 * @example
 * const server = wrapMCPServer(new McpServer({ name: "rooms", version: "1.0.0" }));
 * server.registerTool("bookRoom", { inputSchema }, async ({ wish }) => {
 *   const { text } = await bookingAgent.generate({ prompt: wish });
 *   return { content: [{ type: "text", text }] };
 * });
 */
export function wrapMCPServer<T extends object>(server: T): T {
  const { registerTool, setRequestHandler } = asRecord(server) ?? {};
  if (!isFunction(registerTool) && !isFunction(setRequestHandler)) {
    throw new TypeError("wrapMCPServer: server must have a registerTool or a setRequestHandler method");
  }
  return wrapServer(server);
}
