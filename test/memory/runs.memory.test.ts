/**
 * Many streamed runs, which end in every way, leave nothing behind on any major: no open span, no timer, no listener,
 * no memory.
 */
import { pendingTimers } from "../support/pending-timers.ts";
import { getEventListeners } from "node:events";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { wrapAISDK } from "ai-spans";
import { beforeAll, describe, expect, test } from "vitest";
import { collectUntil, settledHeapBytes } from "../support/collection.ts";
import { countingProcessor } from "../support/span-processor.ts";
import { majors, type Major, type SDK } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { forgetfulModel } from "./forgetful-model.ts";

const RUNS_OF_A_MAJOR = 5_000;
const RUNS_TO_WARM_UP = 1_700;
/** The measured growth is 1.01 to 1.05. Compiled code and caches still grow a little, which ai-spans cannot avoid. */
const GROWTH_LIMIT = 1.05;
const AT_ONCE = 50;

const answer: ScriptedStep = { parts: [{ text: "a " }, { text: "room" }], usage: { input: 10, output: 5 } };

/** An application that streams again and again, with one tool and one signal that outlive all runs. */
class Service {
  readonly spans = countingProcessor();
  readonly lasting = new AbortController();
  readonly #major: Major;
  readonly #sdk: SDK;
  readonly #tool: object;

  constructor(major: Major) {
    const tracerProvider = new BasicTracerProvider({ spanProcessors: [this.spans] });
    this.#major = major;
    this.#sdk = wrapAISDK(major.ai, { tracerProvider });
    const inputSchema = this.#sdk.jsonSchema({ type: "object", properties: {} });
    this.#tool = this.#sdk.tool({ inputSchema, execute: async () => 2 });
  }

  stream(steps: readonly (ScriptedStep | undefined)[], abortSignal?: AbortSignal) {
    const queue = steps.values();
    return this.#sdk.streamText({
      model: forgetfulModel(this.#major, () => queue.next().value),
      prompt: "a room in Paris",
      tools: { searchRooms: this.#tool },
      stopWhen: this.#major.stepCount(5),
      maxRetries: 0,
      onError: () => {},
      ...(abortSignal === undefined ? {} : { abortSignal }),
    });
  }
}

const toolCall: ScriptedStep = {
  parts: [{ toolCall: { id: "call-1", name: "searchRooms" } }],
  finish: "tool-calls",
};
const hanging: ScriptedStep = { ...answer, hangs: true };
const failing: ScriptedStep = { parts: [{ text: "a " }, { error: new RangeError("no") }], finish: "error" };

type Run = (service: Service) => Promise<unknown>;

const ENDS: readonly Run[] = [
  async (service) => {
    for await (const _text of service.stream([answer]).textStream);
  },
  (service) => service.stream([toolCall, answer], service.lasting.signal).consumeStream(),
  async (service) => {
    for await (const _text of service.stream([hanging]).textStream) break;
  },
  async (service) => {
    // This run does not use the lasting signal, because v6 and v7 leave a listener on the signal of a left run.
    const reader = service.stream([answer]).toUIMessageStream().getReader();
    await reader.read();
    await reader.cancel();
  },
  async (service) => {
    const controller = new AbortController();
    for await (const _text of service.stream([hanging], controller.signal).textStream) controller.abort();
  },
  (service) => service.stream([failing]).consumeStream(),
  (service) => service.stream([undefined], service.lasting.signal).consumeStream(),
  async (service) => {
    // Nobody reads this stream, so its run ends only when the result is collected.
    service.stream([hanging]);
  },
  async (service) => {
    await service.stream([answer]).fullStream.getReader().read();
  },
];

async function serve(service: Service, runs: number): Promise<void> {
  for (let run = 0; run < runs; run += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, async (_, index) =>
      ENDS[(run + index) % ENDS.length]?.(service),
    );
    await Promise.allSettled(batch);
  }
  await collectUntil(() => service.spans.started === service.spans.ended);
}

describe("many runs", () => {
  const services = majors.map((major) => ({ name: major.name, service: new Service(major) }));

  // Warms up all majors before any heap is measured, so that shared code such as the platform's streams is compiled and
  // cached.
  beforeAll(async () => {
    for (const { service } of services) await serve(service, RUNS_TO_WARM_UP);
  }, 120_000);

  test.each(services.map(({ name, service }) => [name, service] as const))(
    "of %s leave nothing behind",
    async (_name, service) => {
      const heapBytes = await settledHeapBytes();
      const timers = pendingTimers();
      const { started } = service.spans;
      await serve(service, RUNS_OF_A_MAJOR);
      expect(service.spans.started - started, "spans").toBeGreaterThanOrEqual(2 * RUNS_OF_A_MAJOR);
      expect(service.spans.ended, "spans ended of those started").toBe(service.spans.started);
      expect(getEventListeners(service.lasting.signal, "abort").length, "listeners").toBe(0);
      expect(pendingTimers() - timers, "timers").toBe(0);
      expect((await settledHeapBytes()) / heapBytes, "growth of the heap").toBeLessThan(GROWTH_LIMIT);
    },
    120_000,
  );
});
