/**
 * `withTurn` gives back what its work gives, whatever it is given.
 */
import { trace } from "@opentelemetry/api";
import { withTurn } from "ai-spans";
import { describe, expect, test } from "vitest";
import { setupTelemetry } from "../support/telemetry.ts";

describe.each([true, false])("with a context manager: %s", (contextManager) => {
  test("gives back the value or the very promise of its work", () => {
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
