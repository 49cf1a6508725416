/**
 * How old releases of v7 differ from its newest one, mostly in what their telemetry reports. `shared.ts` has the
 * differences that v5 or v6 share.
 */
import type { Difference } from "../difference.ts";
import { asksOnceForVideos, hasNo, ignoresTimeout, repeatsNoStreams } from "../missing.ts";
import { withoutCounts, withoutFilledFields, withoutPulls, withoutStepStarts } from "../compared-part.ts";
import {
  abandoned,
  abandonedSpan,
  each,
  failsWith,
  isCanceled,
  isChat,
  isRun,
  isTool,
  ok,
  same,
  untraced,
  withAttributes,
  withoutChildren,
} from "../trees.ts";
import {
  ADAPTED_EXITS,
  ADAPTER,
  adapted,
  DEADLINES,
  DIFFERENTIAL,
  LEAVING,
  missing,
  other,
  PROGRAMS_OF_V7,
  SWITCHES,
} from "./rows.ts";

const withoutTools = each(isRun, (run) => withoutChildren(run, /^execute_tool/));

const A_WHILE_MS = 60_000;

export const differencesOfV7: readonly Difference[] = [
  {
    what: "local tool callers (`experimental_toolCaller`)",
    since: { v7: "7.0.43" },
    earlier: "no such feature",
    tests: [
      missing(
        "test/conformance/tool-callers.test.ts",
        /on v7' > .* > a local tool caller/,
        hasNo("experimental_toolCaller"),
      ),
    ],
  },
  {
    what: "videos that are asked for until they are there",
    since: { v7: "7.0.50" },
    earlier: "no such feature",
    tests: [DIFFERENTIAL, ADAPTER].map((file) =>
      missing(file, /(on v7|through the adapter) > calls generateVideo and asks again/, asksOnceForVideos),
    ),
  },
  {
    what: "`timeout.firstChunkMs`",
    since: { v7: "7.0.45" },
    earlier: "no such parameter",
    tests: [
      missing(DEADLINES, /on v7 > .*firstChunkMs/, ignoresTimeout({ firstChunkMs: A_WHILE_MS })),
      missing(ADAPTED_EXITS, /firstChunkMs/, ignoresTimeout({ firstChunkMs: A_WHILE_MS })),
    ],
  },
  {
    what: "a step whose stream nobody reads",
    since: { v7: "7.0.91" },
    earlier: "waits before its tools: they start when somebody reads on",
    tests: [
      other(
        "test/exits/dropped.memory.test.ts",
        /on v7, .* (first step is complete|tool never settles)/,
        withoutTools,
      ),
      other("test/exits/unread.test.ts", /\(v7\) > keeps what its first step had completed/, withoutTools),
    ],
  },
  {
    what: "how far a model that answers at once is read before its reader leaves",
    since: { v7: "7.0.91" },
    earlier: "hangs on the order of microtasks ([transparency.md](../why/transparency.md))",
    tests: [
      other(LEAVING, /on v7 > pipes into a writable stream that fails toTextStreamResponse/, same, {
        races: true,
      }),
      other(ADAPTED_EXITS, /^pipes into a writable stream that fails toTextStreamResponse/, same, {
        comparedPart: withoutCounts,
      }),
      other(
        PROGRAMS_OF_V7,
        /^(readers on v7 > reads a long answer by an iterator by hand$|.* throws, on v7 > readers )/,
        same,
        { until: { v7: "7.0.71" }, comparedPart: withoutPulls },
      ),
    ],
  },
  {
    what: "the place of `onError` and `onLanguageModelCallEnd` after an error part",
    since: { v7: "7.0.71" },
    earlier: "hangs on the order of microtasks",
    tests: [
      other(
        PROGRAMS_OF_V7,
        /^(failures on v7 > .* streamText that streams an error part |.* throws, on v7 > failures )/,
        same,
        { races: true },
      ),
    ],
  },
  {
    what: "the place of `onLanguageModelCallEnd` among the parts of a stream",
    since: { v7: "7.0.91" },
    earlier: "hangs on the order of microtasks",
    tests: [
      other(
        PROGRAMS_OF_V7,
        /^models on v7 > (uses a model that is .* in streamText|finds the model of streamText by its id)$/,
        same,
        { races: true },
      ),
    ],
  },
  {
    what: "an abort inside the first step of a model's own stream",
    since: { v7: "7.0.91" },
    earlier: "hangs on the order of microtasks: a traced run gives no `start-step` part",
    tests: [
      other(
        PROGRAMS_OF_V7,
        /^(aborts on v7 > aborts inside the model's stream after its first text |.* throws, on v7 > aborts )/,
        same,
        { comparedPart: withoutStepStarts },
      ),
    ],
  },
  {
    what: "private fields of a result when the promise of an agent's `stream` settles",
    since: { v7: "7.0.155" },
    earlier:
      "the SDK still fills them. With ai-spans the promise settles one microtask later, so more of them are filled",
    tests: [
      other(
        PROGRAMS_OF_V7,
        /^((prepared|frozen|model ids) on v7 > .*\bstream\b|agents on v7 > (?!.* with callbacks in ).*\b(stream|onStepFinish)\b|.* throws, on v7 > (agents|prepared|events|frozen|model ids) )/,
        same,
        { comparedPart: withoutFilledFields },
      ),
      // The reader also starts one microtask later.
      other(
        PROGRAMS_OF_V7,
        /^(events on v7 > .*\bits stream\b|agents on v7 > .* with callbacks in stream)/,
        same,
        { races: true, comparedPart: withoutFilledFields },
      ),
    ],
  },
  {
    what: "`streamRetries`",
    since: { v7: "7.0.91" },
    earlier: "no such parameter: the run fails with the stream",
    tests: [
      missing(
        "test/exits/stream-retries.test.ts",
        /on v7 > (has a stream that (is repeated|gives a finish part after|reports another id|fails in every|fails at first|had called a tool)|is left while it is repeated)/,
        repeatsNoStreams,
      ),
      missing(
        ADAPTED_EXITS,
        /^(has a stream that (is repeated|gives a finish part after|reports another id|fails in every|fails at first|had called a tool)|is left while it is repeated)/,
        repeatsNoStreams,
      ),
      missing("test/adapter/parents.test.ts", /^a stream that is repeated by /, repeatsNoStreams),
    ],
  },
  {
    what: "adapter: runtime context of embeddings and reranking",
    since: { v7: "7.0.98" },
    earlier: "in no event: metadata comes from `withTurn` alone",
    tests: [
      adapted(
        /> embeds within a turn/,
        each(
          () => true,
          (span) => withAttributes(span, { "user.id": "u-7", "ai_spans.metadata.plan": undefined }),
        ),
      ),
    ],
  },
  {
    what: "tool search",
    since: { v7: "7.0.104" },
    earlier: "no such feature",
    tests: [
      missing(
        "test/conformance/tool-callers.test.ts",
        /with a tool search|> a tool search/,
        hasNo("toolSearch"),
      ),
    ],
  },
  {
    what: "adapter: a model's stream that breaks",
    since: { v7: "7.0.106" },
    earlier:
      "in no event: the same spans, but the run ends when its call is collected, or at the idle deadline",
    tests: [
      adapted(/> streams and the provider fails with a stream that breaks/, same, { byCollection: true }),
      other(SWITCHES, /> a call that fails in its stream gives the same tree/, same, { byCollection: true }),
    ],
  },
  {
    what: "adapter: `stopWhen` of a stream that throws",
    since: { v7: "7.0.106" },
    earlier: "in no event: canceled/abandoned, when the run's call is collected, or at the idle deadline",
    tests: [
      other(ADAPTED_EXITS, /^has stopWhen that (throws|rejects) \(stream\)/, each(isRun, abandonedSpan)),
    ],
  },
  {
    what: "adapter: speech and transcripts",
    since: { v7: "7.0.124" },
    earlier: "in no event: no span",
    tests: [adapted(/media through the adapter > calls (generateSpeech|transcribe)/, untraced)],
  },
  {
    what: "adapter: an abort that the model or a tool of a stream ignores",
    since: { v7: "7.0.130" },
    earlier: "in no event: canceled/abandoned, when the run's call is collected, or at the idle deadline",
    tests: [
      adapted(/> streams until the caller aborts a (model|tool) that ignores the signal/, abandoned, {
        byCollection: true,
      }),
      other(
        ADAPTED_EXITS,
        /^(ends with an abort that a tool does not hear \(stream|ends with an abort though the provider does not hear|ends at once with a tool that never settles \(stream)/,
        abandoned,
      ),
    ],
  },
  {
    what: "adapter: an abort of a stream with a reason of the caller's",
    since: { v7: "7.0.130" },
    earlier: "the SDK fails with the reason and reports no abort: error, by the class of the reason",
    tests: [
      other(
        ADAPTED_EXITS,
        /^ends with an abort with an own error (before|in) .*\(stream\)/,
        each(isCanceled, (span) => failsWith(span, "RangeError")),
      ),
      other(
        ADAPTED_EXITS,
        /^ends with an abort with a string (before|in) .*\(stream\)/,
        each(isCanceled, (span) => failsWith(span, "_OTHER")),
      ),
    ],
  },
  {
    what: "adapter: a tool of a stream that ends after an abort",
    since: { v7: "7.0.130" },
    earlier: "ends before the abort is reported: ok, or error, by the class of what it throws",
    tests: [
      // The provider executes the tool, so the tool's span ends with the model call.
      adapted(
        /> streams and is aborted while the provider executes a tool/,
        each(isChat, (chat) => failsWith(chat, "AbortError")),
      ),
      adapted(
        /> streams until the caller aborts with an error of its own inside a tool/,
        each(isTool, (tool) => failsWith(tool, "RangeError")),
      ),
      other(
        ADAPTED_EXITS,
        /^ends with an abort with an own error while a tool runs .*\(stream\)/,
        each(isTool, (tool) => failsWith(tool, "RangeError")),
      ),
      other(
        ADAPTED_EXITS,
        /^ends with an abort with a string while a tool runs .*\(stream\)/,
        each(isTool, (tool) => failsWith(tool, "_OTHER")),
      ),
      other(
        ADAPTED_EXITS,
        /^ends at once with a tool that throws an error of its own .*\(stream\)/,
        each(isTool, (tool) => failsWith(tool, "RoomServiceError")),
      ),
      other(ADAPTED_EXITS, /^ends at once with a tool that succeeds .*\(stream\)/, each(isTool, ok)),
    ],
  },
  {
    what: "adapter: the output type where inputs are kept back (`recordInputs: false`)",
    since: { v7: "7.0.163" },
    earlier: "is in the events all the same, so it is recorded",
    tests: [
      other(
        SWITCHES,
        /^with (inputs|both) kept back > the output type is known/,
        each(
          () => true,
          (span) => withAttributes(span, { "gen_ai.output.type": "json" }),
        ),
      ),
    ],
  },
  {
    what: "adapter: a run that fails for another reason while a tool starts",
    since: { v7: "7.0.154" },
    earlier: "the run ends before the tool starts, which ends by itself",
    tests: [
      adapted(/> generates and fails for another reason while a tool runs/, each(isTool, ok), {
        goesOn: true,
      }),
    ],
  },
  {
    what: "`experimental_streamTextLowMemory`",
    since: { v7: "7.0.144" },
    earlier: "no such function",
    tests: [
      missing(
        "test/transparency/streams/taken-streams.test.ts",
        /on v7' > '?experimental_streamTextLowMemory/,
        hasNo("experimental_streamTextLowMemory"),
      ),
      missing("test/exits/single-reader.test.ts", /on v7 > /, hasNo("experimental_streamTextLowMemory")),
      missing(
        ADAPTED_EXITS,
        /\(experimental_streamTextLowMemory\)$/,
        hasNo("experimental_streamTextLowMemory"),
      ),
      missing(
        "test/exits/dropped.memory.test.ts",
        /on v7, .* of one reader/,
        hasNo("experimental_streamTextLowMemory"),
      ),
    ],
  },
  {
    what: "steering messages",
    since: { v7: "7.0.154" },
    earlier: "no such feature",
    tests: [
      missing(
        "test/conformance/failed-steps.test.ts",
        /on v7' > a steering message/,
        hasNo("experimental_createSteering"),
      ),
    ],
  },
];
