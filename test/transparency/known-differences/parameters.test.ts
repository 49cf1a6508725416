/**
 * Differences that a program can notice in the parameters that ai-spans passes to the SDK instead of the caller's. Rows
 * of docs/why/transparency.md.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { callsTool, says } from "../../conformance/script.ts";
import { agentClassOf } from "../../support/agents.ts";
import { majors, type CallParameters, type Major, type SDK } from "../../support/majors.ts";
import { scriptedModel, type ScriptedStep } from "../../support/scripted-model.ts";
import { setupTelemetry } from "../../support/telemetry.ts";
import { countTicks, onBoth, onBothPatched, operationsOf } from "./both.ts";

const ONE_STEP = [says("a room")];
const TWO_STEPS = [callsTool("searchRooms", "call-1"), says("two")];

/** Counts the microtasks from `start` to the next call of the model. */
function stopwatch(major: Major, steps: readonly ScriptedStep[]) {
  const ticks = countTicks();
  let from: number | undefined;
  const watch = { ticks: NaN };
  const onCall = (): void => {
    if (from === undefined) return;
    watch.ticks = ticks.count - from;
    from = undefined;
    ticks.isOn = false;
  };
  const { model } = scriptedModel(
    major,
    steps.map((step) => ({ ...step, onCall })),
  );
  const start = (): void => {
    from = ticks.count;
  };
  return { model, start, watch };
}

function roomTools(sdk: SDK, execute: () => unknown = () => 2): CallParameters {
  return { searchRooms: sdk.tool({ inputSchema: sdk.jsonSchema({ type: "object" }), execute }) };
}

function loop(major: Major, model: unknown, parameters: CallParameters): CallParameters {
  return { model, prompt: "a room", stopWhen: major.stepCount(3), ...parameters };
}

const COUNTED = ["at once", "by a promise"] as const;
type Way = (typeof COUNTED)[number];

function give<T>(way: Way, value: T): T | Promise<T> {
  return way === "at once" ? value : Promise.resolve(value);
}

/**
 * Returns the keys of the parameters that a patch between wrapper and SDK gets, for the bare and for the wrapped SDK.
 */
async function keysOnBoth(major: Major, run: (sdk: SDK) => Promise<unknown>) {
  const keys: string[][] = [];
  await onBothPatched(major, (parameters) => keys.push(Object.keys(parameters).toSorted()), run);
  expect(keys).toHaveLength(2);
  return { bare: keys[0], wrapped: keys[1] };
}

