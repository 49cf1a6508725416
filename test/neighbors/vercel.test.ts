/**
 * @vercel/otel ends every open span of a trace when the span of the request ends. The tests check which spans of a run
 * are cut, and how an application avoids it.
 */
import { describe, expect, test } from "vitest";
import { outline } from "./beside.ts";
import { integration } from "./integrations.ts";
import { LEFT_CALL, tokensOf } from "./numbered-calls.ts";
import { otlpSpans } from "./otlp.ts";
import { runBeside, type Run, type Way } from "./run-beside.ts";
import type { SentSpan } from "../support/sent-span.ts";

const REGISTERED = "@vercel/otel";
const OWN_PROVIDER = "@vercel/otel beside a provider of our own";

const CUT =
  "ai-spans: a span was ended by somebody else before its work was over, so its outcome and tokens are missing: pass ai-spans a separate tracer provider (the option tracerProvider)";

const streamTokens = tokensOf(LEFT_CALL, 1).output;
const firstTokens = tokensOf(1, 1).output;
const secondTokens = tokensOf(1, 2).output;

const streamIn = (tokens: string): string => `
POST /api/chat
  invoke_agent${tokens}
    chat gpt-4o-mini${tokens}
      fetch POST`;
const WHOLE_STREAM = streamIn(` ${streamTokens}`);
const CUT_STREAM = streamIn("");

const twoSteps = (tokens: string): string => `
  invoke_agent${tokens}
    chat gpt-4o-mini ${firstTokens}
      fetch POST
    chat gpt-4o-mini ${secondTokens}
      fetch POST
    execute_tool searchRooms`;
const WHOLE_STEPS = twoSteps(` ${firstTokens + secondTokens}`);
const CUT_STEPS = twoSteps("");

/** The spans that were sent, with their output tokens. */
function sentTree({ requests }: Run): string {
  const spans = otlpSpans(requests);
  const text = ({ name, attributes }: SentSpan): string => {
    const tokens = attributes["gen_ai.usage.output_tokens"];
    const [words = ""] = name.split(" http://");
    return tokens === undefined ? words : `${words} ${String(tokens)}`;
  };
  return `\n${outline(spans.map((span) => ({ id: span.spanId, parentId: span.parentSpanId, text: text(span) })))}`;
}

/** Leaves out that @vercel/otel reports that it does not run on Vercel. */
const ourReports = ({ reports }: Run): string[] => reports.filter((report) => report.startsWith("ai-spans"));

/** The runs without ai-spans, by scenario. */
const controls = new Map<string, Promise<Run>>();

async function controlOf(scenario: string): Promise<Run> {
  const control =
    controls.get(scenario) ?? runBeside(integration(REGISTERED, "v7"), "v7", "without", scenario);
  controls.set(scenario, control);
  return control;
}

async function drive(name: string, scenario: string, way: Way = "wrapper"): Promise<Run> {
  const [control, run] = await Promise.all([
    controlOf(scenario),
    runBeside(integration(name, "v7"), "v7", way, scenario),
  ]);
  expect(run.program).toEqual(control.program);
  expect(run.spans.filter(({ hasEnded }) => !hasEnded)).toEqual([]);
  return run;
}

test("a stream is whole if the request's span ends with the response", async () => {
  const run = await drive(REGISTERED, "endWithResponse");
  expect(sentTree(run)).toBe(WHOLE_STREAM);
  expect(ourReports(run)).toEqual([]);
});

describe.each<Way>(["wrapper", "adapter"])(
  "where it ends before the body, the %s's spans of a stream",
  (way) => {
    test("are cut", async () => {
      const run = await drive(REGISTERED, "endBeforeBody", way);
      expect(sentTree(run)).toBe(CUT_STREAM);
      expect(ourReports(run)).toEqual([CUT]);
    });

    test("of a separate provider are whole, in the request's trace", async () => {
      const run = await drive(OWN_PROVIDER, "endBeforeBody", way);
      expect(sentTree(run)).toBe(WHOLE_STREAM);
      expect(ourReports(run)).toEqual([]);
    });
  },
);

describe("where it ends during work in `after`, the spans of a run", () => {
  test("are cut if they are open", async () => {
    const run = await drive(REGISTERED, "workInAfter");
    expect(sentTree(run)).toBe(`\nPOST /api/chat${CUT_STEPS}`);
    expect(ourReports(run)).toEqual([CUT]);
  });

  test("in withLinkedTrace are whole, in a trace that links to the request", async () => {
    const run = await drive(REGISTERED, "linkedWorkInAfter");
    expect(sentTree(run)).toBe(`\nPOST /api/chat\nsummarize${WHOLE_STEPS}`);
    const root = otlpSpans(run.requests).find(({ name }) => name === "summarize");
    expect(root?.links).toEqual([{ attributes: { "ai_spans.link": "delivery" } }]);
    expect(ourReports(run)).toEqual([]);
  });

  test("of a separate provider are whole, in the request's trace", async () => {
    const run = await drive(OWN_PROVIDER, "workInAfter");
    expect(sentTree(run)).toBe(`\nPOST /api/chat${WHOLE_STEPS}`);
    expect(ourReports(run)).toEqual([]);
  });
});
