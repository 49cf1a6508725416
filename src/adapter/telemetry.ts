/**
 * The AI SDK's own telemetry (v7) as the events of our runs. Defines as few callbacks as do the job, for each one costs
 * the SDK a copy of every event. Synchronous, for the SDK awaits callbacks; contained, for it does not contain execute
 * hooks.
 */
import type { Context } from "@opentelemetry/api";
import { contain } from "../guard.ts";
import { asRecord, isFunction, stringOf, type UnknownRecord } from "../readers/guards.ts";
import { readFailure } from "../readers/failure.ts";
import { readSettings } from "../readers/model-call.ts";
import {
  readAbortEvent,
  readErrorEvent,
  readEventRequest,
  readOperation,
  readTimestamp,
} from "../readers/telemetry-event.ts";
import { readEventTurn, readFunctionId } from "../readers/turn.ts";
import { ADAPTER_BRAND } from "../runs/adapter-brand.ts";
import { enter, listen, type WorkListener } from "../runs/traced-work.ts";
import { OK } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";
import { activeContext, runInContext } from "../spans/context.ts";
import { contextOfUnrecorded, type Tracing } from "../spans/tracing.ts";
import { turnAttributes } from "../spans/turn-context.ts";
import { AdaptedRun } from "./adapted-run.ts";
import { callOf, forget, keep, runOf, type Call } from "./calls.ts";
import { answer, endAnswers, endObject, failObject, startAnswer, startObject } from "./model-events.ts";

/** What an execute hook is given; the rest of it is not looked at. */
export interface ExecuteHookOptions<T> {
  readonly callId: string;
  readonly execute: () => PromiseLike<T>;
}

type Listener = (event: unknown) => void;

/** Fits the SDK's `Telemetry` interface (v7) by structure. */
export interface AISDKTelemetry {
  readonly onStart: Listener;
  readonly onObjectStepStart: Listener;
  readonly onObjectStepEnd: Listener;
  readonly onEmbedStart: Listener;
  readonly onEmbedEnd: Listener;
  readonly onRerankStart: Listener;
  readonly onStepEnd: Listener;
  readonly onStepError: Listener;
  readonly onEnd: Listener;
  readonly onAbort: Listener;
  readonly onError: Listener;
  readonly executeLanguageModelCall: <T>(options: ExecuteHookOptions<T>) => PromiseLike<T>;
  readonly executeTool: <T>(options: ExecuteHookOptions<T>) => PromiseLike<T>;
}

/** What starts calls, and whether the SDK is known to hold it for one call. */
interface Starter {
  readonly start: Listener;
  isHeld: boolean;
}

/**
 * The SDK reads every callback anew for each call, `onEnd` after `onStart`, and holds what it has read as long as the
 * call can go on or be read (`createTelemetryDispatcher`, 7.0.173). So a function of its own for each call tells, by its
 * collection, that the call is gone: nothing else does when a result is dropped. Whoever reads only `onStart` may drop
 * it at once, and learns nothing this way.
 */
export function createAdapter(tracing: Tracing): AISDKTelemetry {
  let latest: Starter | undefined;
  const outcomeOf = (event: UnknownRecord, run: AdaptedRun): Outcome => readErrorEvent(event, run.cause);
  const onEnd = endsCall((event, run) => {
    const { operation } = run.operation;
    if (operation === "rerank" || operation === "generate_content") answer(run, event);
    endAnswers(run, false);
    // An object's stream ends so as well, if what it gave is no object.
    return event.error === undefined ? OK : outcomeOf(event, run);
  });
  const onFailure = endsCall((event, run) => {
    const outcome = outcomeOf(event, run);
    failObject(run, event, outcome);
    endAnswers(run, true);
    return outcome;
  });
  const adapter: AISDKTelemetry = {
    get onStart() {
      const starter: Starter = {
        start: (event) => contain("onStart", () => startCall(tracing, asRecord(event), starter)),
        isHeld: false,
      };
      latest = starter;
      return starter.start;
    },
    get onEnd() {
      if (latest) latest.isHeld = true;
      // Held by the SDK alone from here on.
      latest = undefined;
      return onEnd;
    },
    onObjectStepStart: hears(startObject),
    onObjectStepEnd: hears(endObject),
    onEmbedStart: hears(startAnswer),
    onEmbedEnd: hears(answer),
    onRerankStart: hears(startAnswer),
    onStepEnd: hears((run, event) => run.toolCalls.onStep(event)),
    onStepError: onFailure,
    onError: onFailure,
    onAbort: endsCall(readAbortEvent),
    executeLanguageModelCall: (options) => execute(options, startModelCall),
    executeTool: (options) => execute(options, startToolCall),
  };
  return Object.assign(adapter, { [ADAPTER_BRAND]: true });
}

