/**
 * Proves that the search for markers can fail. It finds a leak in every signal, in every encoding, whole or in part.
 */
import {
  context,
  diag,
  metrics,
  propagation,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Span,
} from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import { createTraceState } from "@opentelemetry/api";
import { wrapAISDK } from "ai-spans";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { registerIntegrations } from "../support/integrations.ts";
import { v7 } from "../support/majors.ts";
import { ExportedTelemetry, type Exported } from "./exported.ts";
import { Markers, PIECE_LENGTH } from "./markers.ts";
import { programs } from "./programs.ts";

const telemetry = new ExportedTelemetry();
const markers = new Markers();
const PROMPT = "message: question";
const prompt = markers.text(PROMPT);
const word = markers.word(PROMPT);

beforeEach(() => telemetry.reset());
afterEach(() => registerIntegrations());

function onSpan(leak: (span: Span) => void): () => void {
  return () => {
    const span = trace.getTracer("leaky").startSpan("chat");
    leak(span);
    span.end();
  };
}

function withParent(traceState: string): void {
  const caller = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 };
  const parent = { ...caller, traceState: createTraceState(traceState) };
  context.with(
    trace.setSpanContext(ROOT_CONTEXT, parent),
    onSpan(() => {}),
  );
}

function withBaggage(): void {
  const baggage = propagation.createBaggage({ prompt: { value: prompt } });
  context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), telemetry.propagate);
}

const link = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 };

const LEAKS: Readonly<Record<string, readonly [way: keyof Exported, leak: () => unknown]>> = {
  "the name of a span": ["traces", onSpan((span) => span.updateName(prompt))],
  "the value of an attribute": ["traces", onSpan((span) => span.setAttribute("a", prompt))],
  "the key of an attribute": ["traces", onSpan((span) => span.setAttribute(word, 1))],
  "an entry of an attribute": ["traces", onSpan((span) => span.setAttribute("a", ["b", prompt]))],
  "the name of an event": ["traces", onSpan((span) => span.addEvent(prompt))],
  "an attribute of an event": ["traces", onSpan((span) => span.addEvent("a", { b: prompt }))],
  "a recorded exception": ["traces", onSpan((span) => span.recordException(new Error(prompt)))],
  "an attribute of a link": [
    "traces",
    onSpan((span) => span.addLink({ context: link, attributes: { a: prompt } })),
  ],
  "a status": ["traces", onSpan((span) => span.setStatus({ code: SpanStatusCode.ERROR, message: prompt }))],
  "a span that never ends": ["traces", () => trace.getTracer("leaky").startSpan(prompt)],
  "a scope": ["traces", () => trace.getTracer(prompt).startSpan("a").end()],
  "the version of a scope": ["traces", () => trace.getTracer("leaky", prompt).startSpan("a").end()],
  "a trace state": ["traces", () => withParent(`a=${word}`)],
  "an attribute of a metric": [
    "metrics",
    () => metrics.getMeter("leaky").createHistogram("a").record(1, { b: prompt }),
  ],
  "the name of a metric": ["metrics", () => metrics.getMeter("leaky").createCounter(word).add(1)],
  "the description of a metric": [
    "metrics",
    () => metrics.getMeter("leaky").createCounter("described", { description: prompt }).add(1),
  ],
  "the body of a log record": ["logs", () => logs.getLogger("leaky").emit({ body: { a: prompt } })],
  "an attribute of a log record": [
    "logs",
    () => logs.getLogger("leaky").emit({ body: "a", attributes: { b: prompt } }),
  ],
  "an error in diag": ["diag", () => diag.error("a", new Error(prompt))],
  "a verbose line in diag": ["diag", () => diag.verbose(prompt)],
  "the console": ["console", () => console.debug("a", { b: [prompt] })],
  baggage: ["propagated", withBaggage],
};

/** The prompt as it may look after encoding. One or two more bytes before it change its base64 form. */
const FORMS: Readonly<Record<string, unknown>> = {
  "in capitals": prompt.toUpperCase(),
  "in JSON": JSON.stringify({ a: [prompt] }),
  "in JSON within JSON": JSON.stringify(JSON.stringify({ a: prompt })),
  "percent-encoded": encodeURIComponent(prompt),
  "percent-encoded throughout": [...Buffer.from(prompt)].map((byte) => `%${byte.toString(16)}`).join(""),
  "in base64": Buffer.from(prompt).toString("base64"),
  "in base64, one byte on": Buffer.from(`.${prompt}`).toString("base64"),
  "in base64, two bytes on": Buffer.from(`..${prompt}`).toString("base64url"),
  "cut short": prompt.slice(0, PIECE_LENGTH),
  "from its middle": `a ${word.slice(3, 3 + PIECE_LENGTH)} b`,
  "in bytes": Buffer.from(prompt),
  "in a map": new Map([["a", new Set([prompt])]]),
  "as a key": { [word]: 1 },
  "as a symbol": { [Symbol(prompt)]: 1 },
  "in the cause of an error": new Error("a", { cause: new Error(prompt) }),
  "behind a getter": Object.defineProperty({}, "a", { get: () => prompt }),
};

describe("a leak", () => {
  test.each(Object.entries(LEAKS))("by %s is found", async (_name, [way, leak]) => {
    leak();
    expect(markers.find((await telemetry.collect())[way])).toEqual([PROMPT]);
  });

  test.each(Object.entries(FORMS))("%s is found", (_name, form) => {
    expect(markers.find(form)).toEqual([PROMPT]);
  });

  test("of a number is found where it stands alone", () => {
    const number = markers.number("a number");
    expect(markers.find({ a: number })).toEqual(["a number"]);
    expect(markers.find(["1", 2, `${number}1`])).toEqual([]);
  });

  test("is not reported where there is none", () => {
    const innocent = ["invoke_agent booking-agent", "0af7651916cd43dd8448eb211c80319c", "gpt-4o", "\0"];
    expect(markers.find([innocent, word.slice(0, PIECE_LENGTH - 1)])).toEqual([]);
  });

  test("of another integration that records the SDK's events is found", async () => {
    const leaky = {
      onStart: (event: object) => onSpan((span) => span.setAttribute("a", JSON.stringify(event)))(),
    };
    registerIntegrations(leaky);
    const [program] = programs;
    const sdk = wrapAISDK(v7.ai);
    await program?.run({ major: v7, sdk, markers, telemetry, received: [] });
    expect(markers.find((await telemetry.collect()).traces)).toEqual(
      expect.arrayContaining([PROMPT, "system", "message: text", "message: tool output: value"]),
    );
  });
});
