/**
 * Connects to the room server, with the MCP clients of the three majors.
 */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { createMCPClient as createClientV7 } from "@ai-sdk/mcp";
import { experimental_createMCPClient as createClientV5 } from "@ai-sdk/mcp-v5";
import { createMCPClient as createClientV6 } from "@ai-sdk/mcp-v6";
import { Experimental_StdioMCPTransport as StdioTransportV7 } from "@ai-sdk/mcp/mcp-stdio";
import { Experimental_StdioMCPTransport as StdioTransportV5 } from "@ai-sdk/mcp-v5/mcp-stdio";
import { Experimental_StdioMCPTransport as StdioTransportV6 } from "@ai-sdk/mcp-v6/mcp-stdio";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { expect } from "vitest";
import { close, listen } from "../support/loopback.ts";
import type { MajorName } from "../support/majors.ts";
import { createRoomServer, type CallListener } from "./room-server.ts";

export interface MCPClient {
  tools(): Promise<object>;
  close(): Promise<void>;
}

type CreateClient = (options: { transport: object }) => Promise<MCPClient>;

/** The transport types of the clients differ, but each client accepts an object with `start`, `send` and `close`. */
function loosen(create: unknown): CreateClient {
  return create as CreateClient;
}

export const createClient: Readonly<Record<MajorName, CreateClient>> = {
  v5: loosen(createClientV5),
  v6: loosen(createClientV6),
  v7: loosen(createClientV7),
};

export interface Reached {
  readonly transport: object;
  close(): Promise<void>;
}

const StdioTransport = { v5: StdioTransportV5, v6: StdioTransportV6, v7: StdioTransportV7 } as const;

export function reachOverStdio(major: MajorName): Reached {
  const server = fileURLToPath(new URL("./stdio-server.ts", import.meta.url));
  const transport = new StdioTransport[major]({
    command: process.execPath,
    args: ["--import", "tsx", server],
  });
  return { transport, close: () => transport.close() };
}

export async function reachOverHTTP(onCall: CallListener): Promise<Reached & { readonly sessionId: string }> {
  const sessionId = randomUUID();
  const serverTransport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => sessionId });
  const server = createRoomServer(onCall);
  await server.connect(serverTransport);
  const http = createServer((request, response) => void serverTransport.handleRequest(request, response));
  const port = await listen(http);
  return {
    sessionId,
    transport: new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`)),
    close: async () => {
      await server.close();
      await close(http);
    },
  };
}

/** What the span of a call of a tool over HTTP has of MCP. */
export function callAttributes(major: MajorName, sessionId: string): Record<string, unknown> {
  return {
    "mcp.method.name": "tools/call",
    // v5's client does not set the protocol version on its transport.
    "mcp.protocol.version": major === "v5" ? undefined : expect.any(String),
    "mcp.session.id": sessionId,
    "jsonrpc.request.id": expect.any(String),
  };
}
