/**
 * Generates what providers may answer: answers in the shapes of the specifications V2, V3 and V4, and answers beside
 * them. Parts come in any order, ids repeat, and counts have any type.
 */
import * as fc from "fast-check";
import { turn } from "../support/gate.ts";
import type { Major } from "../support/majors.ts";
import {
  listOf,
  MEGABYTE,
  mostly,
  oneOf,
  recipe,
  shaped,
  titleOf,
  type Manners,
  type Recipe,
} from "./garbage.ts";

type Shape = (fields: Readonly<Record<string, fc.Arbitrary<Recipe>>>) => fc.Arbitrary<Recipe>;

/** Long ids are rare, because they make a call slow. */
const IDS = ["0", "1", "0", "1", "0", "1", "2", "0", "", MEGABYTE];
const TOOLS = ["search", "search", "search", "search", "watch", "watch", "unknown", "", MEGABYTE];
const REASONS = ["stop", "length", "tool-calls", "error", "other", "unknown", "interrupted", "invented"];
const COUNTS = [0, 7, 12, undefined];

export function anyUsage({ specification }: Major, manners: Manners): fc.Arbitrary<Recipe> {
  const counts = oneOf(...COUNTS);
  const raw = shaped(manners, { input_tokens: counts, output_tokens: counts });
  const flat = { inputTokens: counts, outputTokens: counts, totalTokens: counts, cachedInputTokens: counts };
  const input = shaped(manners, { total: counts, noCache: counts, cacheRead: counts, cacheWrite: counts });
  const output = shaped(manners, { total: counts, text: counts, reasoning: counts });
  return specification === "V2"
    ? shaped(manners, { ...flat, reasoningTokens: counts })
    : shaped(manners, { inputTokens: input, outputTokens: output, raw });
}

function anyFinish(major: Major, manners: Manners): Readonly<Record<string, fc.Arbitrary<Recipe>>> {
  const reason = oneOf(...REASONS);
  const metadata = shaped(manners, {
    anthropic: shaped(manners, { usage: anyUsage(major, manners), cacheCreationInputTokens: oneOf(3) }),
    google: shaped(manners, { usageMetadata: shaped(manners, { totalTokenCount: oneOf(30) }) }),
  });
  return {
    finishReason:
      major.specification === "V2"
        ? reason
        : shaped(manners, { unified: reason, raw: oneOf("raw", undefined) }),
    usage: anyUsage(major, manners),
    providerMetadata: fc.oneof({ weight: 4, arbitrary: oneOf(undefined) }, metadata),
  };
}

/** Parts that both answers and streams may have. */
function contentParts(shape: Shape): fc.Arbitrary<Recipe>[] {
  const call = {
    toolCallId: oneOf(...IDS),
    toolName: oneOf(...TOOLS),
    providerExecuted: oneOf(undefined, true),
  };
  return [
    shape({ type: oneOf("tool-call"), ...call, input: oneOf("{}", "{}", "no JSON", "") }),
    shape({ type: oneOf("tool-result"), ...call, result: oneOf(2), isError: oneOf(undefined, true) }),
    shape({ type: oneOf("tool-approval-request"), approvalId: oneOf(...IDS), toolCallId: oneOf(...IDS) }),
    shape({
      type: oneOf("source"),
      sourceType: oneOf("url"),
      id: oneOf(...IDS),
      url: oneOf("https://a.test"),
    }),
    shape({ type: oneOf("file"), mediaType: oneOf("text/plain"), data: oneOf("YQ==") }),
    shape({ type: oneOf("future", "custom", "constructor", "__proto__"), id: oneOf(...IDS) }),
  ];
}

function anyPart(major: Major, manners: Manners): fc.Arbitrary<Recipe> {
  const shape: Shape = (fields) => shaped(manners, fields);
  const id = oneOf(...IDS);
  const streamed = ["text", "reasoning", "tool-input"].flatMap((kind) => [
    shape({ type: oneOf(`${kind}-start`), id, toolName: oneOf(...TOOLS) }),
    shape({
      type: oneOf(`${kind}-delta`),
      id,
      delta: oneOf("{}", "a room", "", "{}", "a room", "{}", "a room", MEGABYTE),
    }),
    shape({ type: oneOf(`${kind}-end`), id }),
  ]);
  const parts = [
    ...streamed,
    ...contentParts(shape),
    shape({ type: oneOf("stream-start"), warnings: listOf(shape({ type: oneOf("other") }), 1) }),
    shape({ type: oneOf("response-metadata"), id, modelId: oneOf("mock-1", MEGABYTE) }),
    shape({ type: oneOf("raw"), rawValue: oneOf(1) }),
    shape({ type: oneOf("error"), error: oneOf("no", { statusCode: 429 }, null) }),
    shape({ type: oneOf("finish"), ...anyFinish(major, manners) }),
  ];
  return mostly(manners, fc.oneof(...parts));
}

