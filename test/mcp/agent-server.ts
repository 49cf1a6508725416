/**
 * An MCP server whose tool runs an agent and returns the span context that is active in it.
 */
import { context, propagation } from "@opentelemetry/api";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { wrapAISDK } from "ai-spans";
import { wrapMCPServer } from "ai-spans/mcp";
import { says } from "../conformance/script.ts";
import { v7 } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";

export function createAgentServer(): McpServer {
  const server = wrapMCPServer(new McpServer({ name: "agents", version: "1.0.0" }));
  server.registerTool("askHotel", { description: "asks a hotel" }, async () => {
    const carrier = {};
    propagation.inject(context.active(), carrier);
    const { model } = scriptedModel(v7, [says("two rooms")]);
    await wrapAISDK(v7.ai).generateText({
      model,
      prompt: "a room",
      ...v7.telemetryOptions({ functionId: "hotel" }),
    });
    return { content: [{ type: "text", text: JSON.stringify(carrier) }] };
  });
  return server;
}
