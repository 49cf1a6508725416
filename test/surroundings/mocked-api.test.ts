/**
 * A program whose tests mock `@opentelemetry/api` as a whole, as Jest's and Vitest's automocks do: all functions are there
 * and return `undefined`. The program runs as ever, its work once.
 */
import * as api from "@opentelemetry/api";
import { createAISDKTelemetry, withTurn, wrapAgent, wrapAISDK, wrapTool } from "ai-spans";
import { wrapMCPTransport } from "ai-spans/mcp";
import {
  forwardOrigin,
  injectContext,
  wrapStub,
  withLinkedTrace,
  withProducerSpan,
  withRemoteContext,
} from "ai-spans/propagation";
import { flushAfter, flushHandler } from "ai-spans/serverless";
import { afterEach, describe, expect, test, vi } from "vitest";
import { callsTool, says } from "../conformance/script.ts";
import { agentClassOf } from "../support/agents.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { majors, v7, type CallParameters, type Major, type SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { toolOf } from "../support/tools.ts";

vi.mock("@opentelemetry/api");

afterEach(() => registerIntegrations());

/** A loop over one tool. */
function parametersOn(major: Major, sdk: SDK, executed: unknown[]): CallParameters {
  return {
    model: scriptedModel(major, [callsTool("searchRooms", "call-1"), says("a room")]).model,
    tools: { searchRooms: toolOf(sdk, (input: unknown) => executed.push(input)) },
    stopWhen: major.stepCount(5),
  };
}

test("the API is mocked", () => {
  expect(vi.isMockFunction(api.context.active)).toBe(true);
  expect(api.context.active()).toBeUndefined();
  expect(api.context.with(api.ROOT_CONTEXT, () => 1)).toBeUndefined();
});

describe.each(majors)("on $name", (major) => {
  const sdk = wrapAISDK(major.ai);

  test("calls and streams answer as ever, and run their tools once", async () => {
    const executed: unknown[] = [];
    const generated = await sdk.generateText({ ...parametersOn(major, sdk, executed), prompt: "a room" });
    const streamed = sdk.streamText({ ...parametersOn(major, sdk, executed), prompt: "a room" });
    expect([generated.text, await streamed.text, executed]).toEqual(["a room", "a room", [{}, {}]]);
  });

  test("agents answer as ever, and run their tools once", async () => {
    const executed: unknown[] = [];
    const settings = (): CallParameters => parametersOn(major, sdk, executed);
    const [Traced, Bare] = [agentClassOf(sdk), agentClassOf(major.ai)];
    const texts: string[] = [];
    for (const agent of [new Traced(settings()), wrapAgent(new Bare(settings()))]) {
      texts.push((await agent.generate({ prompt: "a room" })).text);
    }
    expect([texts, executed]).toEqual([
      ["a room", "a room"],
      [{}, {}],
    ]);
  });
});

test("calls with a registered adapter answer as ever, and run their tools once", async () => {
  registerIntegrations(createAISDKTelemetry());
  const executed: unknown[] = [];
  const parameters = { ...parametersOn(v7, v7.ai, executed), prompt: "a room" };
  const { text } = await v7.ai.generateText(parameters);
  expect([text, executed]).toEqual(["a room", [{}]]);
});

test("work runs once, and what it returns is returned", async () => {
  let runs = 0;
  const work = (): number => (runs += 1);
  const results: unknown[] = [
    withTurn({ userId: "u-7" }, work),
    await flushAfter(work),
    await flushHandler(work)(),
    withRemoteContext({ traceparent: "00" }, work),
    withLinkedTrace({ name: "work", source: {} }, work),
    withProducerSpan({ name: "send", carrier: {} }, work),
    wrapStub({ book: work }).book(),
    wrapTool("searchRooms", { execute: work }).execute(),
  ];
  expect(results).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test("carriers and messages stay as they are", async () => {
  expect([injectContext({ a: "b" }), forwardOrigin({ a: "b" })]).toEqual([{ a: "b" }, { a: "b" }]);
  const sent: unknown[] = [];
  const transport = wrapMCPTransport({ send: async (message: object) => sent.push(message) });
  const message = { jsonrpc: "2.0", id: 1, method: "tools/call", params: {} };
  expect(await transport.send(message)).toBe(1);
  expect(sent).toEqual([message]);
});
