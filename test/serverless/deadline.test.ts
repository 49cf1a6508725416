/**
 * How long `flushAfter` waits, with a clock that the test advances. The exporter and the receiver are real.
 */
import { clearTimers, countTimers, passMs } from "../support/fake-clock.ts";
import { flushAfter } from "ai-spans/serverless";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createGate, settle } from "../support/gate.ts";
import { v7 } from "../support/majors.ts";
import { startOtlpReceiver, type OtlpReceiver } from "../support/otlp-receiver.ts";
import { completeSpan } from "../support/span-tree.ts";
import { loopTree, streamedTree } from "./agent-trees.ts";
import { Agent } from "./agent.ts";
import { ExecutionContext } from "./execution-context.ts";
import { registerExporting, type Exporting } from "./exporting.ts";

const DEFAULT_TIMEOUT_MS = 10_000;

let receiver: OtlpReceiver;
let exporting: Exporting;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
});
beforeEach(() => {
  clearTimers();
  receiver.reset();
  exporting = registerExporting(receiver.url);
});
afterAll(async () => receiver.close());

test("reports open spans, ends none, and flushes again when they end", async () => {
  const gate = createGate();
  const context = new ExecutionContext();
  let loop: Promise<string> | undefined;
  await flushAfter(
    async () => {
      loop = new Agent(v7).loop(() => gate.pass());
      await gate.reached;
    },
    { waitUntil: context },
  );
  await passMs(DEFAULT_TIMEOUT_MS - 1);
  expect(exporting.diagnostics).toEqual([]);
  await passMs(1);
  await context.done();
  expect(exporting.diagnostics).toEqual([
    "ai-spans: open after the deadline of flushAfter: invoke_agent booking-agent, execute_tool searchRooms",
  ]);
  expect(receiver.trees().map(({ name }) => name)).toEqual(["chat mock-model"]);
  gate.open();
  expect(await loop).toBe("two rooms");
  await context.done();
  expect(receiver.trees()).toEqual([completeSpan(loopTree)]);
  expect(exporting.diagnostics).toHaveLength(1);
});

test("does not count the time in which the reader of a response waits for the model", async () => {
  const gate = createGate();
  const context = new ExecutionContext();
  const response = await flushAfter(() => new Agent(v7).stream(gate), { waitUntil: context });
  const reading = response.text();
  await gate.reached;
  await passMs(10 * DEFAULT_TIMEOUT_MS);
  gate.open();
  await reading;
  await context.done();
  expect(receiver.trees()).toEqual([completeSpan(streamedTree)]);
  expect(exporting.diagnostics).toEqual([]);
});

test("counts the time in which nobody reads a response", async () => {
  const gate = createGate();
  const context = new ExecutionContext();
  const response = await flushAfter(() => new Agent(v7).stream(gate), { waitUntil: context, timeoutMs: 500 });
  await passMs(500);
  await context.done();
  expect(exporting.diagnostics).toEqual([
    expect.stringContaining("open after the deadline of flushAfter: invoke_agent booking-agent"),
  ]);
  gate.open();
  expect(await response.text()).toBe("a room in Paris");
  await context.done();
  expect(receiver.trees()).toEqual([completeSpan(streamedTree)]);
});

test("does not wait longer for an exporter that hangs", async () => {
  const gate = createGate();
  receiver.answer = async () => gate.pass().then(() => 200);
  let text: string | undefined;
  const handled = flushAfter(() => new Agent(v7).loop(), { timeoutMs: 500 }).then(
    (answer) => (text = answer),
  );
  await gate.reached;
  await passMs(499);
  expect(text).toBeUndefined();
  await passMs(1);
  await handled;
  expect(text).toBe("two rooms");
  expect(exporting.diagnostics).toEqual(["ai-spans: forceFlush has not finished after 500 ms"]);
  gate.open();
  await receiver.received(4);
});

test("leaves no timer behind", async () => {
  await flushAfter(() => new Agent(v7).loop());
  await settle(() => countTimers() === 0);
  expect(countTimers()).toBe(0);
});
