/**
 * How old releases of v6 differ from its newest one. `shared.ts` has the differences that v5 or v7 share.
 */
import type { Difference } from "../difference.ts";
import { callbacksReachPrepareCall, hasNo, ignoresTimeout, resultHasNo } from "../missing.ts";
import { each, failsAfterFirstCall, failsWith, isRun, isTool, same, without } from "../trees.ts";
import {
  ADAPTED_EXITS,
  CALLBACKS,
  DEADLINES,
  DIFFERENTIAL,
  LEAVING,
  missing,
  other,
  PROGRAMS_OF_V6,
  wrapped,
} from "./rows.ts";

const A_WHILE_MS = 60_000;

export const differencesOfV6: readonly Difference[] = [
  {
    what: "approval of a tool that the provider executes",
    since: { v6: "6.0.3" },
    earlier: "no such feature: `ai_spans.tool.approval` is absent",
    tests: [
      wrapped(
        /on v6 > (generates|streams) with a tool of the provider that needs approval/,
        each(isTool, (tool) => without(tool, ["ai_spans.tool.approval"])),
      ),
    ],
  },
  {
    what: "the parameter `timeout`",
    since: { v6: "6.0.14" },
    earlier: "no such parameter (`stepMs`: before 6.0.23, `chunkMs`: before 6.0.24)",
    tests: [
      missing(
        DIFFERENTIAL,
        /on v6 > (generates|streams) until the timeout parameter/,
        ignoresTimeout(A_WHILE_MS),
      ),
      missing(DEADLINES, /on v6 > ends with timeout/, ignoresTimeout(A_WHILE_MS)),
    ],
  },
  {
    what: "`elementStream` of `streamText`",
    since: { v6: "6.0.25" },
    earlier: "no such property",
    tests: [
      missing(LEAVING, /on v6 > .* elementStream/, resultHasNo("elementStream")),
      missing(
        "test/exits/reading.test.ts",
        /on v6 > (.* elementStream|has every way to read)/,
        resultHasNo("elementStream"),
      ),
      missing(ADAPTED_EXITS, /^the table on v6 > has every way to read/, resultHasNo("elementStream")),
    ],
  },
  {
    what: "`onStepFinish` in an agent's call",
    since: { v6: "6.0.49" },
    earlier:
      "no such parameter: the agent passes it to `prepareCall`, which gets a function of ai-spans in its place",
    tests: [
      missing(PROGRAMS_OF_V6, /agents on v6 > reads what prepareCall gets/, callbacksReachPrepareCall),
      missing(PROGRAMS_OF_V6, /throws, on v6 > agents /, callbacksReachPrepareCall),
    ],
  },
  {
    what: "the place of a tool's result among the parts of a stream",
    since: { v6: "6.0.260" },
    earlier:
      "tools run while the stream goes on, so it hangs on the order of microtasks ([transparency.md](../why/transparency.md))",
    tests: [
      other(
        PROGRAMS_OF_V6,
        /^((callbacks on v6 > .* with several tools at once|tool order on v6 > .*side by side in streamText|live tools on v6 > .*of streamText)$|.* throws, on v6 > (callbacks|tool order|live tools) )/,
        same,
        { races: true },
      ),
    ],
  },
  {
    what: "`experimental_generateVideo`",
    since: { v6: "6.0.67" },
    earlier: "no such function",
    tests: [missing(DIFFERENTIAL, /on v6 > calls generateVideo/, hasNo("experimental_generateVideo"))],
  },
  {
    what: "`onStepFinish` and `onFinish` that throw",
    since: { v6: "6.0.96" },
    earlier: "fail the run, as on v5",
    tests: [
      other(CALLBACKS, /on v6 > has onStepFinish that/, failsAfterFirstCall("RoomServiceError", isTool)),
      other(
        CALLBACKS,
        /on v6 > has onFinish that/,
        each(isRun, (run) => failsWith(run, "RoomServiceError")),
      ),
    ],
  },
];
