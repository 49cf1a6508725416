/**
 * A job that schedules its next round in a tool of its own run. Each round inherits the context of the round before it,
 * and holds none of the earlier rounds.
 *
 * Holds: no-leak.
 */
import { context, trace, type Context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, type SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterEach, expect, test } from "vitest";
import { callsTool, says } from "../conformance/script.ts";
import { traced, untrace } from "../harness/stage.ts";
import { collectUntil } from "../support/collection.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { WAYS } from "../support/ways.ts";

const ROUNDS = 30;
/** The last rounds may still be reachable from the engine's stack. */
const REACHABLE_ROUNDS = 3;

afterEach(() => {
  untrace();
  trace.disable();
  context.disable();
});

test.each(WAYS)("$title", async (way) => {
  let started = 0;
  let collected = 0;
  const registry = new FinalizationRegistry(() => void (collected += 1));
  const processor: SpanProcessor = {
    onStart: (span) => {
      started += 1;
      registry.register(span, undefined);
    },
    onEnd: () => {},
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const { major } = way;
  const sdk = traced(way);
  const last = await new Promise<Context>((resolve, reject) => {
    const start = (round: number): void => {
      const tools = {
        scheduleNext: {
          inputSchema: sdk.jsonSchema({ type: "object", properties: {} }),
          execute: () =>
            void setTimeout(() => (round < ROUNDS ? start(round + 1) : resolve(context.active())), 0),
        },
      };
      const call = sdk.generateText({
        model: scriptedModel(major, [callsTool("scheduleNext", "call-1"), says("scheduled")]).model,
        tools,
        stopWhen: major.stepCount(2),
        prompt: "the next round",
      });
      call.catch(reject);
    };
    start(1);
  });
  const spansOfRound = started / ROUNDS;
  await collectUntil(() => collected >= started - REACHABLE_ROUNDS * spansOfRound);
  // Held until here, as a next round would hold it.
  expect(trace.getSpan(last)).toBeDefined();
  expect(spansOfRound).toBe(4);
  expect(collected).toBeGreaterThanOrEqual(started - REACHABLE_ROUNDS * spansOfRound);
});
