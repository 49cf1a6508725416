/**
 * A tool may load the MCP entry when it first needs it. The entry must still find the span of the run that calls the
 * tool.
 */
import { propagation } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { onTestFinished, test, vi } from "vitest";
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { AGENT_NAME } from "../conformance/program.ts";
import { callsTool, says } from "../conformance/script.ts";
import { majors } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { callAttributes, createClient, reachOverHTTP } from "./servers.ts";

interface RoomTools {
  readonly searchRooms: { execute(input: object, options: unknown): unknown };
}

test.each(majors)(
  "on $name, the span of a tool that loads the entry has the facts of the call",
  async (major) => {
    vi.resetModules();
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    onTestFinished(() => propagation.disable());
    const { wrapAISDK } = await import("ai-spans");
    const telemetry = setupTelemetry();
    const { transport, sessionId, close } = await reachOverHTTP(() => {});
    onTestFinished(close);
    const execute = async (input: object, options: unknown): Promise<unknown> => {
      const { wrapMCPTransport } = await import("ai-spans/mcp");
      const client = await createClient[major.name]({ transport: wrapMCPTransport(transport) });
      const { searchRooms } = (await client.tools()) as RoomTools;
      const found = await searchRooms.execute(input, options);
      await client.close();
      return found;
    };
    const inputSchema = major.ai.jsonSchema({ type: "object", properties: {} });
    await wrapAISDK(major.ai).generateText({
      model: scriptedModel(major, [callsTool("searchRooms", "call-1"), says("two")]).model,
      prompt: "a room in Paris",
      tools: { searchRooms: { inputSchema, execute } },
      stopWhen: major.stepCount(5),
      ...major.telemetryOptions({ functionId: AGENT_NAME }),
    });
    const attributes = callAttributes(major.name, sessionId);
    await expectSpanTree(
      telemetry,
      agentSpan({}, [
        chatSpan({ finish: "tool_call" }),
        toolSpan("searchRooms", "call-1", { attributes }),
        chatSpan(),
      ]),
    );
  },
);
