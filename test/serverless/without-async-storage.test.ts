/**
 * A runtime with neither a context manager nor AsyncLocalStorage: `flushAfter` cannot know which spans belong to an
 * invocation.
 */
import { flushAfter } from "ai-spans/serverless";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createGate } from "../support/gate.ts";
import { v7 } from "../support/majors.ts";
import { startOtlpReceiver, type OtlpReceiver } from "../support/otlp-receiver.ts";
import { completeSpan } from "../support/span-tree.ts";
import { loopTree, streamedTree } from "./agent-trees.ts";
import { Agent } from "./agent.ts";
import { ExecutionContext } from "./execution-context.ts";
import { registerExporting, type Exporting } from "./exporting.ts";

let receiver: OtlpReceiver;
let exporting: Exporting;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  exporting = registerExporting(receiver.url, { contextManager: false });
});
beforeEach(() => {
  receiver.reset();
  vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
});
afterAll(async () => receiver.close());

test("flushes after the work and the body of its response, and reports once that it cannot observe spans", async () => {
  const gate = createGate();
  const context = new ExecutionContext();
  const response = await flushAfter(() => new Agent(v7).stream(gate), { waitUntil: context });
  const reading = response.text();
  await gate.reached;
  expect(receiver.spanCount()).toBe(0);
  gate.open();
  expect(await reading).toBe("a room in Paris");
  await context.done();
  expect(receiver.trees()).toEqual([completeSpan(streamedTree)]);

  receiver.reset();
  expect(await flushAfter(() => new Agent(v7).loop())).toBe("two rooms");
  expect(receiver.trees()).toEqual([completeSpan(loopTree)]);
  expect(exporting.diagnostics).toEqual([
    "ai-spans: flushAfter cannot observe spans: no context manager is registered, and the runtime has no AsyncLocalStorage",
  ]);
});
