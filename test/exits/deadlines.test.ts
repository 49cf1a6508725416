/**
 * Every deadline of the SDK leads to the error "timeout", on the run and on all open spans below it. The timers are
 * real and short. Nothing else ends these runs, so a slow machine changes no result.
 *
 * Holds: deadlines.
 */
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { callsTool, says } from "../conformance/script.ts";
import { apiCallError } from "../support/failures.ts";
import { createGate, rejectOnAbort } from "../support/gate.ts";
import type { CallParameters, MajorName } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { testExits, type Exit } from "./exit.ts";
import { KINDS, runCall } from "./run-call.ts";

const SHORT_MS = 5;
const WITH_TIMEOUTS: readonly MajorName[] = ["v6", "v7"];
const TIMEOUT = { error: "timeout" } as const;
const UNANSWERED = { usage: null, finish: null, response: null, output: false } as const;
const CUT_OFF = { streaming: true, usage: null, finish: null } as const;

interface Deadline {
  readonly title: string;
  readonly majors?: readonly MajorName[];
  readonly parameters: () => CallParameters;
}

/** Deadlines of a whole run or step. */
const DEADLINES: readonly Deadline[] = [
  { title: "AbortSignal.timeout", parameters: () => ({ abortSignal: AbortSignal.timeout(SHORT_MS) }) },
  {
    title: "AbortSignal.timeout among other signals",
    parameters: () => ({
      abortSignal: AbortSignal.any([new AbortController().signal, AbortSignal.timeout(SHORT_MS)]),
    }),
  },
  { title: "timeout", majors: WITH_TIMEOUTS, parameters: () => ({ timeout: SHORT_MS }) },
  { title: "timeout.totalMs", majors: WITH_TIMEOUTS, parameters: () => ({ timeout: { totalMs: SHORT_MS } }) },
  { title: "timeout.stepMs", majors: WITH_TIMEOUTS, parameters: () => ({ timeout: { stepMs: SHORT_MS } }) },
  {
    title: "timeout beside a signal of the caller's",
    majors: WITH_TIMEOUTS,
    parameters: () => ({ timeout: SHORT_MS, abortSignal: new AbortController().signal }),
  },
];

const hanging: ScriptedStep = says("", { parts: [{ text: "a room" }], hangs: true });
/** Never begins to answer, and rejects when its signal aborts. */
const silent: ScriptedStep = says("", { onCall: ({ abortSignal }) => rejectOnAbort(abortSignal) });
const wordless: ScriptedStep = says("", { parts: [{ gate: createGate() }] });

function majorsOf({ majors }: Pick<Deadline, "majors">): Pick<Exit, "majors"> {
  return majors === undefined ? {} : { majors };
}

const runs: readonly Exit[] = DEADLINES.flatMap((deadline): Exit[] => [
  {
    title: `ends with ${deadline.title} in an answer`,
    ...majorsOf(deadline),
    run: (app) => runCall(app, "stream", [hanging], deadline.parameters()),
    expected: agentSpan(TIMEOUT, [chatSpan({ ...CUT_OFF, ...TIMEOUT })]),
  },
  ...KINDS.flatMap((kind): Exit[] => [
    {
      title: `ends with ${deadline.title} before an answer (${kind})`,
      ...majorsOf(deadline),
      run: (app) => runCall(app, kind, [silent], deadline.parameters()),
      expected: agentSpan(TIMEOUT, [chatSpan({ streaming: kind === "stream", ...UNANSWERED, ...TIMEOUT })]),
    },
    {
      title: `ends with ${deadline.title} in a tool (${kind})`,
      ...majorsOf(deadline),
      run: (app) => {
        const loop = app.loop((_input, { abortSignal }) => rejectOnAbort(abortSignal));
        return runCall(app, kind, [callsTool("searchRooms", "call-1")], {
          ...loop,
          ...deadline.parameters(),
        });
      },
      expected: agentSpan(TIMEOUT, [
        chatSpan({ streaming: kind === "stream", finish: "tool_call" }),
        toolSpan("searchRooms", "call-1", TIMEOUT),
      ]),
    },
    {
      title: `ends with ${deadline.title} while it waits to repeat a call (${kind})`,
      ...majorsOf(deadline),
      run: (app) => {
        const refused = apiCallError(app.major, { status: 429, retryable: true });
        // Much longer than the deadline, however slow the machine is.
        Object.assign(refused, { responseHeaders: { "retry-after-ms": "50000" } });
        return runCall(app, kind, [says("a room", { rejections: [refused] })], deadline.parameters());
      },
      expected: agentSpan(TIMEOUT, [chatSpan({ streaming: kind === "stream", ...UNANSWERED, ...TIMEOUT })]),
    },
  ]),
]);

const chunks: readonly Exit[] = [
  {
    title: "ends with timeout.chunkMs between two parts",
    majors: WITH_TIMEOUTS,
    run: (app) => runCall(app, "stream", [hanging], { timeout: { chunkMs: SHORT_MS } }),
    expected: agentSpan(TIMEOUT, [chatSpan({ ...CUT_OFF, ...TIMEOUT })]),
  },
  {
    title: "ends with timeout.firstChunkMs before the first part with output",
    majors: ["v7"],
    run: (app) => runCall(app, "stream", [wordless], { timeout: { firstChunkMs: SHORT_MS } }),
    expected: agentSpan(TIMEOUT, [chatSpan({ ...CUT_OFF, output: false, ...TIMEOUT })]),
  },
];

/** A tool's deadline ends the tool, and the loop goes on. */
const tools: readonly Exit[] = KINDS.flatMap((kind) =>
  [{ toolMs: SHORT_MS }, { tools: { searchRoomsMs: SHORT_MS } }].map((timeout): Exit => ({
    title: `goes on after the deadline ${Object.keys(timeout).join()} of a tool (${kind})`,
    majors: ["v7"],
    run: (app) => {
      const loop = app.loop((_input, { abortSignal }) => rejectOnAbort(abortSignal));
      return runCall(app, kind, [callsTool("searchRooms", "call-1"), says("sorry")], { ...loop, timeout });
    },
    expected: agentSpan({}, [
      chatSpan({ streaming: kind === "stream", finish: "tool_call" }),
      toolSpan("searchRooms", "call-1", TIMEOUT),
      chatSpan({ streaming: kind === "stream" }),
    ]),
  })),
);

testExits([...runs, ...chunks, ...tools]);
