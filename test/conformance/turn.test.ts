/**
 * `withTurn` returns what its work returns, whatever attributes it gets. Its attributes reach all calls in its context.
 *
 * Holds: turns.
 */
import { trace } from "@opentelemetry/api";
import { withTurn } from "ai-spans";
import type * as Package from "ai-spans";
import { afterEach, describe, expect, test, vi } from "vitest";
import { registerIntegrations } from "../support/integrations.ts";
import type { SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { WAYS } from "../support/ways.ts";
import { says } from "./script.ts";

afterEach(() => registerIntegrations());

describe.each([true, false])("with a context manager: %s", (contextManager) => {
  test("returns the value or the same promise that its work returns", () => {
    setupTelemetry({ contextManager });
    const promise = Promise.resolve(1);
    expect(withTurn({ userId: "u-7" }, () => 1)).toBe(1);
    expect(withTurn({ userId: "u-7" }, () => undefined)).toBeUndefined();
    expect(withTurn({ userId: "u-7" }, () => promise)).toBe(promise);
  });

  test("throws what its work throws and runs it once", () => {
    setupTelemetry({ contextManager });
    const error = new RangeError("no");
    let runs = 0;
    const work = (): never => {
      runs += 1;
      throw error;
    };
    expect(() => withTurn({ userId: "u-7" }, work)).toThrow(error);
    expect(runs).toBe(1);
  });

  test("opens no span", () => {
    const telemetry = setupTelemetry({ contextManager });
    withTurn({ userId: "u-7" }, () => {});
    expect(telemetry.started).toEqual([]);
  });
});

test("keeps the active span active", () => {
  const { tracer } = setupTelemetry();
  tracer.startActiveSpan("request", (span) => {
    expect(withTurn({ userId: "u-7" }, () => trace.getActiveSpan())).toBe(span);
    span.end();
  });
});

describe.each(WAYS)("without a context manager, $title", (way) => {
  const start = (sdk: SDK): unknown =>
    sdk.generateText({ model: scriptedModel(way.major, [says("a room")]).model, prompt: "a room" });

  const conversations = (telemetry: Telemetry): unknown[] =>
    telemetry.started
      .filter(({ attributes }) => attributes["gen_ai.operation.name"] === "invoke_agent")
      .map(({ attributes }) => attributes["gen_ai.conversation.id"]);

  const WARNING =
    "ai-spans: withTurn: no context manager is registered; register one, as NodeSDK does, or what starts after an `await` has no parent, and without AsyncLocalStorage no attributes";

  /** Two calls before the first `await`, one in an inner turn, one after the `await`, and one after the turn. */
  async function runTurns(hasStorage: boolean): Promise<Telemetry> {
    Reflect.deleteProperty(globalThis, Symbol.for("ai-spans.turns.v1"));
    if (!hasStorage) vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
    const { withTurn: turnOf, wrapAISDK, createAISDKTelemetry } = await freshCopy();
    const telemetry = setupTelemetry({ contextManager: false });
    const { ai } = way.major;
    if (way.entry === "adapter") registerIntegrations(createAISDKTelemetry());
    const sdk = way.entry === "adapter" ? ai : wrapAISDK(ai);
    await turnOf({ conversationId: "c-1" }, async () => {
      await Promise.all([start(sdk), turnOf({ conversationId: "c-2" }, () => start(sdk)), start(sdk)]);
      await start(sdk);
    });
    await start(sdk);
    expect(telemetry.diagnostics).toEqual([WARNING]);
    return telemetry;
  }

  test("every call inside has the attributes", async () => {
    expect(conversations(await runTurns(true))).toEqual(["c-1", "c-2", "c-1", "c-1", undefined]);
  });

  test("calls before the first await have the attributes on any runtime", async () => {
    // The SDK awaits before it reports a call to the adapter, so the context is lost.
    const inTurn = way.entry === "adapter" ? [undefined, undefined, undefined] : ["c-1", "c-2", "c-1"];
    expect(conversations(await runTurns(false))).toEqual([...inTurn, undefined, undefined]);
  });
});

/** Loads the package again, because it reports some warnings once per process. */
async function freshCopy(): Promise<typeof Package> {
  vi.resetModules();
  return await import("ai-spans");
}
