/**
 * How old releases of v7 differ from its newest one: mostly in what their telemetry reports. What v5 or v6 share is in
 * `shared.ts`.
 */
import type { Difference } from "../difference.ts";
import { asksOnceForVideos, hasNo, ignoresTimeout, repeatsNoStreams } from "../missing.ts";
import {
  abandoned,
  each,
  failsWith,
  isRun,
  isTool,
  ok,
  same,
  untraced,
  withAttributes,
  withoutChildren,
} from "../trees.ts";
import { ADAPTER, adapted, DEADLINES, DIFFERENTIAL, LEAVING, missing, other } from "./rows.ts";

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
    tests: [missing(DEADLINES, /on v7 > .*firstChunkMs/, ignoresTimeout({ firstChunkMs: A_WHILE_MS }))],
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
    earlier: "hangs on the order of microtasks ([transparency.md](../transparency.md))",
    tests: [
      other(LEAVING, /on v7 > pipes into a writable stream that fails toTextStreamResponse/, same, {
        races: true,
      }),
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
    ],
  },
  {
    what: "adapter: speech and transcripts",
    since: { v7: "7.0.124" },
    earlier: "in no event: no span",
    tests: [adapted(/media through the adapter > calls (generateSpeech|transcribe)/, untraced)],
  },
  {
    what: "adapter: an abort that the model or a tool of a stream takes no notice of",
    since: { v7: "7.0.130" },
    earlier: "in no event: canceled/abandoned, when the run's call is collected, or at the idle deadline",
    tests: [
      adapted(/> streams until the caller aborts a (model|tool) that takes no notice/, abandoned, {
        byCollection: true,
      }),
    ],
  },
  {
    what: "adapter: a tool of a stream that is aborted with an error of the caller's",
    since: { v7: "7.0.130" },
    earlier: "ends before the abort is reported: error, by the class of the reason",
    tests: [
      adapted(
        /> streams until the caller aborts with an error of its own inside a tool/,
        each(isTool, (tool) => failsWith(tool, "RangeError")),
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
