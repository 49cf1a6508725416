/**
 * Tools that return an async iterable. 5.0.0 takes it as a value, so the program must get the same object. Later
 * releases iterate it, and each pull runs in the tool's span.
 */
import { context, trace } from "@opentelemetry/api";
import * as aiFirst from "ai-v5-first";
import { describe, expect, test } from "vitest";
import { majors, v5, type CallParameters, type Major, type SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { toolOf } from "../support/tools.ts";
import { type Way, WAYS } from "../support/ways.ts";
import { compare } from "../harness/compare.ts";
import { outlineOf } from "../support/outline.ts";
import { callsTool, says } from "./script.ts";

interface Iterables {
  readonly title: string;
  /** @param onPull called before each value */
  readonly make: (onPull: () => void) => unknown;
}

async function* generate(onPull: () => void): AsyncGenerator<number> {
  for (const value of [1, 2]) {
    onPull();
    yield value;
  }
  onPull();
}

class Rooms {
  readonly #onPull: () => void;
  readonly name = "rooms";

  constructor(onPull: () => void) {
    this.#onPull = onPull;
  }

  [Symbol.asyncIterator](): AsyncIterator<number> {
    return generate(this.#onPull);
  }
}

const ITERABLES: readonly Iterables[] = [
  { title: "an async generator", make: generate },
  { title: "an instance of a class", make: (onPull) => new Rooms(onPull) },
  {
    title: "a plain object",
    make: (onPull) => ({ [Symbol.asyncIterator]: () => generate(onPull), extra: 1 }),
  },
  {
    title: "an object with a getter",
    make: (onPull) => ({
      get [Symbol.asyncIterator]() {
        return () => generate(onPull);
      },
    }),
  },
  {
    title: "an object that inherits a getter",
    make: (onPull) =>
      Object.create(
        {
          get [Symbol.asyncIterator](): unknown {
            return Object.hasOwn(this, "rooms") ? () => generate(onPull) : undefined;
          },
        },
        { rooms: { value: 1 } },
      ),
  },
  { title: "a frozen object", make: (onPull) => Object.freeze(new Rooms(onPull)) },
  {
    title: "a readable stream",
    make: (onPull) =>
      new ReadableStream<number>(
        {
          pull(controller) {
            onPull();
            controller.enqueue(1);
            controller.close();
          },
        },
        { highWaterMark: 0 },
      ),
  },
  {
    title: "an iterator without return",
    make: (onPull) => {
      const iterator = generate(onPull);
      return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
    },
  },
];

/** Iterables of unusual shapes, and how their tool call ends. */
const ODD: readonly { readonly title: string; readonly ends: string; readonly make: () => unknown }[] = [
  {
    title: "a function",
    ends: "ok",
    make: () => Object.assign(() => 1, { [Symbol.asyncIterator]: () => generate(() => {}) }),
  },
  {
    title: "a getter that throws",
    ends: "RangeError",
    make: () => ({
      get [Symbol.asyncIterator](): never {
        throw new RangeError("no iterator");
      },
    }),
  },
  {
    title: "an iterator that is null",
    ends: "TypeError",
    make: () => ({ [Symbol.asyncIterator]: () => null }),
  },
  {
    title: "an iterator without next",
    ends: "TypeError",
    make: () => ({ [Symbol.asyncIterator]: () => ({}) }),
  },
  {
    title: "a next that is no function",
    ends: "TypeError",
    make: () => ({ [Symbol.asyncIterator]: () => ({ next: 5 }) }),
  },
  {
    title: "a next that gives a number",
    ends: "TypeError",
    make: () => ({ [Symbol.asyncIterator]: () => ({ next: () => 5 }) }),
  },
  {
    title: "a done that is merely true-ish",
    ends: "ok",
    make: () => ({ [Symbol.asyncIterator]: () => ({ next: async () => ({ done: 1, value: 2 }) }) }),
  },
];

interface Part {
  readonly type: string;
  readonly output?: unknown;
}

function parametersOf(major: Major, sdk: SDK, execute: () => unknown): CallParameters {
  const { model } = scriptedModel(major, [callsTool("searchRooms", "call-1"), says("two")]);
  const tools = { searchRooms: toolOf(sdk, execute) };
  return { model, tools, prompt: "a room", stopWhen: major.stepCount(5), onError: () => {} };
}

/** Runs an operation and returns the tool's results, as the program gets them. */
const RUNS: Readonly<Record<string, (sdk: SDK, parameters: CallParameters) => Promise<readonly unknown[]>>> =
  {
    generateText: async (sdk, parameters) => {
      const { steps } = await sdk.generateText(parameters);
      const [first] = steps as readonly { readonly content: readonly Part[] }[];
      return first!.content.filter(({ type }) => type === "tool-result").map(({ output }) => output);
    },
    streamText: async (sdk, parameters) => {
      const outputs: unknown[] = [];
      for await (const part of sdk.streamText(parameters).fullStream) {
        if (part.type === "tool-result") outputs.push((part as Part).output);
      }
      return outputs;
    },
  };

const LOOP = "invoke_agent ok 10 (chat ok 5, execute_tool ok, chat ok 5)";

const rows = ITERABLES.flatMap(({ title, make }) =>
  Object.entries(RUNS).map(([operation, run]) => ({ title, make, operation, run })),
);

/** The release that takes an async iterable as a value. */
const first: Major = { ...v5, ai: aiFirst as unknown as SDK };
const wrapperOnFirst: Way = { title: "the wrapper on 5.0.0", major: first, entry: "wrapper" };

/** `generateText` clones the outputs of tools. These outputs cannot be cloned, so the bare SDK fails too. */
const UNCLONEABLE = /^(an async generator|a readable stream)$/;

const accepted = rows.filter(
  ({ title, operation }) => operation !== "generateText" || !UNCLONEABLE.test(title),
);

describe("on 5.0.0", () => {
  test.each(accepted)(
    "the program of $operation gets $title, the same object that its tool returned",
    async (row) => {
      const { telemetry, result } = await compare(wrapperOnFirst, async (sdk) => {
        let made: unknown;
        let pulls = 0;
        const execute = (): unknown => (made = row.make(() => (pulls += 1)));
        const [output] = await row.run(sdk, parametersOf(first, sdk, execute));
        const before = { isSame: output === made, pulls, keys: Reflect.ownKeys(output as object) };
        const values: unknown[] = [];
        for await (const value of output as AsyncIterable<unknown>) values.push(value);
        return { ...before, values };
      });
      expect(result).toMatchObject({ isSame: true, pulls: 0 });
      expect(outlineOf(telemetry)).toBe(LOOP);
      expect(telemetry.diagnostics).toEqual([]);
    },
  );
});

describe.each(WAYS)("$title", (way) => {
  test.each(rows)("$operation iterates $title in the tool's span", async ({ title, make, run }) => {
    const { major } = way;
    const spans: (string | undefined)[] = [];
    const { telemetry } = await compare(way, async (sdk) => {
      spans.length = 0;
      let made: object = {};
      const onPull = (): void => void spans.push(trace.getSpan(context.active())?.spanContext().spanId);
      const execute = (): unknown => (made = make(onPull) as object);
      const outputs = await run(sdk, parametersOf(major, sdk, execute));
      return { outputs, keys: Reflect.ownKeys(made) };
    });
    expect(outlineOf(telemetry)).toBe(LOOP);
    const tool = telemetry.started.find(({ name }) => name === "execute_tool searchRooms");
    // A frozen object cannot be observed, so its pulls run in the context in which the SDK iterates it.
    if (title !== "a frozen object") {
      expect(new Set(spans)).toEqual(new Set([tool?.spanContext().spanId]));
    }
    expect(telemetry.diagnostics).toEqual([]);
  });
});

describe.each(WAYS)("odd shapes, $title", (way) => {
  test.each(ODD)("$title ends as $ends", async ({ make, ends }) => {
    const { telemetry } = await compare(way, async (sdk) => {
      const parts: unknown[] = [];
      for await (const part of sdk.streamText(parametersOf(way.major, sdk, make)).fullStream) {
        const { type, output, error } = part as Part & { readonly error?: unknown };
        if (type.startsWith("tool-")) parts.push([type, output, String(error)]);
      }
      return parts;
    });
    expect(outlineOf(telemetry)).toBe(LOOP.replace("execute_tool ok", `execute_tool ${ends}`));
    expect(telemetry.diagnostics).toEqual([]);
  });
});

test("the alias of 5.0.0 is another module than the majors", () => {
  expect(majors.map(({ ai }) => ai)).not.toContain(first.ai);
  expect("stepCountIs" in aiFirst).toBe(true);
});
