/**
 * The agent server as a program that speaks MCP over its standard streams.
 */
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { context, propagation } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { createAgentServer } from "./agent-server.ts";

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
await createAgentServer().connect(new StdioServerTransport());
