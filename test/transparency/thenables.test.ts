/**
 * Thenables that the program's namespace, callbacks and tools return. The SDK awaits each as often as without ai-spans.
 * A thenable whose `then` fails has the same outcome as without ai-spans.
 */
import { wrapAgent } from "ai-spans";
import { describe, expect, test } from "vitest";
import { callsTool, says } from "../conformance/script.ts";
import { otherThanForeign, type Agent } from "../support/agents.ts";
import type { CallParameters, SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { toolOf } from "../support/tools.ts";
import { type Way, WAYS, WRAPPERS } from "../support/ways.ts";
import { compare } from "../harness/compare.ts";
import { outlineOf } from "../support/outline.ts";

interface Counts {
  reads: number;
  calls: number;
}

type Then = (resolve: (value: unknown) => void, reject: (error: unknown) => void) => unknown;

/** Creates a thenable that is not an instance of `Promise`. */
type MakeThenable = (value: unknown, counts: Counts) => object;

function thenableOf(get: () => unknown): object {
  // oxlint-disable-next-line unicorn/no-thenable -- what a program may return
  return Object.defineProperty({}, "then", { get, enumerable: true, configurable: true });
}

const FULFILLED: Readonly<Record<string, MakeThenable>> = {
  "counts the reads of then": (value, counts) =>
    thenableOf((): Then => {
      counts.reads += 1;
      return (resolve) => {
        counts.calls += 1;
        resolve(value);
      };
    }),
  "calls back twice": (value, counts) =>
    thenableOf((): Then => {
      counts.reads += 1;
      return (resolve, reject) => {
        counts.calls += 1;
        resolve(value);
        resolve("again");
        reject(new RangeError("late"));
      };
    }),
  "answers a turn later": (value, counts) =>
    thenableOf((): Then => {
      counts.reads += 1;
      return (resolve) => {
        counts.calls += 1;
        setImmediate(() => resolve(value));
      };
    }),
  "gives a thenable": (value, counts) =>
    thenableOf((): Then => {
      counts.reads += 1;
      return (resolve) => {
        counts.calls += 1;
        const inner: Then = (done) => done(value);
        resolve(thenableOf(() => inner));
      };
    }),
};

const FAILING: Readonly<Record<string, MakeThenable>> = {
  rejects: (_value, counts) =>
    thenableOf((): Then => {
      counts.reads += 1;
      return (_resolve, reject) => {
        counts.calls += 1;
        reject(new RangeError("rejected"));
      };
    }),
  "has a then that throws": (_value, counts) =>
    thenableOf((): Then => {
      counts.reads += 1;
      return () => {
        counts.calls += 1;
        throw new RangeError("then throws");
      };
    }),
};

/**
 * A value whose `then` cannot be read. ai-spans cannot know whether it is a thenable, so it returns the value
 * unchanged.
 */
const UNREADABLE: MakeThenable = () =>
  thenableOf(() => {
    throw new RangeError("no then");
  });

async function outcomeOf(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return String(error);
  }
}

describe.each(WRAPPERS)("$title", (way) => {
  const { major } = way;

  const namespaceOf = (make: MakeThenable, counts: Counts): SDK =>
    ({ ...major.ai, generateText: () => make({ text: "a room" }, counts) }) as unknown as SDK;

  test.each(Object.entries({ ...FULFILLED, ...FAILING }))(
    "a function of the namespace returns a thenable that %s",
    async (what, make) => {
      const counts: Counts = { reads: 0, calls: 0 };
      const { telemetry } = await compare(
        way,
        async (sdk) => {
          Object.assign(counts, { reads: 0, calls: 0 });
          const { model } = scriptedModel(major, []);
          const outcome = await outcomeOf(() => sdk.generateText({ model, prompt: "a room" }));
          return { outcome, counts: { ...counts } };
        },
        { ai: namespaceOf(make, counts) },
      );
      expect(counts).toEqual({ reads: 1, calls: 1 });
      expect(outlineOf(telemetry)).toBe(what in FAILING ? "invoke_agent RangeError" : "invoke_agent ok");
      expect(telemetry.diagnostics).toEqual([]);
    },
  );

  test("a function of the namespace returns a result whose then cannot be read", async () => {
    const results: unknown[] = [];
    const ai = { ...major.ai, generateText: () => results[0] } as unknown as SDK;
    const { telemetry } = await compare(
      way,
      async (sdk) => {
        results[0] = UNREADABLE(undefined, { reads: 0, calls: 0 });
        const result: unknown = sdk.generateText({ model: scriptedModel(major, []).model, prompt: "x" });
        const isSame = result === results[0];
        return { isSame, outcome: await outcomeOf(() => result) };
      },
      { ai },
    );
    expect(outlineOf(telemetry)).toBe("invoke_agent ok");
  });

  test.each(Object.entries({ ...FULFILLED, ...FAILING }))(
    "an agent returns a thenable that %s",
    async (_what, make) => {
      const play = async (wrap: <T extends object>(agent: T) => T): Promise<unknown> => {
        const counts: Counts = { reads: 0, calls: 0 };
        const settings = { model: scriptedModel(major, []).model };
        const agent = { settings, generate: () => make({ text: "a room" }, counts), stream: () => ({}) };
        const wrapped = wrap(agent) as unknown as Agent;
        const outcome = await outcomeOf(() => wrapped.generate({ prompt: "a room" }));
        return { outcome, counts, keys: Reflect.ownKeys(agent) };
      };
      setupTelemetry();
      const bare = await play((agent) => agent);
      const telemetry = setupTelemetry();
      expect(await play((agent) => wrapAgent(agent))).toEqual(bare);
      expect(telemetry.open).toEqual([]);
      expect(otherThanForeign(telemetry.diagnostics)).toEqual([]);
    },
  );
});