/** A correct text, so that the SDK also reads the parts after it. */
function soundText(): fc.Arbitrary<readonly Recipe[]> {
  const parts = [
    { type: "text-start", id: "t" },
    { type: "text-delta", id: "t", delta: '{"rooms":' },
    { type: "text-delta", id: "t", delta: "2}" },
    { type: "text-end", id: "t" },
  ];
  return fc.constant(parts.map((part) => recipe(JSON.stringify(part), () => ({ ...part }))));
}

/** Generates the result of `doStream`. */
export function anyStream(major: Major, manners: Manners): fc.Arbitrary<Recipe> {
  const part = anyPart(major, manners);
  const finish = shaped(manners, { type: oneOf("finish"), ...anyFinish(major, manners) });
  const some = fc.array(part, { maxLength: 6 });
  const ends = fc.constantFrom("closes", "closes", "closes", "fails");
  const parts = fc
    .tuple(fc.oneof(soundText(), fc.constant([])), some, fc.option(finish), ends)
    .map(([text, more, last, end]) => ({ parts: [...text, ...more, ...(last ? [last] : [])], end }));
  const stream = parts.map(({ parts: streamParts, end }) =>
    recipe(`a stream that ${end} of [${streamParts.map(titleOf).join(", ")}]`, (names) =>
      streamOf(streamParts, end, names),
    ),
  );
  return mostly(
    manners,
    shaped(manners, { stream, request: oneOf({}, undefined), response: oneOf({}, undefined) }),
  );
}

/**
 * Sends one part per pull, each in a new turn, and reads nothing ahead. Within one turn, the order of parts and the
 * SDK's work depends on microtasks (docs/why/discoveries/streams-and-ticks.md).
 */
function streamOf(
  parts: readonly Recipe[],
  end: string,
  names: Map<unknown, string>,
): ReadableStream<unknown> {
  const rest = parts.map((part) => part.make(names));
  return new ReadableStream<unknown>(
    {
      async pull(controller) {
        await turn();
        if (rest.length > 0) controller.enqueue(rest.shift());
        else if (end === "closes") controller.close();
        else controller.error(new RangeError("the wire broke"));
      },
    },
    { highWaterMark: 0 },
  );
}

/** Generates the result of `doGenerate`. */
export function anyAnswer(major: Major, manners: Manners): fc.Arbitrary<Recipe> {
  const shape: Shape = (fields) => shaped(manners, fields);
  const text = shape({ type: oneOf("text"), text: oneOf('{"rooms":2}', "a room", "") });
  const reasoning = shape({ type: oneOf("reasoning"), text: oneOf("so") });
  const parts = mostly(manners, fc.oneof(text, text, text, reasoning, ...contentParts(shape)));
  return mostly(
    manners,
    shape({
      content: listOf(parts, 4),
      ...anyFinish(major, manners),
      response: shape({ id: oneOf("resp-1", "", MEGABYTE), modelId: oneOf("mock-1", undefined, MEGABYTE) }),
      warnings: listOf(shape({ type: oneOf("other") }), 1),
    }),
  );
}

/** Generates settings of a call. Most calls have none. */
export function anySettings(manners: Manners): fc.Arbitrary<Recipe> {
  const none = fc.constant(recipe("{}", () => ({})));
  const settings = shaped(manners, {
    maxOutputTokens: oneOf(100, 0.5),
    temperature: oneOf(0.5, 1e300),
    topP: oneOf(1),
    topK: oneOf(40),
    presencePenalty: oneOf(0.1),
    frequencyPenalty: oneOf(-0.1),
    seed: oneOf(7, -1),
    stopSequences: listOf(mostly(manners, oneOf("stop", "", MEGABYTE)), 3),
    reasoning: oneOf("high", ""),
    n: oneOf(2),
  });
  return fc.oneof({ weight: 3, arbitrary: none }, { weight: 1, arbitrary: settings });
}

/** Generates the result of `doEmbed` for two values. */
export function anyEmbeddings(manners: Manners): fc.Arbitrary<Recipe> {
  const vector = mostly(manners, oneOf([0.1, 0.2], [0.3, 0.4], []));
  const vectors = fc
    .tuple(vector, vector)
    .map((pair) =>
      recipe(`[${pair.map(titleOf).join(", ")}]`, (names) => pair.map((each) => each.make(names))),
    );
  return mostly(
    manners,
    shaped(manners, {
      embeddings: vectors,
      usage: shaped(manners, { tokens: oneOf(...COUNTS) }),
      response: oneOf(undefined, {}),
      warnings: oneOf([]),
    }),
  );
}

/** Generates the result of `doRerank` for two documents. */
export function anyRanking(manners: Manners): fc.Arbitrary<Recipe> {
  const rank = shaped(manners, { index: oneOf(0, 1, 9), relevanceScore: oneOf(0.5) });
  return mostly(
    manners,
    shaped(manners, {
      ranking: listOf(mostly(manners, rank), 3),
      response: shaped(manners, { id: oneOf("rank-1", MEGABYTE), modelId: oneOf("mock-1", MEGABYTE) }),
      warnings: oneOf([]),
    }),
  );
}
