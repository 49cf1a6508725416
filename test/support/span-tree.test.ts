/**
 * `expectSpanTree`, on which the suite relies, fails when it must.
 */
import { context, SpanKind, SpanStatusCode, trace, type Attributes, type Span } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { expectSpanTree, type ExpectedSpan } from "./span-tree.ts";
import { setupTelemetry } from "./telemetry.ts";

const expected: ExpectedSpan = {
  name: "agent",
  attributes: { "gen_ai.operation.name": "invoke_agent" },
  children: [{ name: "chat", kind: "CLIENT" }],
};

interface Variation {
  readonly agent?: (span: Span) => void;
  readonly chat?: (span: Span) => void;
  readonly attributes?: Attributes;
  readonly chatIsRoot?: boolean;
  readonly chatStaysOpen?: boolean;
  readonly extra?: boolean;
}

/** Makes spans of an instrumentation, so that every rule applies to them, and checks them. */
async function check(variation: Variation): Promise<void> {
  const telemetry = setupTelemetry();
  const tracer = trace.getTracer("instrumentation");
  const attributes = variation.attributes ?? { "gen_ai.operation.name": "invoke_agent" };
  const agent = tracer.startSpan("agent", { attributes });
  variation.agent?.(agent);
  const below = trace.setSpan(context.active(), agent);
  const parent = variation.chatIsRoot === true ? context.active() : below;
  const chat = tracer.startSpan("chat", { kind: SpanKind.CLIENT }, parent);
  variation.chat?.(chat);
  if (variation.extra === true) tracer.startSpan("extra", {}, below).end();
  if (variation.chatStaysOpen !== true) chat.end();
  agent.end();
  await expectSpanTree(telemetry, expected);
}

const FAULTS: Readonly<Record<string, Variation>> = {
  "an attribute too many": {
    attributes: { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.id": "a" },
  },
  "an attribute too few": { attributes: {} },
  "another value": { attributes: { "gen_ai.operation.name": "chat" } },
  "another name": { agent: (span) => span.updateName("run") },
  "a child at the root": { chatIsRoot: true },
  "a span that stays open": { chatStaysOpen: true },
  "a span too many": { extra: true },
  "status OK": { chat: (span) => span.setStatus({ code: SpanStatusCode.OK }) },
  "an unexpected error": { chat: (span) => span.setStatus({ code: SpanStatusCode.ERROR }) },
  "an event": { chat: (span) => span.addEvent("chunk") },
  "a link": { chat: (span) => span.addLink({ context: span.spanContext() }) },
  "a report to diag": { agent: (span) => [span.end(), span.end()] },
};

describe("expectSpanTree", () => {
  test("holds for the expected spans", () => check({}));

  test.each(Object.entries(FAULTS))("fails on %s", async (_name, variation) => {
    await expect(check(variation)).rejects.toThrow();
  });
});

describe("the general rules", () => {
  const RULES: Readonly<Record<string, Attributes>> = {
    "error.type without an error": { "error.type": "timeout" },
    "canceled without a cause": { "ai_spans.canceled": true },
    "a cause without canceled": { "ai_spans.cancel.cause": "abort" },
    "a key of the SDK's telemetry": { "ai.prompt": "x" },
    "a bare key": { plan: "pro" },
    "a list of numbers": { "ai_spans.metadata.list": [1, 2] },
    "a number that is not finite": { "ai_spans.metadata.number": Number.NaN },
  };

  test.each(Object.entries(RULES))("fail on %s", async (_name, attributes) => {
    const telemetry = setupTelemetry();
    trace.getTracer("instrumentation").startSpan("agent", { attributes }).end();
    await expect(expectSpanTree(telemetry, { name: "agent", attributes })).rejects.toThrow();
  });

  test("fail on a status message", async () => {
    const telemetry = setupTelemetry();
    const failed: ExpectedSpan = { name: "agent", status: "ERROR", attributes: { "error.type": "timeout" } };
    const start = () =>
      trace.getTracer("instrumentation").startSpan("agent", { attributes: { "error.type": "timeout" } });
    const span = start();
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    await expectSpanTree(telemetry, failed);

    telemetry.reset();
    const talkative = start();
    talkative.setStatus({ code: SpanStatusCode.ERROR, message: "no room for user u-7" });
    talkative.end();
    await expect(expectSpanTree(telemetry, failed)).rejects.toThrow();
  });
});
