/**
 * How old releases of v5 differ from its newest one. `shared.ts` has the differences that v6 or v7 share.
 */
import { agentSpan, chatSpan, toolSpan } from "../../conformance/expected-spans.ts";
import type { Difference } from "../difference.ts";
import {
  agentHasNo,
  hasNo,
  iteratesNoOutputs,
  loopsLeaveSilently,
  promisesReadNothing,
  signalsAreNotRead,
  warningsPend,
  wrongCallsFail,
} from "../missing.ts";
import {
  abandoned,
  both,
  each,
  failsAfterFirstCall,
  failsWith,
  isRun,
  isTool,
  ok,
  callsModelAgain,
  same,
  withoutChildren,
} from "../trees.ts";
import {
  ABORTS,
  always,
  DEADLINES,
  DIFFERENTIAL,
  LEAVING,
  missing,
  other,
  STREAM_OBJECT,
  TOOLS,
  wrapped,
} from "./rows.ts";

const BAD_INPUT = "AI_InvalidToolInputError";
const NO_TOOL = "AI_NoSuchToolError";
const NO_REPAIR = "AI_ToolCallRepairError";
const NO_CLONE = "DataCloneError";

const ABANDONED = { canceled: "abandoned" } as const;
const LEFT = { canceled: "consumer" } as const;
const CUT_OFF = { streaming: true, usage: null, finish: null } as const;
const JSON_OUTPUT = { attributes: { "gen_ai.output.type": "json" } } as const;

const streamed = chatSpan({ streaming: true });
const callsTool = chatSpan({ streaming: true, finish: "tool_call" });

/** The SDK does not run the generator of `watchRooms`. */
const watchesNothing = each(
  ({ name }) => name.endsWith("watchRooms"),
  (tool) => ok(withoutChildren(tool, /pull/)),
);
const failsToCopyAny = both(each(isTool, ok), failsAfterFirstCall(NO_CLONE, isTool));
const failsToCopy = both(watchesNothing, failsAfterFirstCall(NO_CLONE, isTool));

