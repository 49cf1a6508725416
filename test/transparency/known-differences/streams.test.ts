/**
 * Differences that a program can notice in observed streams: single microtasks, and methods that ai-spans adds to
 * streams. Rows of docs/why/transparency.md.
 */
import { wrapAISDK } from "ai-spans";
import { afterEach, describe, expect, test, vi } from "vitest";
import { DEFAULT_USAGE } from "../../conformance/script.ts";
import { turn, turns } from "../../support/gate.ts";
import { majors, type Major, type ModelCallOptions, type SDK } from "../../support/majors.ts";
import { toStreamParts } from "../../support/model-shapes.ts";
import { setupTelemetry } from "../../support/telemetry.ts";
import { changesIn, lookAtEachTick, onBoth, onBothPatched, operationsOf } from "./both.ts";

const WORDS = Array.from({ length: 8 }, (_word, index) => ({ text: `${index} ` }));

interface Source {
  /** Called at each pull, with its number. */
  readonly onPull?: (count: number) => void | Promise<void>;
  readonly highWaterMark?: number;
}

/** A model whose stream ignores an abort and counts its pulls. */
function modelOf(major: Major, { onPull, highWaterMark = 0 }: Source = {}) {
  const counts = { pulls: 0 };
  const doStream = async () => {
    const parts = toStreamParts(major, { parts: WORDS, usage: DEFAULT_USAGE }) as { part: object }[];
    const pull = (controller: ReadableStreamDefaultController<object>): void | Promise<void> => {
      const answer = (): void => {
        const next = parts.shift();
        if (next) controller.enqueue(next.part);
        else controller.close();
      };
      // Without a promise of `onPull`, the answer comes in the same turn, without a promise in between.
      const waiting = onPull?.((counts.pulls += 1));
      return waiting ? waiting.then(answer) : answer();
    };
    return { stream: new ReadableStream<object>({ pull }, { highWaterMark }) };
  };
  const model = major.mockModel({
    provider: "mock-provider",
    modelId: "mock-model",
    doGenerate: () => Promise.reject(new Error("not asked for")),
    doStream,
  });
  return { model, counts };
}

async function rest(): Promise<void> {
  await turns(60);
}

/** Aborts inside the pull with the number `at`. Returns the parts before the abort and the total number of pulls. */
async function raceAbort(major: Major, sdk: SDK, source: Source, at: number, isSlow = false) {
  const controller = new AbortController();
  const { model, counts } = modelOf(major, {
    ...source,
    onPull: (count) => {
      const abort = (): void => (count === at ? controller.abort() : undefined);
      return isSlow ? turn().then(abort) : abort();
    },
  });
  const parts: string[] = [];
  const parameters = { model, prompt: "a room", abortSignal: controller.signal };
  for await (const { type } of sdk.streamText(parameters).fullStream) parts.push(type);
  await rest();
  return { parts, pulls: counts.pulls };
}

const RACES = [0, 1].flatMap((highWaterMark) =>
  Array.from({ length: 10 }, (_race, index) => ({ highWaterMark, at: index + 1 })),
);

/** Whether one list is the beginning of the other, without the part that reports the abort. */
function isSameAsFar(one: readonly string[], other: readonly string[]): boolean {
  const [short = [], long = []] = [one, other]
    .map((parts) => parts.filter((type) => type !== "abort"))
    .toSorted((a, b) => a.length - b.length);
  return short.every((type, index) => type === long[index]);
}

afterEach(() => {
  vi.resetModules();
});

