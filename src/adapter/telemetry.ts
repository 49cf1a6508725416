/**
 * The AI SDK's own telemetry (v7) as the events of our runs. Defines as few callbacks as do the job, for each one costs
 * the SDK a copy of every event. Synchronous, for the SDK awaits callbacks.
 */
import { contain, contained, warnOnce } from "../foundation/containment.ts";
import { asRecord, readProperty, stringOf, type UnknownRecord } from "../foundation/structure.ts";
import { readReason } from "../readers/failure.ts";
import { readSettings } from "../readers/model-call.ts";
import { isClosedStream, readErrorEvent, readOperation, readTimestamp } from "../readers/telemetry-event.ts";
import { readEventTurn, readFunctionId } from "../readers/turn.ts";
import { ADAPTER_BRAND } from "../runs/adapter-brand.ts";
import { LEFT_BY_CONSUMER, OK } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";
import { activeContext } from "../spans/context.ts";
import { EMPTY_RUN_RECORD, type RunRecord } from "../spans/agent-run.ts";
import { openSpan, runStart } from "../spans/opening.ts";
import type { Tracing } from "../spans/tracing.ts";
import { turnAttributes } from "../spans/turn-context.ts";
import { AdaptedRun } from "./adapted-run.ts";
import {
  isClaimedElsewhere,
  keep,
  keptOf,
  remove,
  removeAtEnd,
  runOf,
  type Call,
  type KeptCall,
} from "./calls.ts";
import { executeModelCall, executeToolCall, type ExecuteHookOptions } from "./execute-hooks.ts";
import {
  endProviderCall,
  endProviderCalls,
  endObject,
  endObjectRun,
  startProviderCall,
  startObject,
} from "./model-events.ts";

type Listener = (event: unknown) => void;

/** Fits the SDK's `Telemetry` interface (v7) by structure. */
export interface AISDKTelemetry {
  readonly onStart: Listener;
  readonly onObjectStepStart: Listener;
  readonly onObjectStepEnd: Listener;
  readonly onEmbedStart: Listener;
  readonly onEmbedEnd: Listener;
  readonly onRerankStart: Listener;
  readonly onToolExecutionEnd: Listener;
  readonly onStepEnd: Listener;
  readonly onStepError: Listener;
  readonly onEnd: Listener;
  readonly onAbort: Listener;
  readonly onError: Listener;
  readonly executeLanguageModelCall: <T>(options: ExecuteHookOptions<T>) => PromiseLike<T>;
  readonly executeTool: <T>(options: ExecuteHookOptions<T>) => PromiseLike<T>;
}

/** The SDK reads `onEnd` right after `onStart`, once for each registration. Another reader may never read it. */
const MOST_READ = 64;

/** What starts calls. */
interface Starter {
  readonly start: Listener;
  /** Whether the SDK is known to hold it for one call. */
  isHeld: boolean;
  /** The call it has started, in case it is used for another: by a copy of the adapter (`{ ...adapter }`). */
  started?: KeptCall;
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
    !run.failedCall && run.isGivingParts() && contain("onError", () => isClosedStream(event))
      ? LEFT_BY_CONSUMER
      : readErrorEvent(event, run.cause, run.sdkOperation);
  const onEnd = endsCall((event, run) => {
    const { operation } = run.sdkOperation;
    if (operation === "rerank" || operation === "generate_content")
      contain("onEnd", () => endProviderCall(run, event));
    endProviderCalls(run, false);
    // An object's stream ends so as well, if it had an error part or what it gave is no object.
    const outcome = readProperty(event, "error") === undefined ? OK : outcomeOf(event, run);
    contain("onEnd", () => endObjectRun(run, event, outcome));
    return outcome;
  });
  const endFailed = endsCall((event, run) => {
    const outcome = outcomeOf(event, run);
    contain("onError", () => endObjectRun(run, event, outcome));
    endProviderCalls(run, true);
    return outcome;
  });
  const onFailure: Listener = (event) => {
    if (contain("onError", () => mayBeAborted(asRecord(event)))) void afterAbort(() => endFailed(event));
    else endFailed(event);
  };
  const adapter: AISDKTelemetry = {
    get onStart() {
      const starter: Starter = {
        start: (event) => {
          read.delete(starter);
          contain("onStart", () => startCall(tracing, asRecord(event), starter));
        },
        isHeld: false,
      };
      if (read.size < MOST_READ) read.add(starter);
      return starter.start;
    },
    get onEnd() {
      for (const starter of read) {
        starter.isHeld = true;
        // Held by the SDK alone from here on. Not `clear`, which leaves what there was to the next full collection.
        read.delete(starter);
      }
      return onEnd;
    },
    onObjectStepStart: hears(startObject),
    onObjectStepEnd: hears(endObject),
    onEmbedStart: hears(startProviderCall),
    onEmbedEnd: hears(endProviderCall),
    onRerankStart: hears(startProviderCall),
    onToolExecutionEnd: hears((run, event) => run.onToolOutput(event)),
    onStepEnd: hears((run, event) => {
      run.toolCalls.onStep(event);
      run.onStepPart(event);
    }),
    onStepError: onFailure,
    onError: onFailure,
    onAbort: endsCall(readReason),
    executeLanguageModelCall: executeModelCall,
    executeTool: executeToolCall,
  };
  return Object.assign(adapter, { [ADAPTER_BRAND]: true });
}

