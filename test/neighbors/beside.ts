/**
 * The assertions for every neighbor.
 */
import type { Attributes } from "@opentelemetry/api";
import { expect } from "vitest";
import { agentSpan, chatSpan, toolSpan, type ChatExpectation } from "../conformance/expected-spans.ts";
import { checkSpans } from "../registry/checked-telemetry.ts";
import { SCOPE } from "../registry/finding.ts";
import { treesOf } from "../support/otlp-spans.ts";
import { withoutSDKCall } from "../support/sdk-call.ts";
import { completeSpan, type ExpectedSpan, type SpanNode } from "../support/span-tree.ts";
import { LEFT_CALL, MODEL, REPEATED_CALLS, RESPONSE_MODEL, tokensOf } from "./numbered-calls.ts";
import type { Way } from "./run-beside.ts";
import type { SentSpan } from "../support/sent-span.ts";

export { outline, render, type OutlinedSpan, type Tree } from "./outline.ts";

/** What a neighbor does to the spans of ai-spans. */
export interface NeighborEffects {
  /** Attributes that the neighbor adds to them. */
  readonly addedKeys?: readonly string[];
  /** Attributes that each run has because of the neighbor. */
  readonly runAttributes?: Readonly<Record<string, unknown>>;
  /**
   * The neighbor reads the model's streams itself, so ai-spans cannot observe them. Nothing is known of a stream that
   * the program leaves. The default is `false`.
   */
  readonly takesStreams?: boolean;
  /**
   * Whether a stream that is read to its end has the time to the first chunk. The default is the opposite of
   * `takesStreams`.
   */
  readonly knowsFirstChunk?: boolean;
  /** The neighbor reads every result to its end, even one that the program leaves. The default is `false`. */
  readonly readsResults?: boolean;
  /** The number of traces of all runs. The default is one for each run. */
  readonly traces?: number;
}

function chat(number: number, step: 1 | 2, more: ChatExpectation = {}): ExpectedSpan {
  return chatSpan({
    model: MODEL,
    provider: "openai",
    usage: tokensOf(number, step),
    response: { id: `chatcmpl-${number}-${step}`, model: RESPONSE_MODEL },
    ...more,
  });
}

/** One tree for each call of `makeCalls`. */
function expectedTrees(way: Way, effects: NeighborEffects): SpanNode[] {
  const { takesStreams = false, readsResults = false, runAttributes = {} } = effects;
  const { knowsFirstChunk = !takesStreams } = effects;
  const unnamed = { name: null, model: MODEL, attributes: runAttributes };
  const streamed = { streaming: true, output: knowsFirstChunk };
  const twoSteps = (number: number, streaming: ChatExpectation = {}): ExpectedSpan =>
    agentSpan(unnamed, [
      chat(number, 1, { ...streaming, finish: "tool_call" }),
      toolSpan("searchRooms", `call-${number}`, { agent: null }),
      chat(number, 2, streaming),
    ]);
  const whole = (number: number): ExpectedSpan => agentSpan(unnamed, [chat(number, 1, streamed)]);
  // The adapter notices that the reader left when the result is collected. Meanwhile the SDK reads on.
  const canceled = way === "adapter" ? "abandoned" : "consumer";
  const isCut = way === "wrapper" || takesStreams;
  const cut = {
    ...(isCut ? ({ usage: null, finish: null, canceled } as const) : {}),
    ...(takesStreams ? { response: null, output: false } : {}),
  };
  const left = readsResults
    ? whole(LEFT_CALL)
    : agentSpan({ ...unnamed, canceled }, [chat(LEFT_CALL, 1, { ...streamed, ...cut })]);
  const repeated = Array.from({ length: REPEATED_CALLS }, (_, index) => twoSteps(index + 1));
  return [...repeated, whole(31), twoSteps(32, streamed), left, twoSteps(34), twoSteps(35)].map(completeSpan);
}

/**
 * Every call of the program has one set of spans of ai-spans, with the tokens of that call, in a separate trace. There
 * are no other spans of ai-spans.
 *
 * @param spans in order of their starts
 */
export function expectOurSpans(spans: readonly SentSpan[], way: Way, effects: NeighborEffects = {}): void {
  const { addedKeys = [], traces } = effects;
  const ours = spans
    .filter(({ instrumentationScope }) => instrumentationScope.name === SCOPE.name)
    .map((span) => ({ ...span, attributes: without(addedKeys, withoutSDKCall(span.attributes)) }));
  if (way === "without") {
    expect(ours).toEqual([]);
    return;
  }
  checkSpans(ours);
  expect(
    ours.filter(({ hasEnded }) => !hasEnded),
    "spans that never ended",
  ).toEqual([]);
  const roots = ours.filter(({ parentSpanId }) => !ours.some(({ spanId }) => spanId === parentSpanId));
  expect(inOrderOfCalls(treesOf(ours))).toEqual(expectedTrees(way, effects));
  expect(new Set(roots.map(({ traceId }) => traceId)).size, "traces").toBe(traces ?? roots.length);
}

/**
 * Puts the last two trees in the order of their numbers. The program makes these two calls at once, so they can start in
 * the same millisecond. OTLP has no finer start time, and the spans then come in the order of their ends.
 */
function inOrderOfCalls(trees: readonly SpanNode[]): SpanNode[] {
  const tokens = ({ attributes }: SpanNode): number => Number(attributes["gen_ai.usage.input_tokens"]);
  const atOnce = trees.slice(-2).toSorted((left, right) => tokens(left) - tokens(right));
  return [...trees.slice(0, -2), ...atOnce];
}

function without(keys: readonly string[], attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => !keys.includes(key)));
}