describe.each(majors)("on $name", (major) => {
  test("where a source aborts inside its own pull, other parts pass before the abort", async () => {
    let others = 0;
    for (const { highWaterMark, at } of RACES) {
      const { bare, wrapped } = await onBoth(major, (sdk) => raceAbort(major, sdk, { highWaterMark }, at));
      expect(isSameAsFar(wrapped.parts, bare.parts)).toBe(true);
      expect(Math.abs(wrapped.parts.length - bare.parts.length)).toBeLessThanOrEqual(
        major.name === "v7" ? 1 : 3,
      );
      expect(Math.abs(wrapped.pulls - bare.pulls)).toBeLessThanOrEqual(2);
      others += Number(wrapped.parts.length !== bare.parts.length);
    }
    expect(others).toBeGreaterThan(0);
    // The parts are the same if the event loop gets a turn between the pull and the abort.
    for (const { highWaterMark, at } of RACES) {
      const { bare, wrapped } = await onBoth(major, (sdk) =>
        raceAbort(major, sdk, { highWaterMark }, at, true),
      );
      expect(wrapped.parts).toEqual(bare.parts);
      // The `tee` of Node 20 and 22 drops a pull that comes during a read. So on v7 the wrapped SDK may pull once less.
      const fewer = bare.pulls - wrapped.pulls;
      expect([0, major.name === "v7" ? 1 : 0]).toContain(fewer);
    }
  });

  test("a result ends for its reader before the callbacks of process.nextTick run", async () => {
    const { bare, wrapped } = await onBoth(major, async (sdk) => {
      const { model } = modelOf(major);
      const events: string[] = [];
      for await (const { type } of sdk.streamText({ model, prompt: "a room" }).fullStream) {
        if (type === "finish") process.nextTick(() => events.push("next tick"));
      }
      events.push("end");
      await rest();
      return events;
    });
    expect(bare).toEqual(["next tick", "end"]);
    expect(wrapped).toEqual(["end", "next tick"]);
  });

  test("a model's stream has its own pipeThrough until the SDK has read it", async () => {
    const { bare, wrapped } = await onBoth(major, async (sdk) => {
      const { model } = modelOf(major);
      const doStream = (
        Reflect.get(model, "doStream") as (options: unknown) => Promise<{ stream: object }>
      ).bind(model);
      const names: string[][] = [];
      let stream: object = {};
      const looking = async (options: ModelCallOptions) => {
        const answer = await doStream(options);
        stream = answer.stream;
        void lookAtEachTick(() => names.push(Object.getOwnPropertyNames(stream)));
        return answer;
      };
      await sdk.streamText({ model: Object.assign(model, { doStream: looking }), prompt: "a room" }).text;
      await rest();
      names.push(Object.getOwnPropertyNames(stream));
      return changesIn(names);
    });
    expect(bare).toEqual([[]]);
    expect(wrapped).toEqual([[], ["pipeThrough"], []]);
  });

  test("the stream inside a result has its own tee and pipeThrough", async () => {
    const { bare, wrapped } = await onBoth(major, async (sdk) => {
      const { model } = modelOf(major);
      const result = sdk.streamText({ model, prompt: "a room" }) as unknown as {
        baseStream: object;
        text: Promise<string>;
      };
      const first = result.baseStream;
      const before = Object.getOwnPropertyNames(first);
      await result.text;
      const after = Object.getOwnPropertyNames(first);
      return { before, after, rest: Object.getOwnPropertyNames(result.baseStream) };
    });
    // Branches of Node's `tee` have a `constructor` property. Ours are instances of the class.
    const without = (names: readonly string[]): readonly string[] =>
      names.filter((name) => name !== "constructor");
    expect(Object.values(bare).map(without)).toEqual([[], [], []]);
    expect(Object.values(wrapped).map(without)).toEqual([["tee", "pipeThrough"], ["pipeThrough"], ["tee"]]);
  });

  test("beside a patch of the web streams, a call gets onStepFinish and onFinish", async () => {
    const { tee } = ReadableStream.prototype;
    const patch = vi.spyOn(ReadableStream.prototype, "tee").mockImplementation(function (
      this: ReadableStream<unknown>,
      ...args: unknown[]
    ) {
      return Reflect.apply(tee, this, args);
    } as typeof tee);
    const keys: string[][] = [];
    const { bare, wrapped, telemetry } = await onBothPatched(
      major,
      (parameters) => keys.push(Object.keys(parameters).toSorted()),
      async (sdk) => {
        const { model } = modelOf(major);
        patch.mockClear();
        const looks: string[][] = [];
        const result = sdk.streamText({ model, prompt: "a room" });
        looks.push(Object.getOwnPropertyNames(Reflect.get(result, "baseStream")));
        return { text: await result.text, looks, calls: patch.mock.calls.length };
      },
    );
    expect(keys).toEqual([
      ["model", "prompt"],
      ["model", "onFinish", "onStepFinish", "prompt"],
    ]);
    // Everything else is as on the bare SDK: the same methods on the same streams, equally often.
    expect(wrapped).toEqual(bare);
    expect(operationsOf(telemetry)).toEqual(["invoke_agent", "chat"]);
    expect(telemetry.open).toEqual([]);
  });

  test("a call with a transform gets onFinish", async () => {
    const keys: string[][] = [];
    const { bare, wrapped } = await onBothPatched(
      major,
      (parameters) => keys.push(Object.keys(parameters).toSorted()),
      (sdk) => {
        const { model } = modelOf(major);
        const transform = (): TransformStream => new TransformStream();
        return sdk.streamText({ model, prompt: "a room", experimental_transform: transform }).text;
      },
    );
    expect(keys).toEqual([
      ["experimental_transform", "model", "prompt"],
      ["experimental_transform", "model", "onFinish", "prompt"],
    ]);
    expect(wrapped).toEqual(bare);
  });

  test("a patch of the web streams from before us that looks like a method is not called", async () => {
    const { pipeThrough } = ReadableStream.prototype;
    let calls = 0;
    const patch = {
      pipeThrough(this: ReadableStream<unknown>, ...args: unknown[]): unknown {
        calls += 1;
        return Reflect.apply(pipeThrough, this, args);
      },
    };
    const run = async (sdk: SDK): Promise<number> => {
      calls = 0;
      const { model } = modelOf(major);
      expect(await sdk.streamText({ model, prompt: "a room" }).text).toBe("0 1 2 3 4 5 6 7 ");
      return calls;
    };
    vi.resetModules();
    Object.assign(ReadableStream.prototype, patch);
    try {
      const fresh = await import("ai-spans");
      setupTelemetry();
      const [bare, wrapped] = [await run(major.ai), await run(fresh.wrapAISDK(major.ai))];
      expect(bare).toBeGreaterThan(0);
      expect(wrapped).toBe(bare - 1);
    } finally {
      Object.assign(ReadableStream.prototype, { pipeThrough });
    }
    // A patch made later is called as often as on the bare SDK.
    setupTelemetry();
    const sdk = wrapAISDK(major.ai);
    Object.assign(ReadableStream.prototype, patch);
    try {
      const bare = await run(major.ai);
      expect(await run(sdk)).toBe(bare);
    } finally {
      Object.assign(ReadableStream.prototype, { pipeThrough });
    }
  });
});
