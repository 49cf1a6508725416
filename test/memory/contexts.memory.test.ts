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

describe.each(WAYS)("$title", (way) => {
  test("a context stores no function", async () => {
    for (const derived of await contextsOf(way)) {
      expect(Object.values(derived).filter((stored) => typeof stored === "function")).toEqual([]);
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
