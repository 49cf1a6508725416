/**
 * The exit programs whose spans differ from the wrapper's, each with the line of docs/adapter.md that lists why.
 */
import type { StreamOperation } from "../exits/exit-application.ts";

interface ExitDifference {
  /** The first cell of the line. */
  readonly line: string;
  readonly titles: RegExp;
  /** Default: both. */
  readonly only?: StreamOperation;
  /** The operation of each span and how it ended, by depth. */
  readonly outline: readonly string[];
}

const ABANDONED = "invoke_agent abandoned";
const COMPLETE = ["  chat ok", "  execute_tool ok"];

const OWN_REASON = "`generateText` is aborted with an error of the caller's that is no `AbortError`";
const STRING_IN_TOOL = "`generateText` is aborted with a string while a tool runs that rejects with it";
const UNHEARD = "a run is aborted while a model or a tool takes no notice, or nobody reads";
const LEFT = "a consumer leaves a stream";

/** The first that fits. */
export const EXIT_DIFFERENCES: readonly ExitDifference[] = [
  {
    line: OWN_REASON,
    titles: /^ends with an abort with an own error before the provider answers \(generate/,
    outline: ["invoke_agent RangeError", "  chat RangeError"],
  },
  {
    line: OWN_REASON,
    titles: /^ends with an abort with an own error while a tool runs that g.* \(generate/,
    outline: ["invoke_agent RangeError", "  chat ok", "  execute_tool RangeError"],
  },
  {
    line: OWN_REASON,
    titles: /^ends with an abort with an own error in the second step \(generate/,
    outline: ["invoke_agent RangeError", ...COMPLETE, "  chat RangeError"],
  },
  {
    line: STRING_IN_TOOL,
    titles: /^ends with an abort with a string while a tool runs that g.* \(generate/,
    outline: ["invoke_agent abort", "  chat ok", "  execute_tool _OTHER"],
  },
  {
    line: UNHEARD,
    titles:
      /^(ends with an abort that a tool does not hear|ends at once with a tool that never settles) \(gen/,
    outline: [ABANDONED, "  chat ok", "  execute_tool abandoned"],
  },
  {
    line: UNHEARD,
    titles: /^ends with an abort though nobody reads/,
    outline: [ABANDONED, "  chat abort"],
  },
  {
    line: UNHEARD,
    titles: /^keeps a whole answer that nobody reads when the run is aborted/,
    outline: [ABANDONED, "  chat ok"],
  },
  {
    line: UNHEARD,
    titles: /^ends at once with a tool that throws an error of its own when it is told \(generate/,
    outline: ["invoke_agent abort", "  chat ok", "  execute_tool RoomServiceError"],
  },
  {
    line: UNHEARD,
    titles: /^ends at once with a tool that succeeds all the same \(generate/,
    outline: ["invoke_agent abort", "  chat ok", "  execute_tool ok"],
  },
  {
    line: "a deadline passes while `generateText` waits to repeat a call",
    titles: /while it waits to repeat a call \(generate/,
    outline: ["invoke_agent abort", "  chat abort"],
  },
  {
    line: "a transform of the caller's fails or stops the stream",
    titles: /^has experimental_transform whose stream fails in the middle/,
    outline: ["invoke_agent TypeError", "  chat ok"],
  },
  {
    line: "a transform of the caller's fails or stops the stream",
    titles: /^has experimental_transform that stops the stream/,
    outline: ["invoke_agent AI_NoOutputGeneratedError", "  chat consumer"],
  },
  {
    line: LEFT,
    titles: /^keeps its end when a later consumer reads the rest/,
    outline: ["invoke_agent ok", "  chat ok"],
  },
  {
    line: LEFT,
    titles: /^keeps its end when a later consumer makes it go on to another step/,
    outline: ["invoke_agent ok", ...COMPLETE, "  chat ok"],
  },
  {
    line: LEFT,
    titles: /^keeps its end when it is aborted in another step for a later consumer/,
    outline: ["invoke_agent abort", ...COMPLETE, "  chat abort"],
  },
  {
    line: LEFT,
    titles: /^keeps its end when another step fails for a later consumer/,
    outline: ["invoke_agent RangeError", ...COMPLETE, "  chat RangeError"],
  },
  {
    line: LEFT,
    titles: /^cancels a tool that never settles/,
    outline: [ABANDONED, "  chat ok", "  execute_tool abandoned"],
  },
  {
    line: LEFT,
    titles:
      /^keeps what was reported before a consumer that leaves|^keeps its end when a later consumer leaves in/,
    outline: [ABANDONED, ...COMPLETE, "  chat abandoned"],
  },
  {
    line: LEFT,
    titles:
      /^(keeps a whole answer whose run is left while a|keeps its end when the SDK runs a|ends a tool whose partial)/,
    outline: [ABANDONED, ...COMPLETE],
  },
  {
    line: LEFT,
    titles: /^(keeps a whole answer whose reader leaves after|is canceled before (the|its) provider)/,
    outline: [ABANDONED, "  chat ok"],
  },
  {
    line: LEFT,
    titles:
      /^((breaks|throws) out of|calls return on|cancels|releases its reader|pipes into|aborts the pipe|has an HTTP client that disc|is canceled (when the last|with a stream)|is left while|keeps its end when a later consumer leaves as)/,
    only: "streamText",
    outline: [ABANDONED, "  chat abandoned"],
  },
];
