/**
 * How old releases of several majors differ from the newest ones.
 */
import { agentSpan, chatSpan, toolSpan } from "../../conformance/expected-spans.ts";
import { DEFAULT_RESPONSE } from "../../conformance/script.ts";
import type { Difference } from "../difference.ts";
import { toolsStartInStreams } from "../missing.ts";
import {
  abandoned,
  both,
  callsModelAgain,
  each,
  failsInLastCall,
  isChat,
  isRun,
  same,
  unansweredWithItsRun,
  withAttributes,
  withoutAnswer,
} from "../trees.ts";
import {
  ABORTS,
  ADAPTED_EXITS,
  adapted,
  always,
  CALLBACKS,
  DEADLINES,
  LEAVING,
  missing,
  other,
  PROGRAMS_OF_V6,
  PROGRAMS_OF_V7,
  STREAM_OBJECT,
  SWITCHES,
  TOOLS,
  wrapped,
} from "./rows.ts";

const BETWEEN_STEPS = "test/exits/between-steps.test.ts";

const ABANDONED = { canceled: "abandoned" } as const;
const BROKEN = { error: "RoomServiceError" } as const;
const JSON_OUTPUT = { attributes: { "gen_ai.output.type": "json" } } as const;

const streamed = chatSpan({ streaming: true });
const streamedObject = chatSpan({ streaming: true, ...JSON_OUTPUT });
const callsTool = chatSpan({ streaming: true, finish: "tool_call" });
const tool = toolSpan("searchRooms", "call-1");

/** The tool has run by then, and the model's counts have not arrived. */
const breaksBeforeAnswer = always(
  agentSpan(BROKEN, [chatSpan({ streaming: true, usage: null, finish: null, ...ABANDONED }), tool]),
);
/** The model's counts arrive after the run has ended. */
const breaksBeforeTools = always(agentSpan({ ...BROKEN, usage: null, finish: null }, [callsTool]));

const leftBeforeTools = always(
  agentSpan({ ...ABANDONED, usage: { input: 10, output: 5 }, finish: "tool_call" }, [callsTool]),
);

/** The model has begun to answer. */
const RESPONSE = {
  "gen_ai.response.id": DEFAULT_RESPONSE.id,
  "gen_ai.response.model": DEFAULT_RESPONSE.model,
};

const DISCONNECTS = /on v[567] > has an HTTP client that disconnects( from pipe|$)/;

const LEAVES_NO_LISTENER = /^aborts on v[67] > leaves no listener/;

const goesOn = { goesOn: true } as const;
const byCollection = { byCollection: true } as const;