/**
 * A factory of adapters that warns when it is registered itself, without the call: the SDK then looks for callbacks on a
 * function (`createTelemetryDispatcher`, 7.0.173).
 */
export function warningWhenUncalled<Factory extends (...args: never[]) => AISDKTelemetry>(
  factory: Factory,
): Factory {
  const get = contained("registration", () =>
    warnOnce(
      "nothing is traced: registerTelemetry got the function createAISDKTelemetry; call it: registerTelemetry(createAISDKTelemetry())",
    ),
  );
  return Object.defineProperty(factory, "onStart", { get });
}

function startCall(tracing: Tracing, event: UnknownRecord | undefined, starter: Starter): void {
  const facts = event && readOperation(event);
  const callId = stringOf(event?.callId);
  if (!facts || callId === undefined || isClaimedElsewhere(callId)) return;
  const known = keptOf(callId)?.call;
  // Another adapter, or the same one registered twice, was first.
  if (known instanceof AdaptedRun) known.pendingSubjects ??= new WeakSet();
  if (known && !(known instanceof AdaptedRun && known.ended)) return;
  const context = activeContext();
  const inherited = turnAttributes(context);
  const { operation, request } = facts;
  const { outputType } = request.settings;
  const isRun = operation === "invoke_agent";
  const agentName = isRun
    ? (readFunctionId(event) ?? readEventTurn(event, inherited).identity.agentName)
    : undefined;
  const startedWallMs = readTimestamp(event);
  // A getter that throws must not lose a span that has begun.
  const sdkCall = { sdkOperation: facts.sdkOperation, sdkCallId: isRun ? callId : undefined };
  const runFacts = (): RunRecord => ({
    turn: readEventTurn(event, inherited),
    settings: readSettings(event),
    sdkCall,
  });
  const start = runStart(operation, request.model, { agentName, outputType });
  const call: Call | undefined = openSpan(
    { tracing, context, ...start, startTime: startedWallMs },
    (opening) =>
      new AdaptedRun(
        opening.span,
        opening.parent,
        opening.start,
        contain("onStart", runFacts) ?? { ...EMPTY_RUN_RECORD, sdkCall },
        facts,
        startedWallMs,
      ),
  );
  if (!call) return;
  if (call instanceof AdaptedRun) contain("onStart", () => call.toolCalls.addTools(event.tools));
  if (starter.started) removeAtEnd(starter.started);
  const isHeld = starter.isHeld && !starter.started;
  starter.started = keep(callId, call, isHeld ? starter.start : undefined, tracing.options.idleDeadlineMs);
}

/**
 * Before 7.0.130 the SDK reports the `AbortError` of an aborted stream first, and the abort nine microtasks later. The
 * run waits for it: without an abort, an `AbortError` is an error.
 */
const MICROTASKS_TO_ABORT = 20;

function mayBeAborted(event: UnknownRecord | undefined): boolean {
  const isAbortError = readProperty(readProperty(event, "error"), "name") === "AbortError";
  return isAbortError && runOf(event?.callId)?.sdkOperation.isTextStream === true;
}

async function afterAbort(run: () => void): Promise<void> {
  for (let count = 0; count < MICROTASKS_TO_ABORT; count++) await Promise.resolve();
  contain("onError", run);
}

function endsCall(outcomeOf: (event: UnknownRecord, run: AdaptedRun) => Outcome): Listener {
  return (given) =>
    contain("end of a call", () => {
      const event = asRecord(given);
      const kept = keptOf(event?.callId);
      if (!event || !kept) return;
      const { call } = kept;
      const outcome = call instanceof AdaptedRun ? outcomeOf(event, call) : OK;
      if (call instanceof AdaptedRun) call.end(outcome, call.momentOf(readTimestamp(event)));
      // A tool may outlive an abort or a failure, and begins and ends below its call all the same.
      if (outcome.kind === "ok") remove(kept);
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
