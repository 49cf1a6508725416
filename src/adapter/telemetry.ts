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
  isLeftReader,
  readAbortEvent,
  readErrorEvent,
  readEventRequest,
  readOperation,
  readTimestamp,
} from "../readers/telemetry-event.ts";
import { readEventTurn, readFunctionId } from "../readers/turn.ts";
import { ADAPTER_BRAND } from "../runs/adapter-brand.ts";
import { enter, listen, type WorkListener } from "../runs/traced-work.ts";
import { cutsRetries, LEFT_BY_CONSUMER, OK } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";
import { activeContext, runInContext } from "../spans/context.ts";
import { NO_FACTS, type RunFacts } from "../spans/agent-run.ts";
import { contextOfUnrecorded, type Tracing } from "../spans/tracing.ts";
import { turnAttributes } from "../spans/turn-context.ts";
import { AdaptedRun } from "./adapted-run.ts";
import { callOf, forget, forgetAtEnd, keep, runOf, type Call } from "./calls.ts";
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

/** What starts calls. */
interface Starter {
  readonly start: Listener;
  /** Whether the SDK is known to hold it for one call. */
  isHeld: boolean;
  /** The call it has started, in case it is used for another: by a copy of the adapter (`{ ...adapter }`). */
  started?: readonly [callId: string, call: Call];
}

/**
 * The SDK reads every callback anew for each call, `onEnd` after `onStart`, and holds what it has read as long as the
 * call can go on or be read (`createTelemetryDispatcher`, 7.0.173). So a function of its own for each call tells, by its
 * collection, that the call is gone: nothing else does when a result is dropped. Whoever reads only `onStart` may drop
 * it at once, and whoever uses it again keeps it: neither learns anything this way.
 */
export function createAdapter(tracing: Tracing): AISDKTelemetry {
  /** Read, and not yet used. More than one where the adapter is registered twice. */
  const read = new Set<Starter>();
  const outcomeOf = (event: UnknownRecord, run: AdaptedRun): Outcome =>
    !run.failedCall && contain("onError", () => isLeftReader(event))
      ? LEFT_BY_CONSUMER
      : readErrorEvent(event, run.cause);
  const onEnd = endsCall((event, run) => {
    const { operation } = run.operation;
    if (operation === "rerank" || operation === "generate_content")
      contain("onEnd", () => answer(run, event));
    endAnswers(run, false);
    // An object's stream ends so as well, if what it gave is no object.
    return event.error === undefined ? OK : outcomeOf(event, run);
  });
  const onFailure = endsCall((event, run) => {
    const outcome = outcomeOf(event, run);
    contain("onError", () => failObject(run, event, outcome));
    endAnswers(run, true);
    return outcome;
  });
  const adapter: AISDKTelemetry = {
    get onStart() {
      const starter: Starter = {
        start: (event) => {
          read.delete(starter);
          contain("onStart", () => startCall(tracing, asRecord(event), starter));
        },
        isHeld: false,
      };
      read.add(starter);
      return starter.start;
    },
    get onEnd() {
      for (const starter of read) starter.isHeld = true;
      // Held by the SDK alone from here on.
      read.clear();
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
  const known = callOf(callId);
  // Another adapter, or the same one registered twice, was first.
  if (known && !(known instanceof AdaptedRun && known.ended)) return;
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
  // A getter that throws must not lose a span that has begun.
  const runFacts = (): RunFacts => ({ turn: readEventTurn(event, inherited), settings: readSettings(event) });
  const call = span?.isRecording()
    ? new AdaptedRun(
        span,
        { context, tracing },
        { ...(contain("onStart", runFacts) ?? NO_FACTS), operation },
        facts,
      )
    : span && contextOfUnrecorded(span, context);
  if (!call) return;
  const [earlierId, earlier] = starter.started ?? [];
  if (earlier instanceof AdaptedRun) forgetAtEnd(earlierId, earlier);
  const isHeld = starter.isHeld && !starter.started;
  starter.started = [callId, call];
  keep(callId, call, isHeld ? starter.start : undefined, tracing.options.idleDeadlineMs);
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
  run.toolCalls.onModelCall({ prompt: options.messages, tools: options.tools });
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
  const execution = run.startExecution(toolName, stringOf(toolCallId));
  return (
    execution && {
      ...execution,
      onError: (error) => {
        const outcome = readFailure(error);
        // A tool that fails fails alone; one that is aborted is so with its run.
        if (cutsRetries(outcome)) run.cause = outcome;
        execution.onError(error);
      },
    }
  );
}

/**
 * The same adapter, or two, may be registered twice around integrations that take their time: the hooks of one piece of
 * work share what their events hold of it. Attempts at a model call come one after the other.
 */
function startOnce(run: AdaptedRun, options: UnknownRecord, start: StartWork): StartedWork | undefined {
  const subject = asRecord(options.toolCall ?? options.messages);
  if (!subject) return start(run, options);
  const { underWay } = run;
  const started = underWay.has(subject) ? undefined : start(run, options);
  if (!started) return undefined;
  underWay.add(subject);
  return {
    call: started.call,
    onValue: (value) => {
      underWay.delete(subject);
      started.onValue(value);
    },
    onError: (error) => {
      underWay.delete(subject);
      started.onError(error);
    },
  };
}

/** Runs the SDK's work exactly once, in the context of its span where it has one. */
function execute<T>(options: ExecuteHookOptions<T>, start: StartWork): PromiseLike<T> {
  const given = asRecord(options) ?? {};
  const run = contain("execute", () => given.execute);
  // Called by hand, without what it is for.
  if (!isFunction(run)) return Promise.resolve(undefined as T);
  const work = (): unknown => Reflect.apply(run, options, []);
  const call = contain("execute", () => callOf(given.callId));
  const started = call instanceof AdaptedRun && contain("execute", () => startOnce(call, given, start));
  // The very promise goes on: the SDK awaits it.
  if (started) return listen(enter(started.call.context, work, started), started, true) as PromiseLike<T>;
  return (call && !(call instanceof AdaptedRun) ? runInContext(call, work) : work()) as PromiseLike<T>;
}