export const sharedDifferences: readonly Difference[] = [
  {
    what: "an abort or a deadline in a tool of `generateText`, or between two of its steps",
    since: { v5: "5.0.217", v6: "6.0.231", v7: "7.0.32" },
    earlier: "the SDK calls the model once more: that call's span ends as the run does",
    tests: [
      wrapped(/on v[567] > generates until .* inside a tool/, callsModelAgain, goesOn),
      adapted(/> generates until .* inside a tool/, callsModelAgain, { until: { v7: "7.0.32" } }),
      other(ABORTS, /on v[567] > .* while a tool runs that gives up \(generate/, callsModelAgain, goesOn),
      other(
        ABORTS,
        /on v[567] > .* while a tool runs that gives partial results \(generate/,
        callsModelAgain,
        {
          ...goesOn,
          from: { v5: "5.0.11" },
        },
      ),
      other(DEADLINES, /on v[567] > .* in a tool \(generate/, callsModelAgain, goesOn),
      other(BETWEEN_STEPS, /on v[567] > .* when a step has ended \(generate/, callsModelAgain, goesOn),
      other(
        TOOLS,
        /on v[567] > ends at once with a tool that (?!never).*\(generate/,
        callsModelAgain,
        goesOn,
      ),
      other(TOOLS, /on v[567] > ends the one of two tools .*\(generate/, callsModelAgain, goesOn),
      other(
        ADAPTED_EXITS,
        /^ends (with .* while a tool runs that gives (up|partial results)|with an abort when a step has ended|at once with a tool that gives up .*) \(generate\)/,
        callsModelAgain,
        { ...goesOn, until: { v7: "7.0.32" } },
      ),
      // These models have no answer left, and no event has the signal.
      other(
        ADAPTED_EXITS,
        /^ends (with .* in a tool|the one of two tools .*) \(generate\)/,
        both(callsModelAgain, failsInLastCall("Error")),
        { ...goesOn, until: { v7: "7.0.32" } },
      ),
      other(
        SWITCHES,
        /> (an abort|a deadline) in a tool that gives up is one \(generate\)/,
        callsModelAgain,
        {
          ...goesOn,
          until: { v7: "7.0.32" },
        },
      ),
    ],
  },
  {
    what: "when the tools of a streamed step start",
    since: { v5: "5.0.241", v6: "6.0.260" },
    earlier:
      "while the step's stream runs. A run that ends in a tool may end before the model's last part: then its chat span has no counts and ends as the run does",
    tests: [
      wrapped(
        /on v[56] > streams until (.* inside a tool|the caller aborts a tool that ignores the signal)/,
        unansweredWithItsRun,
      ),
      other(
        BETWEEN_STEPS,
        /on v[56] > ends with an abort that a tool does not hear \(stream/,
        unansweredWithItsRun,
      ),
      // They expect that no model call is open while a tool runs.
      missing(TOOLS, /on v[56] > ends at once with a tool .*\(stream/, toolsStartInStreams),
      other(TOOLS, /on v[56] > ends the one of two tools .*\(stream/, same, {
        races: true,
        from: { v5: "5.0.21" },
      }),
    ],
  },
  {
    what: "a `streamObject` result that is left before its model is called",
    since: { v6: "6.0.270", v7: "7.0.83" },
    earlier: "the model is called all the same: its call ends when the result is collected, as on v5",
    tests: [
      other(
        STREAM_OBJECT,
        /on v[67] > leaves before its model is called/,
        each(isChat, (chat) => withAttributes(chat, RESPONSE)),
        byCollection,
      ),
    ],
  },
  {
    what: "`onChunk` and `onError` that throw",
    since: { v5: "5.0.243", v6: "6.0.262", v7: "7.0.71" },
    earlier:
      "break the stream. The run fails with what `onChunk` throws; after `onError` it has no counts of the failed step",
    tests: [
      other(CALLBACKS, /on v[56] > has onChunk that/, breaksBeforeAnswer, {
        ...goesOn,
        until: { v5: "5.0.243", v6: "6.0.262" },
      }),
      other(CALLBACKS, /on v7 > has onChunk that/, breaksBeforeTools, { ...goesOn, until: { v7: "7.0.71" } }),
      // No event reports an error of `onChunk`.
      other(ADAPTED_EXITS, /^has onChunk that/, leftBeforeTools, { until: { v7: "7.0.71" } }),
      other(
        CALLBACKS,
        /on v([56] > has onError that|7 > has onError that throws).* when the stream fails/,
        each((span) => isRun(span) || isChat(span), withoutAnswer),
      ),
    ],
  },
  {
    what: "listeners of `streamText` on the caller's signal",
    since: { v6: "6.0.266", v7: "7.0.35" },
    earlier:
      "stay there after the call. When Node warns of too many hangs on the listener of ai-spans, which is there while a call runs",
    tests: [
      other(PROGRAMS_OF_V6, LEAVES_NO_LISTENER, same, { races: true, until: { v6: "6.0.266" } }),
      other(PROGRAMS_OF_V7, LEAVES_NO_LISTENER, same, { races: true, until: { v7: "7.0.35" } }),
    ],
  },
  {
    what: "an HTTP client that disconnects from `pipe…ToResponse`",
    since: { v5: "5.0.268", v6: "6.0.294", v7: "7.0.119" },
    earlier:
      "the SDK waits for the client for ever: canceled/abandoned, when the result is collected, or at the idle deadline. Before 5.0.69 it reads the stream to its end: ok",
    tests: [
      other(LEAVING, DISCONNECTS, always(agentSpan({}, [streamed])), { until: { v5: "5.0.69" } }),
      other(LEAVING, DISCONNECTS, always(agentSpan(ABANDONED, [streamed])), {
        ...byCollection,
        until: { v5: "5.0.268", v6: "6.0.294" },
        from: { v5: "5.0.69" },
      }),
      other(LEAVING, DISCONNECTS, abandoned, { ...byCollection, until: { v7: "7.0.119" } }),
      other(STREAM_OBJECT, DISCONNECTS, always(agentSpan(JSON_OUTPUT, [streamedObject])), {
        until: { v5: "5.0.69" },
      }),
      other(STREAM_OBJECT, DISCONNECTS, abandoned, { ...byCollection, from: { v5: "5.0.69" } }),
    ],
  },
];
