/**
 * Rules that hold for every finished span, whatever the program does.
 */
import { SpanStatusCode, type HrTime } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { expect } from "vitest";
import { sdkCallFaults } from "./sdk-call.ts";
import type { Telemetry } from "./telemetry.ts";

const APPLICATION_SCOPE = "application";

export interface Rules {
  /** The SDK goes on after the end of the run, so some spans below the run end after it. */
  readonly goesOn?: boolean | undefined;
  /** Without `goesOn`, no span ends after its parent, not even below a canceled run or a span of the application. */
  readonly endsInOrder?: boolean | undefined;
}

export function expectSoundSpans(
  telemetry: Telemetry,
  { goesOn = false, endsInOrder = false }: Rules = {},
): void {
  expect(new Set(telemetry.finished).size, "spans that ended twice").toBe(telemetry.finished.length);
  const byId = new Map(telemetry.started.map((span) => [span.spanContext().spanId, span]));
  for (const span of telemetry.started) {
    const parent = span.parentSpanContext && byId.get(span.parentSpanContext.spanId);
    expect(faultsOf(span, parent), span.name).toEqual([]);
    // Compares the order of ends, not their times, because starts and durations come from different clocks. What begins
    // after its run was canceled ends on its own.
    const isExcused =
      parent?.attributes["ai_spans.canceled"] === true ||
      [span, parent].some((one) => one?.instrumentationScope.name === APPLICATION_SCOPE);
    const outlives =
      parent !== undefined &&
      !goesOn &&
      (endsInOrder || !isExcused) &&
      telemetry.finished.indexOf(span) > telemetry.finished.indexOf(parent);
    expect(outlives, `${span.name} outlives its parent`).toBe(false);
  }
}

function faultsOf(span: ReadableSpan, parent: ReadableSpan | undefined): string[] {
  const faults: string[] = [];
  const check = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };
  const keys = Object.keys(span.attributes);
  const has = (suffix: string): boolean => keys.some((key) => key.endsWith(suffix));

  check(span.ended, "never ended");
  check(toMs(span.endTime) >= toMs(span.startTime), "ends before it starts");
  check(span.parentSpanContext === undefined || parent !== undefined, "has an unknown parent");
  check(parent === undefined || sameTrace(span, parent), "is in another trace than its parent");
  check(span.status.code !== SpanStatusCode.OK, "has status OK");
  check(span.status.message === undefined, "has a status message");
  check(span.events.length === 0, "has events");
  check(span.links.length === 0, "has links");
  if (span.instrumentationScope.name === APPLICATION_SCOPE) return faults;

  for (const [key, value] of Object.entries(span.attributes)) {
    check(!key.startsWith("ai."), `has a key of the SDK's telemetry: ${key}`);
    check(key.includes(".") && !key.startsWith("."), `has a bare key: ${key}`);
    check(isAttributeValue(value), `has a value that is no scalar or list of strings: ${key}`);
  }
  faults.push(...sdkCallFaults(span));
  const failed = span.status.code === SpanStatusCode.ERROR;
  check(has("error.type") === failed, "has error.type and no status ERROR, or the reverse");
  check(has(".canceled") === has(".cancel.cause"), "has canceled without its cause, or the reverse");
  check(!(failed && has(".canceled")), "is both failed and canceled");
  return faults;
}

function isAttributeValue(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((entry) => typeof entry === "string");
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value === "string" || typeof value === "boolean";
}

function sameTrace(left: ReadableSpan, right: ReadableSpan): boolean {
  return left.spanContext().traceId === right.spanContext().traceId;
}

function toMs([seconds, nanoseconds]: HrTime): number {
  return seconds * 1000 + nanoseconds / 1e6;
}
