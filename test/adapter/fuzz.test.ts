/**
 * Random events in random order, as no SDK would send them. The adapter throws nothing, runs the work once and returns
 * its result unchanged. Every span ends at most once, and none is open after the ends of the calls.
 */
import { beforeEach, describe, expect, test } from "vitest";
import { callCount } from "../../src/adapter/calls.ts";
import { excuseFindings } from "../registry/excused.ts";
import { turn } from "../support/gate.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { createDrivenAdapter, type DrivenAdapter } from "./driven-adapter.ts";

const SEQUENCES = 300;
const EVENTS = 60;

const IDS = ["a", "b", "c"];
const TEXT = "ai.generateText";
const STREAM = "ai.streamText";

const STEPS = [
  "onStart",
  "onStart",
  "onStart",
  "onEnd",
  "onError",
  "onStepError",
  "onAbort",
  "onFuture",
  "executeLanguageModelCall",
  "executeLanguageModelCall",
  "executeTool",
  "executeTool",
] as const;

/** Mulberry32, a random number generator that returns the same numbers for the same seed on every machine. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const thrown = new RangeError("of the work");
const hostile = (): never => {
  throw new TypeError("of an event");
};

/** Work of every kind: it returns, rejects or throws, at once or later. */
const WORK: readonly (() => unknown)[] = [
  () => 2,
  () => undefined,
  () => Promise.resolve(2),
  () => Promise.reject(thrown),
  // eslint-disable-next-line unicorn/no-thenable
  () => ({ then: (resolve: (value: number) => void) => resolve(2) }),
  // eslint-disable-next-line unicorn/no-thenable
  () => ({ then: (_resolve: unknown, reject: (error: unknown) => void) => reject(thrown) }),
  () => {
    throw thrown;
  },
  () => Promise.resolve({ stream: new ReadableStream() }),
  () => Promise.resolve({ finishReason: hostile, usage: 7, response: "none" }),
];

/** What an application gets from a call: its value or its error. */
async function outcomeOf(work: () => unknown): Promise<unknown> {
  try {
    const value: unknown = await work();
    return typeof value === "object" ? "an object" : value;
  } catch (error) {
    return error === thrown ? "the error of the work" : { foreign: String(error) };
  }
}

class Fuzzer {
  readonly #adapter: DrivenAdapter;
  readonly #random: () => number;

