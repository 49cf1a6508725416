/**
 * An MCP server with three tools, by the official SDK. One works, one returns errors, and one is refused by the
 * protocol. It reports the `_meta` of each request.
 */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import { CallToolRequestSchema } from "@modelcontextprotocol/sdk/types.js";

/** Gets the `_meta` of each tool call. */
export type CallListener = (toolName: string, meta: Readonly<Record<string, unknown>>) => void;

export function createRoomServer(onCall: CallListener): McpServer {
  const server = new McpServer({ name: "rooms", version: "1.0.0" });
  for (const name of ["searchRooms", "bookRoom", "crash"]) {
    server.registerTool(name, { description: "rooms" }, () => ({ content: [] }));
  }
  server.server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
    const meta = params._meta ?? {};
    onCall(params.name, meta);
    if (params.name === "crash") throw new McpError(ErrorCode.InternalError, "no rooms");
    const text = JSON.stringify({ traceparent: meta["traceparent"], tracestate: meta["tracestate"] });
    return { content: [{ type: "text", text }], isError: params.name === "bookRoom" };
  });
  return server;
}
