/**
 * The contexts in which the models and tools of a run are called. They behave like contexts of the API and hold as
 * little: V8 keeps a function that is assigned to a property, and all that it can reach, until the next full collection.
 *
 * Holds: no-leak, parents.
 */
import { context, createContextKey, ROOT_CONTEXT, trace, type Context } from "@opentelemetry/api";
import { afterEach, describe, expect, test } from "vitest";
import { callsTool, says } from "../conformance/script.ts";
import { traced, untrace } from "../harness/stage.ts";
import { collectUntil } from "../support/collection.ts";
import { turn } from "../support/gate.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { WAYS, type Way } from "../support/ways.ts";

const CALLERS = createContextKey("a value of the caller");
const OURS = createContextKey("a value of the test");

afterEach(untrace);

/** The contexts of a model call and of a tool. The caller has put a value into its context. */
async function contextsOf(way: Way): Promise<readonly Context[]> {
  setupTelemetry();
  const { major } = way;
  const sdk = traced(way);
  const contexts: Context[] = [];
  const log = (): void => void contexts.push(context.active());
  await context.with(ROOT_CONTEXT.setValue(CALLERS, "caller"), () =>
    sdk.generateText({
      model: scriptedModel(major, [callsTool("searchRooms", "call-1", { onCall: log }), says("two")]).model,
      tools: {
        searchRooms: { inputSchema: sdk.jsonSchema({ type: "object", properties: {} }), execute: log },
      },
      stopWhen: major.stepCount(2),
      prompt: "rooms",
    }),
  );
  expect(contexts).toHaveLength(2);
  return contexts;
}

const ROUNDS = 200;
const VALUE_LENGTH = 1_000;
const VALUE_BYTES = VALUE_LENGTH * 8;

/** The bytes that minor collections leave of each context with a value of `VALUE_BYTES`. */
async function bytesKept(derived: Context): Promise<number> {
  const usedBytes = async (): Promise<number> => {
    for (let round = 0; round < 3; round += 1) {
      collect({ type: "minor" });
      await turn();
    }
    return process.memoryUsage().heapUsed;
  };
  collect();
  const before = await usedBytes();
  for (let round = 0; round < ROUNDS; round += 1) {
    derived.setValue(
      OURS,
      Array.from({ length: VALUE_LENGTH }, () => round),
    );
    await turn();
  }
  return ((await usedBytes()) - before) / ROUNDS;
}

function collect(options?: NodeJS.GCOptions): void {
  if (globalThis.gc === undefined) throw new Error("the test needs node --expose-gc");
  if (options) void globalThis.gc(options);
  else globalThis.gc();
}

describe.each(WAYS)("$title", (way) => {
  test("a minor collection frees the values of a context", async () => {
    const sizes: number[] = [];
    for (const derived of [...(await contextsOf(way)), ROOT_CONTEXT]) sizes.push(await bytesKept(derived));
    const ofAPI = sizes.pop();
    // The API's own contexts keep theirs. Without this line the test could not fail.
    expect(ofAPI).toBeGreaterThan(VALUE_BYTES);
    for (const size of sizes) expect(size).toBeLessThan(VALUE_BYTES / 2);
  });

  test("a context has the class and the fields of a context of the API", async () => {
    for (const derived of await contextsOf(way)) {
      expect(derived).toBeInstanceOf(ROOT_CONTEXT.constructor);
      expect(derived.constructor).toBe(ROOT_CONTEXT.constructor);
      expect(Object.keys(derived)).toEqual(Object.keys(ROOT_CONTEXT));
      expect(JSON.stringify(derived)).toBe(JSON.stringify(ROOT_CONTEXT));
      const { getValue, setValue } = derived;
      const copy: Context = { ...derived };
      expect([getValue(CALLERS), setValue(OURS, 1).getValue(OURS), copy.getValue(CALLERS)]).toEqual([
        "caller",
        1,
        "caller",
      ]);
    }
  });

  test("values are inherited, replaced, hidden and removed", async () => {
    for (const derived of await contextsOf(way)) {
      const spanId = trace.getSpanContext(derived)?.spanId;
      expect(spanId).toBeDefined();
      const further = derived.setValue(OURS, 1).setValue(CALLERS, "other").setValue(OURS, 2);
      const removed = further.deleteValue(CALLERS).deleteValue(OURS);
      const valuesOf = (each: Context): unknown[] => [each.getValue(CALLERS), each.getValue(OURS)];
      expect([derived, further, removed].map(valuesOf)).toEqual([
        ["caller", undefined],
        ["other", 2],
        [undefined, undefined],
      ]);
      expect([further, removed].map((each) => trace.getSpanContext(each)?.spanId)).toEqual([spanId, spanId]);
      expect(trace.getSpan(trace.deleteSpan(further))).toBeUndefined();
    }
  });

  test("a replaced value is not held", async () => {
    const [derived = ROOT_CONTEXT] = await contextsOf(way);
    let first: object | undefined = {};
    let isCollected = false;
    const registry = new FinalizationRegistry(() => void (isCollected = true));
    registry.register(first, undefined);
    const replaced = derived.setValue(OURS, first).setValue(CALLERS, "other").setValue(OURS, "second");
    first = undefined;
    await collectUntil(() => isCollected);
    expect(isCollected).toBe(true);
    expect(replaced.getValue(OURS)).toBe("second");
  });
});