/** Returns a proxy that counts each read of a property. */
function counting<T extends object>(original: T, reads: Map<PropertyKey, number>): T {
  return new Proxy(original, {
    get(target, key) {
      reads.set(key, (reads.get(key) ?? 0) + 1);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

describe.each(majors)("on $name", (major) => {
  test("what an asynchronous prepareStep gives comes one microtask later", async () => {
    for (const way of COUNTED) {
      const { bare, wrapped } = await onBoth(major, async (sdk) => {
        const { model, start, watch } = stopwatch(major, ONE_STEP);
        const prepareStep = (): unknown => {
          start();
          return give(way, {});
        };
        await sdk.generateText(loop(major, model, { prepareStep }));
        return watch.ticks;
      });
      expect(wrapped - bare, way).toBe(way === "at once" ? 0 : 1);
    }
  });

  test("what a class's own prepareCall gives comes one microtask later", async () => {
    // v5 has no `prepareCall`.
    if (major.name === "v5") return;
    for (const isOwn of [true, false]) {
      const { bare, wrapped } = await onBoth(major, async (sdk) => {
        const { model, start, watch } = stopwatch(major, ONE_STEP);
        const prepareCall = (call: unknown): unknown => {
          start();
          return call;
        };
        class Preparing extends agentClassOf(sdk) {}
        const method = async (call: CallParameters): Promise<CallParameters> => {
          start();
          return { model, ...call };
        };
        if (isOwn) Object.assign(Preparing.prototype, { prepareCall: method });
        await new Preparing({ model, prepareCall }).generate({ prompt: "a room" });
        return watch.ticks;
      });
      expect(wrapped - bare, String(isOwn)).toBe(isOwn ? 1 : 0);
    }
  });

  test("what a tool gives comes one microtask later, in whatever way it gives it", async () => {
    for (const way of COUNTED) {
      const { bare, wrapped } = await onBoth(major, async (sdk) => {
        const { model, start, watch } = stopwatch(major, TWO_STEPS);
        const execute = (): unknown => {
          start();
          return give(way, 2);
        };
        const tools = roomTools(sdk, execute);
        await sdk.generateText(loop(major, model, { tools, onStepFinish() {} }));
        return watch.ticks;
      });
      expect(wrapped - bare, way).toBe(1);
    }
  });

  test("a call with tools and without onStepFinish has one", async () => {
    const run = (parameters: (sdk: SDK) => CallParameters) => async (sdk: SDK) =>
      sdk.generateText(loop(major, scriptedModel(major, TWO_STEPS).model, parameters(sdk)));
    const own = { onStepFinish: () => {} };
    const added = await keysOnBoth(
      major,
      run((sdk) => ({ tools: roomTools(sdk) })),
    );
    expect(added.wrapped).toEqual([...(added.bare ?? []), "onStepFinish"].toSorted());
    // ai-spans adds no callback if the call has no tools, or already has the callback.
    for (const parameters of [() => ({}), (sdk: SDK) => ({ tools: roomTools(sdk), ...own })]) {
      const same = await keysOnBoth(major, async (sdk) =>
        sdk.generateText(loop(major, scriptedModel(major, ONE_STEP).model, parameters(sdk))),
      );
      expect(same.wrapped).toEqual(same.bare);
    }
  });

  test("v6 takes one microtask more for each step where onStepFinish is added", async () => {
    for (const more of [{}, { onStepFinish() {} }]) {
      const { bare, wrapped } = await onBoth(major, async (sdk) => {
        const { model, start, watch } = stopwatch(major, TWO_STEPS);
        const tools = roomTools(sdk, start);
        await sdk.generateText(loop(major, model, { tools, ...more }));
        return watch.ticks;
      });
      const isAdded = major.name === "v6" && !("onStepFinish" in more);
      // One microtask comes from the wrapped tool.
      expect(wrapped - bare).toBe(isAdded ? 2 : 1);
    }
  });

  test("a call with tools, beside other integrations, has onStart and onStepStart", async () => {
    const integrations = [{ onStepFinish: () => {} }];
    const keys = await keysOnBoth(major, async (sdk) => {
      const { model } = scriptedModel(major, ONE_STEP);
      const telemetry = { integrations };
      return sdk.generateText(loop(major, model, { tools: roomTools(sdk), onStepFinish() {}, telemetry }));
    });
    const placed = (keys.wrapped ?? []).filter((key) => !keys.bare?.includes(key));
    expect(placed).toEqual(["experimental_onStart", "experimental_onStepStart"]);
  });

  test("a getter on the parameters runs another number of times", async () => {
    const { bare, wrapped } = await onBoth(major, async (sdk) => {
      const { model } = scriptedModel(major, TWO_STEPS);
      const values: CallParameters = loop(major, model, {
        tools: roomTools(sdk),
        temperature: 0.1,
        onStepFinish() {},
        telemetry: {},
        experimental_telemetry: {},
      });
      const reads = new Map<string, number>();
      const parameters: CallParameters = {};
      for (const [key, value] of Object.entries(values)) {
        const get = (): unknown => {
          reads.set(key, (reads.get(key) ?? 0) + 1);
          return value;
        };
        Object.defineProperty(parameters, key, { enumerable: true, get });
      }
      const { text } = await sdk.generateText(parameters);
      return { text, reads };
    });
    expect(wrapped.text).toBe(bare.text);
    const more = [...bare.reads].map(([key, count]) => Number(wrapped.reads.get(key)) - count);
    // v5 reads some parameters twice. ai-spans passes a copy, so a getter can run once less.
    expect(Math.min(...more)).toBeGreaterThanOrEqual(major.name === "v5" ? -1 : 0);
    expect(Math.max(...more)).toBeGreaterThan(0);
    expect(Math.max(...more)).toBeLessThanOrEqual(2);
    expect([...wrapped.reads.keys()].toSorted()).toEqual([...bare.reads.keys()].toSorted());
    // A getter that throws fails the call with the same error as on the bare SDK, and the call still has its span.
    const telemetry = setupTelemetry();
    const failures: unknown[] = [];
    const error = new RangeError("no");
    for (const sdk of [major.ai, wrapAISDK(major.ai)]) {
      const parameters = loop(major, scriptedModel(major, ONE_STEP).model, {});
      const get = (): never => {
        throw error;
      };
      Object.defineProperty(parameters, "topK", { enumerable: true, get });
      await sdk.generateText(parameters).catch((caught: unknown) => failures.push(caught));
    }
    expect(failures.map((caught) => caught === error)).toEqual([true, true]);
    expect(operationsOf(telemetry)).toEqual(["invoke_agent"]);
  });

  test("a model's provider and modelId are read once more for a run, and three times more for each of its calls", async () => {
    const { bare, wrapped } = await onBoth(major, async (sdk) => {
      const reads = new Map<PropertyKey, number>();
      const { model } = scriptedModel(major, TWO_STEPS);
      await sdk.generateText(
        loop(major, counting(model, reads), { tools: roomTools(sdk), onStepFinish() {} }),
      );
      return reads;
    });
    const more = [...wrapped].map(([key, count]) => [key, count - (bare.get(key) ?? 0)] as const);
    expect(Object.fromEntries(more.filter(([, count]) => count !== 0))).toEqual({
      provider: 7,
      modelId: 7,
      // ai-spans reads it once, to check that the value is a model.
      doGenerate: 1,
    });
  });
});
