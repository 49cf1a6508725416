/**
 * The room server as a program that speaks MCP over its standard streams.
 */
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { createRoomServer } from "./room-server.ts";

await createRoomServer(() => {}).connect(new StdioServerTransport());