  constructor(seed: number, adapter: DrivenAdapter) {
    this.#random = randomOf(seed);
    this.#adapter = adapter;
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[Math.floor(this.#random() * choices.length)];
    if (choice === undefined && choices.length === 0) throw new Error("nothing to pick from");
    return choice as T;
  }

  #event(): unknown {
    const callId = this.pick<unknown>([...IDS, ...IDS, ...IDS, "", 7, null, undefined, Symbol("id"), {}]);
    const event = {
      callId,
      operationId: this.pick<unknown>([TEXT, TEXT, STREAM, STREAM, "ai.embed", "ai.future", 7, undefined]),
      modelId: this.pick<unknown>(["mock-model", 7, "", hostile]),
      runtimeContext: this.pick<unknown>([{ userId: "u" }, { userId: {} }, null, [1], "none"]),
      functionId: this.pick<unknown>(["agent", 7, undefined]),
      timestamp: this.pick<unknown>([undefined, 1_700_000_000_000, Number.NaN, "now"]),
      error: this.pick<unknown>([thrown, "no", null, undefined, { statusCode: 429 }]),
      reason: this.pick<unknown>([undefined, new DOMException("late", "TimeoutError"), 7]),
      recordInputs: this.pick<unknown>([undefined, false]),
      output: this.pick<unknown>([undefined, { name: "object" }, { name: 7 }]),
      messages: this.pick<unknown>([undefined, [], this]),
      toolCall: this.pick<unknown>([undefined, { toolName: "search" }, { toolName: 7 }, "none"]),
    };
    return this.pick<() => unknown>([
      () => event,
      () => event,
      () => event,
      () => new Proxy(event, {}),
      () => new Proxy(event, { get: hostile, has: hostile, ownKeys: hostile }),
      () => Object.defineProperty({ ...event }, this.pick(Object.keys(event)), { get: hostile }),
      () => Object.freeze(event),
      () => undefined,
      () => null,
      () => "an event",
      () => 7,
    ])();
  }

  #report(name: string): void {
    // The adapter may lack the callback, if only a future SDK calls it.
    const listener: unknown = Reflect.get(this.#adapter, name);
    if (typeof listener === "function")
      expect(Reflect.apply(listener, this.#adapter, [this.#event()])).toBe(undefined);
  }

  async #work(name: "executeLanguageModelCall" | "executeTool"): Promise<void> {
    const work = this.pick(WORK);
    let runs = 0;
    const execute = (): unknown => {
      runs += 1;
      return work();
    };
    const event = this.#event();
    const options: unknown =
      typeof event === "object" && event !== null ? withExecute(event, execute) : { callId: "a", execute };
    const hookOutcome = await outcomeOf(() => Reflect.apply(this.#adapter[name], this.#adapter, [options]));
    expect(runs, "times that the work ran").toBe(1);
    expect(hookOutcome).toEqual(await outcomeOf(work));
  }

  async step(): Promise<void> {
    const name = this.pick(STEPS);
    if (name === "executeLanguageModelCall" || name === "executeTool") await this.#work(name);
    else this.#report(name);
  }
}

/** The event with `execute` as its work, even if every other read of the event throws. */
function withExecute(event: object, execute: () => unknown): object {
  return new Proxy(event, {
    get: (target, key) => (key === "execute" ? execute : Reflect.get(target, key)),
  });
}

// No event here has a provider. An embedding may start without a model and still call one.
excuseFindings([
  { rule: "required", subject: "gen_ai.provider.name" },
  { rule: "start", on: "embeddings", subject: "gen_ai.request.model" },
  { rule: "name", on: "embeddings", subject: "embeddings" },
]);

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = setupTelemetry();
});

describe("random events", () => {
  test("break nothing, and leave nothing open after the ends", async () => {
    let spans = 0;
    for (let seed = 0; seed < SEQUENCES; seed++) {
      const adapter = createDrivenAdapter();
      const fuzzer = new Fuzzer(seed, adapter);
      // Each seed starts without state of the seed before, so a failing sequence can be repeated alone.
      for (let count = 0; count < EVENTS; count++) await fuzzer.step();
      for (const callId of IDS) adapter.onEnd({ callId });
      await turn();
      expect(
        telemetry.open.map(({ name }) => name),
        `open after seed ${seed}`,
      ).toEqual([]);
      expect(new Set(telemetry.finished).size, "spans that ended twice").toBe(telemetry.finished.length);
      // Two times of one event may contradict each other. OpenTelemetry then reports a span without duration.
      const reports = telemetry.diagnostics.filter(
        (report) => !/^(ai-spans|Inconsistent start)/.test(report),
      );
      expect(reports, `reports of the OpenTelemetry SDK after seed ${seed}`).toEqual([]);
      spans += telemetry.finished.length;
      telemetry.reset();
    }
    expect(spans).toBeGreaterThan(3 * SEQUENCES);
    expect(callCount(), "calls held").toBe(0);
  });
});

describe("one event too strange", () => {
  test("work runs once although another field of its options throws", async () => {
    const adapter = createDrivenAdapter();
    let runs = 0;
    const options = {
      get callId(): string {
        return hostile();
      },
      execute: async () => ++runs,
    };
    expect(await adapter.executeTool(options)).toBe(1);
    expect(runs).toBe(1);
  });

  test("work that is a method is called on its object", async () => {
    const adapter = createDrivenAdapter();
    class Options {
      readonly callId = "a";
      readonly #answer = 2;

      async execute(): Promise<number> {
        return this.#answer;
      }
    }
    expect(await adapter.executeTool(new Options())).toBe(2);
  });

  test.each([undefined, null, 7, {}, { execute: 7 }, new Proxy({}, { get: hostile })])(
    "options without work (%#) give nothing",
    async (options) => {
      const { executeTool } = createDrivenAdapter();
      expect(await Reflect.apply(executeTool, undefined, [options])).toBe(undefined);
    },
  );

  test("a run and its calls that fail with an error whose getters throw end with it", async () => {
    const adapter = createDrivenAdapter();
    const error: unknown = new Proxy(new Error("no"), { get: hostile });
    const callId = "a";
    adapter.onStart({ callId, operationId: TEXT });
    const fails = (): Promise<never> => Promise.reject(error);
    const isSame = (caught: unknown): boolean => caught === error;
    for (const name of ["executeTool", "executeLanguageModelCall"] as const)
      expect(await adapter[name]({ callId, execute: fails }).then(undefined, isSame)).toBe(true);
    adapter.onError({ callId, error });
    adapter.onStart({ callId, operationId: TEXT });
    adapter.onError({ callId, error });
    expect(telemetry.open).toEqual([]);
    expect(telemetry.finished.map(({ attributes }) => attributes["error.type"])).toEqual(
      Array.from({ length: 4 }, () => "_OTHER"),
    );
  });

  test("an embedding whose start names an output has no output type", () => {
    const adapter = createDrivenAdapter();
    const callId = "a";
    adapter.onStart({ callId, operationId: "ai.embed", output: { name: "object" } });
    adapter.onEnd({ callId });
    expect(telemetry.finished.map(({ attributes }) => attributes)).toEqual([
      { "gen_ai.operation.name": "embeddings", "ai_spans.operation.name": "embed" },
    ]);
  });
});
