/**
 * The idle deadline, with clocks that the test advances. A stream that nobody reads ends as abandoned, without a pull.
 * A stream that somebody reads, even slowly, does not.
 */
import { clearTimers, countTimers, passMs } from "../support/fake-clock.ts";
import { AlwaysOffSampler, BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { createAISDKTelemetry } from "ai-spans";
import { afterEach, beforeEach, expect, test } from "vitest";
import { callCount } from "../../src/adapter/calls.ts";
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { AGENT_NAME } from "../conformance/program.ts";
import { callsTool, says } from "../conformance/script.ts";
import { createGate, turns } from "../support/gate.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { v7 } from "../support/majors.ts";
import { HUNG_MS, runTypeScript } from "../support/processes.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { ai, parameters } from "./application.ts";
import { createDrivenAdapter } from "./driven-adapter.ts";

const DEADLINE_MS = 10_000;
const PARTS = 40;
/** More parts than the SDK reads ahead of a reader. */
const words = { ...says("", { parts: Array.from({ length: PARTS }, () => ({ text: "room " })) }) };

let telemetry: Telemetry;
beforeEach(() => {
  clearTimers();
  telemetry = setupTelemetry();
  registerIntegrations(createAISDKTelemetry({ idleDeadlineMs: DEADLINE_MS }));
});
afterEach(() => registerIntegrations());

async function comeToRest(): Promise<void> {
  await turns(30);
}

const unread = { usage: null, finish: null } as const;

test("a short answer that fits into what the SDK reads ahead is abandoned as well", async () => {
  const { model } = scriptedModel(v7, [says("two")]);
  const result = ai.streamText(parameters([], { model }));
  await comeToRest();
  await passMs(2 * DEADLINE_MS + 1);
  await comeToRest();
  expect(countTimers()).toBe(0);
  await expectSpanTree(telemetry, agentSpan({ canceled: "abandoned" }, [chatSpan({ streaming: true })]));
  expect(await result.text).toBe("two");
});

test("a stream that is kept and never read is abandoned at the deadline, without a pull", async () => {
  const { model, counts } = scriptedModel(v7, [words]);
  const result = ai.streamText(parameters([], { model }));
  await comeToRest();
  const { pulls } = counts;
  expect(pulls).toBeLessThan(PARTS);
  await passMs(DEADLINE_MS - 1);
  expect(telemetry.open.map(({ name }) => name)).toEqual([`invoke_agent ${AGENT_NAME}`, "chat mock-model"]);
  // At the first deadline the adapter finds that parts came since the start, so it waits for a second one.
  await passMs(DEADLINE_MS + 1);
  await comeToRest();
  expect(counts).toEqual({ pulls, cancels: 0 });
  expect(countTimers()).toBe(0);
  await expectSpanTree(
    telemetry,
    agentSpan({ canceled: "abandoned", ...unread }, [
      chatSpan({ canceled: "abandoned", streaming: true, ...unread }),
    ]),
  );
  expect(typeof result).toBe("object");
});

test("a stream that is read slowly is not abandoned while parts come", async () => {
  const { model } = scriptedModel(v7, [words]);
  let parts = 0;
  for await (const _text of ai.streamText(parameters([], { model })).textStream) {
    parts += 1;
    await passMs(0.9 * DEADLINE_MS);
    // The SDK holds only the last few parts ahead, and the reader gets those at once.
    if (parts === PARTS - 15) break;
  }
  expect(telemetry.open).toHaveLength(2);
});

test("a stream is not abandoned while its provider or a tool takes its time", async () => {
  const [inModel, inTool] = [createGate(), createGate()];
  const steps = [
    { ...callsTool("searchRooms", "call-1") },
    says("", { parts: [{ gate: inModel }, { text: "a" }] }),
  ];
  const result = ai.streamText(parameters(steps, {}, () => inTool.pass()));
  const reading = result.consumeStream();
  await inTool.reached;
  await passMs(5 * DEADLINE_MS);
  expect(telemetry.open.map(({ name }) => name)).toEqual([
    `invoke_agent ${AGENT_NAME}`,
    "execute_tool searchRooms",
  ]);
  inTool.open();
  await inModel.reached;
  await passMs(5 * DEADLINE_MS);
  expect(telemetry.open.map(({ name }) => name)).toEqual([`invoke_agent ${AGENT_NAME}`, "chat mock-model"]);
  inModel.open();
  await reading;
  await expectSpanTree(
    telemetry,
    agentSpan({}, [
      chatSpan({ streaming: true, finish: "tool_call" }),
      toolSpan("searchRooms", "call-1"),
      chatSpan({ streaming: true }),
    ]),
  );
  expect(countTimers()).toBe(0);
});

test("no timer is left when a run has ended", async () => {
  await ai.streamText(parameters([says("a room")])).consumeStream();
  await expectSpanTree(telemetry, agentSpan({}, [chatSpan({ streaming: true })]));
  expect(countTimers()).toBe(0);
});

test("a call that is not sampled and never reports its end is removed at the deadline", async () => {
  const tracerProvider = new BasicTracerProvider({ sampler: new AlwaysOffSampler() });
  const adapter = createDrivenAdapter({ idleDeadlineMs: DEADLINE_MS, tracerProvider });
  const held = callCount();
  registerIntegrations({ onStart: (event) => adapter.onStart(event) });
  await ai.streamText(parameters([says("a room")])).consumeStream();
  expect(callCount() - held).toBe(1);
  await passMs(DEADLINE_MS);
  expect(callCount() - held).toBe(0);
});

test(
  "no timer keeps the process alive",
  async () => {
    const program = new URL("unread-process.ts", import.meta.url);
    expect(await runTypeScript(program)).toEqual({ code: 0, said: "left with open spans" });
  },
  HUNG_MS,
);
