/**
 * A transport that another copy of ai-spans has wrapped. There are two copies if one entry is loaded as an ES module
 * and the other as a CommonJS module. The tool's span has the same facts.
 */
import { propagation } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { AGENT_NAME } from "../conformance/program.ts";
import { callsTool, says } from "../conformance/script.ts";
import { majors } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { callAttributes, createClient, reachOverHTTP } from "./servers.ts";

const { wrapAISDK } = await import("ai-spans");
vi.resetModules();
const { wrapMCPTransport } = await import("ai-spans/mcp");

beforeAll(() => propagation.setGlobalPropagator(new W3CTraceContextPropagator()));
afterAll(() => propagation.disable());

describe.each(majors)("on $name", (major) => {
  test.each([
    ["searchRooms", {}],
    ["bookRoom", { error: "tool_error" }],
  ])("a call of %s", async (toolName, outcome) => {
    const telemetry = setupTelemetry();
    const metas: Record<string, unknown>[] = [];
    const { transport, sessionId, close } = await reachOverHTTP((_toolName, meta) => metas.push({ ...meta }));
    onTestFinished(close);
    const client = await createClient[major.name]({ transport: wrapMCPTransport(transport) });
    await wrapAISDK(major.ai).generateText({
      model: scriptedModel(major, [callsTool(toolName, "call-1"), says("two")]).model,
      prompt: "a room in Paris",
      tools: await client.tools(),
      stopWhen: major.stepCount(5),
      ...major.telemetryOptions({ functionId: AGENT_NAME }),
    });
    await client.close();
    const attributes = callAttributes(major.name, sessionId);
    await expectSpanTree(
      telemetry,
      agentSpan({}, [
        chatSpan({ finish: "tool_call" }),
        toolSpan(toolName, "call-1", { ...outcome, attributes }),
        chatSpan(),
      ]),
    );
    const { traceId, spanId } = telemetry.finished
      .find(({ name }) => name === `execute_tool ${toolName}`)
      ?.spanContext() ?? { traceId: "", spanId: "" };
    expect(metas.map(({ traceparent }) => traceparent)).toEqual([`00-${traceId}-${spanId}-01`]);
  });
});