function startCall(tracing: Tracing, event: UnknownRecord | undefined, starter: Starter): void {
  const facts = event && readOperation(event);
  const callId = stringOf(event?.callId);
  if (!facts || callId === undefined) return;
  const known = runOf(callId);
  // Another adapter, or the same one registered twice, was first.
  if (known && !known.ended) return;
  const context = activeContext();
  const inherited = turnAttributes(context);
  const { operation, request } = facts;
  const { provider, requestModel, outputType } = request;
  const isRun = operation === "invoke_agent";
  const agentName = isRun
    ? (readFunctionId(event) ?? readEventTurn(event, inherited).identity.agentName)
    : undefined;
  const start = isRun
    ? { operation, agentName, requestModel }
    : { operation, outputType, provider, requestModel };
  const span = tracing.startSpan(start, isRun ? agentName : requestModel, context, readTimestamp(event));
  const holder = starter.isHeld ? starter.start : undefined;
  if (!span?.isRecording()) {
    const unrecorded = span && contextOfUnrecorded(span, context);
    if (unrecorded) keep(callId, unrecorded, holder);
    return;
  }
  const runFacts = { operation, turn: readEventTurn(event, inherited), settings: readSettings(event) };
  const run = new AdaptedRun(span, { context, tracing }, runFacts, facts);
  run.toolCalls.seeTools(event.tools);
  keep(callId, run, holder);
}

function endsCall(outcomeOf: (event: UnknownRecord, run: AdaptedRun) => Outcome): Listener {
  return (given) =>
    contain("end of a call", () => {
      const event = asRecord(given);
      const call = callOf(event?.callId);
      if (!event || !call) return;
      if (call instanceof AdaptedRun) call.end(outcomeOf(event, call), readTimestamp(event));
      else forget(event.callId, call);
    });
}

/** An event of a run that is traced. */
function hears(hear: (run: AdaptedRun, event: UnknownRecord) => void): Listener {
  return (given) =>
    contain("event", () => {
      const event = asRecord(given);
      const run = event && runOf(event.callId);
      if (run) hear(run, event);
    });
}

/** Work below a run, and who hears how it comes out. */
interface StartedWork extends WorkListener {
  readonly call: { readonly context: Context };
}

type StartWork = (run: AdaptedRun, options: UnknownRecord) => StartedWork | undefined;

function startModelCall(run: AdaptedRun, options: UnknownRecord): StartedWork | undefined {
  run.seePrompt(options.messages);
  const attempt = run.startAttempt(readEventRequest(options, run.operation));
  run.cause = undefined;
  return (
    attempt && {
      call: attempt.call,
      onValue: (result) => attempt.onValue(result),
      onError: (error) => {
        run.cause = readFailure(error);
        attempt.onError(error);
      },
    }
  );
}

function startToolCall(run: AdaptedRun, { toolCall, toolCallId }: UnknownRecord): StartedWork | undefined {
  const toolName = stringOf(asRecord(toolCall)?.toolName) ?? "";
  return run.startExecution(toolName, stringOf(toolCallId));
}

/** Runs the SDK's work exactly once, in the context of its span where it has one. */
function execute<T>(options: ExecuteHookOptions<T>, start: StartWork): PromiseLike<T> {
  // Called by hand, without what it is for.
  if (!isFunction(asRecord(options)?.execute)) return Promise.resolve(undefined as T);
  const work = options.execute;
  const call: Call | undefined = callOf(options.callId);
  if (!(call instanceof AdaptedRun)) return call ? runInContext(call, work) : work();
  if (call.isEntering) return work();
  const started = contain("execute", () => start(call, asRecord(options) ?? {}));
  if (!started) return work();
  call.isEntering = true;
  try {
    // The very promise goes on: the SDK awaits it.
    return listen(enter(started.call.context, work, started), started, true) as PromiseLike<T>;
  } finally {
    call.isEntering = false;
  }
}