/** The program's callbacks whose results the SDK awaits, with their majors. */
const CALLBACKS: Readonly<Record<string, { readonly value: unknown; readonly majors: readonly string[] }>> = {
  onStepFinish: { value: undefined, majors: ["v5", "v6", "v7"] },
  onFinish: { value: undefined, majors: ["v5", "v6", "v7"] },
  prepareStep: { value: { temperature: 0.5 }, majors: ["v5", "v6", "v7"] },
  experimental_repairToolCall: { value: null, majors: ["v5", "v6", "v7"] },
  toolApproval: { value: "approved", majors: ["v7"] },
};

async function loop(way: Way, sdk: SDK, name: string, callback: () => unknown): Promise<unknown> {
  const { major } = way;
  const { model, calls } = scriptedModel(major, [callsTool("searchRooms", "call-1"), says("two")]);
  const execute = async (): Promise<number> => 2;
  const parameters: CallParameters = {
    model,
    tools: { searchRooms: toolOf(sdk, execute) },
    prompt: "a room",
    stopWhen: major.stepCount(5),
    onError: () => {},
    maxRetries: 0,
    [name]: callback,
  };
  const generated = await outcomeOf(async () => (await sdk.generateText(parameters)).text);
  return { generated, calls: calls.length };
}

describe.each(WAYS)("$title", (way) => {
  const makes = { ...FULFILLED, ...FAILING, "has a then that cannot be read": UNREADABLE };
  const rows = Object.entries(CALLBACKS)
    .filter(([, { majors }]) => majors.includes(way.major.name))
    .flatMap(([name, { value }]) =>
      Object.entries(makes).map(([what, make]) => ({ name, value, what, make })),
    );

  test.each(rows)("$name returns a thenable that $what", async ({ name, value, make }) => {
    const { telemetry } = await compare(way, async (sdk) => {
      const counts: Counts = { reads: 0, calls: 0 };
      const result = await loop(way, sdk, name, () => make(value, counts));
      return { result, counts };
    });
    expect(telemetry.open).toEqual([]);
    expect(telemetry.started.length).toBeGreaterThan(0);
  });

  test.each(Object.entries(makes))("a tool returns a thenable that %s", async (_what, make) => {
    const { telemetry } = await compare(way, async (sdk) => {
      const { major } = way;
      const counts: Counts = { reads: 0, calls: 0 };
      const { model } = scriptedModel(major, [callsTool("searchRooms", "call-1"), says("two")]);
      const execute = (): unknown => make(2, counts);
      const tools = { searchRooms: toolOf(sdk, execute) };
      const stopWhen = major.stepCount(5);
      const { text, steps } = await sdk.generateText({ model, tools, prompt: "a room", stopWhen });
      const [first] = steps as readonly { readonly content: readonly { readonly type: string }[] }[];
      return { text, counts, content: first?.content.map(({ type }) => type) };
    });
    expect(outlineOf(telemetry)).toMatch(/^invoke_agent ok 10 \(chat ok 5, execute_tool \w+, chat ok 5\)$/);
  });
});