export const differencesOfV5: readonly Difference[] = [
  {
    what: "a tool call that is not valid: no such tool, bad input, a repair that fails",
    since: { v5: "5.0.7" },
    earlier: "the run fails with the error; the call has no span",
    tests: [
      ...(
        [
          ["a call with bad input|a call that is not repaired|a call whose repair is as bad", BAD_INPUT],
          ["a call whose repair fails", NO_REPAIR],
          ["a call of a tool that does not exist", NO_TOOL],
        ] as const
      ).flatMap(([calls, error]) => [
        wrapped(new RegExp(`on v5 > generates with (${calls})`), failsAfterFirstCall(error), {
          rejects: error,
        }),
        wrapped(new RegExp(`on v5 > streams with (${calls})`), failsAfterFirstCall(error)),
      ]),
      wrapped(
        /on v5 > generates with (a good and a bad call|an observer of steps)/,
        failsAfterFirstCall(NO_TOOL),
        { rejects: NO_TOOL },
      ),
      // The program expects two steps.
      wrapped(/on v5 > streams with an observer of steps/, failsAfterFirstCall(NO_TOOL), {
        rejects: "Error",
      }),
      wrapped(
        /on v5 > streams with a good and a bad call/,
        each(isRun, (run) => failsWith(withoutChildren(run, /_OTHER/), NO_TOOL)),
      ),
      missing("test/conformance/names-from-outside.test.ts", /made up, '.* on v5'/, wrongCallsFail),
      missing(
        "test/exits/span-clocks.test.ts",
        /on 'v5' > .*a call of a tool that does not exist/,
        wrongCallsFail,
      ),
    ],
  },
  {
    what: "a promise of a streamed result (`text`, `finishReason`)",
    since: { v5: "5.0.11" },
    earlier:
      "reads nothing: without another reader the run is open until its result is collected or the idle deadline passes",
    tests: [
      missing(
        DIFFERENTIAL,
        /on v5 > (reads a stream to its end by the (text|finishReason) promise|leaves a stream and waits for a prom)/,
        promisesReadNothing,
      ),
      missing("test/conformance/returned-results.test.ts", /on 'v5' > .*is awaited/, promisesReadNothing),
      missing(
        "test/transparency/agents/overrides.test.ts",
        /on 'v5' > .*'streams an object around the result'/,
        promisesReadNothing,
      ),
      missing("test/exits/reading.test.ts", /on v5 > awaits /, promisesReadNothing),
      missing("test/exits/promises.test.ts", /on 'v5' > /, promisesReadNothing),
      missing(
        "test/exits/consumers.test.ts",
        /on v5 > completes with (a promise that is awaited|two promises)/,
        promisesReadNothing,
      ),
      other(
        "test/exits/consumers.test.ts",
        /on v5 > completes with a promise that nobody awaits/,
        always(agentSpan(LEFT, [chatSpan({ ...CUT_OFF, ...LEFT })])),
      ),
      other("test/exits/stream-errors.test.ts", /on v5 > reads text of/, same, { byCollection: true }),
    ],
  },
  {
    what: "a tool that gives an async iterable",
    since: { v5: "5.0.11" },
    earlier:
      "the iterable is the output, so the tool has succeeded at once. `generateText` cannot copy a generator: the run fails with `DataCloneError`",
    tests: [
      missing("test/conformance/iterable-outputs.test.ts", /'the wrapper on v5' > /, iteratesNoOutputs),
      wrapped(
        /on v5 > generates with (a tool that gives several values|spans of the application inside a tool|a tool that throws and)/,
        failsToCopy,
        { rejects: NO_CLONE },
      ),
      wrapped(
        /on v5 > streams with (spans of the application inside a tool|a tool that throws and)/,
        watchesNothing,
      ),
      other(
        TOOLS,
        /on v5 > goes on after a tool that gives (partial results|no result of many) \(generate/,
        failsToCopyAny,
      ),
      other(TOOLS, /on v5 > stays open until the last part of a tool .*\(generate/, failsToCopyAny),
      other(
        TOOLS,
        /on v5 > goes on after a tool that throws (before its first|after a) partial result \(generate/,
        failsToCopyAny,
      ),
      other(
        TOOLS,
        /on v5 > goes on after a tool that throws (before its first|after a) partial result \(stream/,
        each(isTool, ok),
      ),
      other(TOOLS, /on v5 > goes on after a tool that has an iterator without return/, each(isTool, ok)),
      other(ABORTS, /on v5 > .* while a tool runs that gives partial results \(generate/, failsToCopyAny),
      // The tool does not run, so nothing aborts.
      other(
        ABORTS,
        /on v5 > .* while a tool runs that gives partial results \(stream/,
        always(agentSpan({}, [callsTool, toolSpan("searchRooms", "call-1"), streamed])),
      ),
      missing(TOOLS, /on v5 > ends a tool whose partial results/, iteratesNoOutputs),
    ],
  },
  {
    what: "a `for await` that leaves a stream (`break`, `throw`)",
    since: { v5: "5.0.23" },
    earlier:
      "cancels nothing, so nobody knows. The run is ok if the SDK itself takes the last parts; else canceled/abandoned, when its result is collected, or at the idle deadline",
    tests: [
      wrapped(/on v5 > (breaks|throws) out of (?!toUI)/, always(agentSpan(ABANDONED, [streamed])), {
        byCollection: true,
      }),
      // The SDK itself reads the last part, because it pipes the stream.
      wrapped(/on v5 > breaks out of toUI/, always(agentSpan({}, [streamed]))),
      // The run notices that the other reader left.
      wrapped(/on v5 > leaves both of two streams/, always(agentSpan({ canceled: "consumer" }, [streamed])), {
        byCollection: true,
      }),
      wrapped(/on v5 > leaves one of two streams/, same, { byCollection: true }),
      wrapped(
        /on v5 > leaves while a tool runs/,
        always(
          agentSpan({}, [
            chatSpan({ streaming: true, finish: "tool_call" }),
            toolSpan("searchRooms", "call-1"),
          ]),
        ),
      ),
      wrapped(/on v5 > leaves the stream of an agent/, always(agentSpan({}, [streamed]))),
      missing("test/conformance/background.test.ts", /on 'v5' > /, loopsLeaveSilently),
      missing("test/conformance/returned-results.test.ts", /on 'v5' > .*is left/, loopsLeaveSilently),
      other(
        LEAVING,
        /on v5 > (breaks out of|throws out of|calls return on the iterator of) (textStream|fullStream|toUIMessageStream)$/,
        always(agentSpan(ABANDONED, [streamed])),
        { byCollection: true },
      ),
      other(
        LEAVING,
        /on v5 > (breaks out of|throws out of|calls return on the iterator of) experimental_partialOutputStream/,
        always(agentSpan(JSON_OUTPUT, [chatSpan({ streaming: true, ...JSON_OUTPUT })])),
      ),
      other(STREAM_OBJECT, /on v5 > (breaks|throws) out of (?!toText)/, abandoned, {
        byCollection: true,
      }),
      other("test/exits/unobserved-streams.test.ts", /on v5 > .*, when it is left/, abandoned, {
        byCollection: true,
      }),
      other("test/exits/dropped.memory.test.ts", /on v5, .* beside one that left/, abandoned),
      missing(
        "test/transparency/agents/settings.test.ts",
        /on 'v5' > .*'has a stream that is left'/,
        loopsLeaveSilently,
      ),
      missing(
        "test/transparency/agents/foreign.test.ts",
        /on 'v5' > .*by a generator, which is left/,
        loopsLeaveSilently,
      ),
      missing("test/exits/returning.test.ts", /on v5 > keeps its end when /, loopsLeaveSilently),
      missing("test/exits/late-work.test.ts", /after a consumer has left \(v5\)/, loopsLeaveSilently),
    ],
  },
  {
    what: "the promise `warnings` of `streamObject`",
    since: { v5: "5.0.20" },
    earlier: "is never settled",
    tests: [missing(STREAM_OBJECT, /on v5 > awaits warnings/, warningsPend)],
  },
  {
    what: "a tool of a stream that gives up when the run is aborted",
    since: { v5: "5.0.21" },
    earlier:
      "a stream does not look at its signal: the SDK calls the model once more, and that call's span ends as the run does",
    tests: [
      other(ABORTS, /on v5 > .* while a tool runs that gives up \(stream/, callsModelAgain, { goesOn: true }),
      other(DEADLINES, /on v5 > .* in a tool \(stream/, callsModelAgain, {
        goesOn: true,
      }),
      other(TOOLS, /on v5 > ends the one of two tools .*\(stream/, callsModelAgain, { goesOn: true }),
      missing(
        "test/exits/odd-signals.test.ts",
        /on v5' > 'streamText.* throws aft.*\('nothing'\)/,
        signalsAreNotRead,
      ),
    ],
  },
  {
    what: "`respond` of an agent",
    since: { v5: "5.0.37" },
    earlier: "no such method",
    tests: [
      missing(DIFFERENTIAL, /on v5 > responds to a browser/, agentHasNo("respond")),
      missing("test/transparency/agents/identity.test.ts", /on 'v5' > respond of v5/, agentHasNo("respond")),
    ],
  },
  {
    what: "`createGateway`",
    since: { v5: "5.0.39" },
    earlier: "no such function",
    tests: [
      missing(
        DIFFERENTIAL,
        /on v5 > generates with (a model of the gateway|an id that the gateway)/,
        hasNo("createGateway"),
      ),
    ],
  },
];
