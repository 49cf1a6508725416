/**
 * Turns the telemetry events of AI SDK 7 into runs. It defines few callbacks, because each one costs the SDK a copy of
 * every event. The callbacks are synchronous, because the SDK awaits them.
 */
import { contain, contained, warnOnce } from "../foundation/containment.ts";
import { doctor } from "../foundation/doctor-notice.ts";
import { asRecord, readProperty, stringOf, type UnknownRecord } from "../foundation/structure.ts";
import { readReason } from "../readers/failure.ts";
import { readSettings } from "../readers/model-call.ts";
import { isClosedStream, readErrorEvent, readOperation, readTimestamp } from "../readers/telemetry-event.ts";
import { readEventTurn, readFunctionId } from "../readers/turn.ts";
import { ADAPTER_BRAND } from "../runs/adapter-brand.ts";
import { LEFT_BY_CONSUMER, OK } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";
import { activeContext } from "../spans/context.ts";
import { EMPTY_RUN_RECORD, type RunRecord } from "../spans/run-span.ts";
import { startOwnedSpan, runStart } from "../spans/owned-span.ts";
import { recordingCheck } from "../spans/recording-check.ts";
import type { Tracing } from "../spans/tracing.ts";
import { turnAttributes } from "../spans/turn-context.ts";
import { AdaptedRun } from "./adapted-run.ts";
import {
  isClaimedElsewhere,
  addCall,
  entryOf,
  removeCall,
  removeCallAtEnd,
  runOf,
  type Call,
  type CallEntry,
} from "./calls.ts";
import { executeModelCall, executeToolCall, type ExecuteHookOptions } from "./execute-hooks.ts";
import { silentUnlessRecording } from "./silent-callbacks.ts";
import {
  endProviderCall,
  endProviderCalls,
  endObject,
  endObjectRun,
  startProviderCall,
  startObject,
} from "./model-events.ts";

type Listener = (event: unknown) => void;

/**
 * Fits the SDK's `Telemetry` interface (v7) by structure. While it is registered with the SDK, but no tracer
 * provider and no meter provider is, its callbacks are absent, so that the SDK builds no events.
 */
export interface AISDKTelemetry {
  readonly onStart?: Listener;
  readonly onObjectStepStart?: Listener;
  readonly onObjectStepEnd?: Listener;
  readonly onEmbedStart?: Listener;
  readonly onEmbedEnd?: Listener;
  readonly onRerankStart?: Listener;
  readonly onToolExecutionEnd?: Listener;
  readonly onStepEnd?: Listener;
  readonly onStepError?: Listener;
  readonly onEnd?: Listener;
  readonly onAbort?: Listener;
  readonly onError?: Listener;
  readonly executeLanguageModelCall?: <T>(options: ExecuteHookOptions<T>) => PromiseLike<T>;
  readonly executeTool?: <T>(options: ExecuteHookOptions<T>) => PromiseLike<T>;
}

/** The SDK reads `onEnd` right after `onStart`, once for each registration. Other code may never read `onEnd`. */
const MAX_UNUSED_STARTERS = 64;

/** One value of `onStart`, which starts a call. */
interface Starter {
  readonly start: Listener;
  /** Whether the SDK holds it for one call. */
  isHeld: boolean;
  /** The call that it has started. A copy of the adapter (`{ ...adapter }`) starts another call with it. */
  started?: CallEntry;
}

/**
 * Every read of `onStart` returns a new function. The SDK reads `onStart` for each call, then `onEnd`, and holds the
 * function as long as the call lives (`createTelemetryDispatcher`, 7.0.173). When it is collected, the call is over.
 * Nothing else reports a dropped result.
 *
 * Other code may read `onStart` alone and drop it, or use it again. Its collection says nothing about a call then.
 *
 * @param isRecording called at each read of a callback. While it returns `false`, the adapter has no callbacks.
 */
export function createAdapter(tracing: Tracing, isRecording = recordingCheck(tracing)): AISDKTelemetry {
  /** The starters that were read and not yet used. An adapter that is registered twice has two. */
  const unused = new Set<Starter>();
  const outcomeOf = (event: UnknownRecord, run: AdaptedRun): Outcome =>
    !run.failedCall && run.isReceivingParts() && contain("onError", () => isClosedStream(event))
      ? LEFT_BY_CONSUMER
      : readErrorEvent(event, run.cause, run.sdkOperation);
  const onEnd = endsCall((event, run) => {
    const { operation } = run.sdkOperation;
    if (operation === "rerank" || operation === "generate_content")
      contain("onEnd", () => endProviderCall(run, event));
    endProviderCalls(run, false);
    // `onEnd` also reports an object's stream that had an error part, or whose answer is no object.
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
          unused.delete(starter);
          contain("onStart", () => startCall(tracing, asRecord(event), starter));
        },
        isHeld: false,
      };
      if (unused.size < MAX_UNUSED_STARTERS) unused.add(starter);
      return starter.start;
    },
    get onEnd() {
      for (const starter of unused) {
        starter.isHeld = true;
        // From here on only the SDK holds it. `clear` would keep the entries alive until the next full collection.
        unused.delete(starter);
      }
      return onEnd;
    },
    onObjectStepStart: onEventOf(startObject),
    onObjectStepEnd: onEventOf(endObject),
    onEmbedStart: onEventOf(startProviderCall),
    onEmbedEnd: onEventOf(endProviderCall),
    onRerankStart: onEventOf(startProviderCall),
    onToolExecutionEnd: onEventOf((run, event) => run.onToolOutput(event)),
    onStepEnd: onEventOf((run, event) => {
      run.toolCalls.onStep(event);
      run.onStepPart(event);
    }),
    onStepError: onFailure,
    onError: onFailure,
    onAbort: endsCall(readReason),
    executeLanguageModelCall: executeModelCall,
    executeTool: executeToolCall,
  };
  doctor()?.("adapter", adapter, tracing);
  return silentUnlessRecording(Object.assign(adapter, { [ADAPTER_BRAND]: true }), isRecording);
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
  const started = event && readOperation(event);
  const callId = stringOf(event?.callId);
  if (!started || callId === undefined || isClaimedElsewhere(callId)) return;
  const known = entryOf(callId)?.call;
  // Another adapter was first, or this one is registered twice.
  if (known instanceof AdaptedRun) known.pendingSubjects ??= new WeakSet();
  if (known && !(known instanceof AdaptedRun && known.ended)) return;
  const context = activeContext();
  const inherited = turnAttributes(context);
  const { operation, request } = started;
  const { outputType } = request.settings;
  const isRun = operation === "invoke_agent";
  const agentName = isRun
    ? (readFunctionId(event) ?? readEventTurn(event, inherited).identity.agentName)
    : undefined;
  const startedWallMs = readTimestamp(event);
  const sdkCall = { sdkOperation: started.sdkOperation, sdkCallId: isRun ? callId : undefined };
  const readRecord = (): RunRecord => ({
    turn: readEventTurn(event, inherited),
    settings: readSettings(event),
    sdkCall,
  });
  const start = runStart(operation, request.model, { agentName, outputType });
  const call: Call | undefined = startOwnedSpan(
    { tracing, context, ...start, startTime: startedWallMs },
    (opening) =>
      new AdaptedRun(opening, contain("onStart", readRecord) ?? { ...EMPTY_RUN_RECORD, sdkCall }, {
        operation: started,
        startedWallMs,
      }),
  );
  if (!call) return;
  if (call instanceof AdaptedRun) contain("onStart", () => call.toolCalls.addTools(event.tools));
  if (starter.started) removeCallAtEnd(starter.started);
  const isHeld = starter.isHeld && !starter.started;
  starter.started = addCall(callId, call, isHeld ? starter.start : undefined, tracing.options.idleDeadlineMs);
}

/**
 * Before 7.0.130 the SDK reports the `AbortError` of an aborted stream first, and the abort nine microtasks later. So an
 * `AbortError` waits for a report of the abort. Without one, the run is an error.
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
  return (value) =>
    contain("end of a call", () => {
      const event = asRecord(value);
      const entry = entryOf(event?.callId);
      if (!event || !entry) return;
      const { call } = entry;
      const outcome = call instanceof AdaptedRun ? outcomeOf(event, call) : OK;
      if (call instanceof AdaptedRun) call.end(outcome, call.momentOf(readTimestamp(event)));
      // A tool may outlive an abort or a failure, and begins and ends below its call all the same.
      if (outcome.kind === "ok") removeCall(entry);
    });
}

/** A listener that calls `work` with the traced run of the event. */
function onEventOf(work: (run: AdaptedRun, event: UnknownRecord) => void): Listener {
  return (value) =>
    contain("event", () => {
      const event = asRecord(value);
      const run = event && runOf(event.callId);
      if (run) work(run, event);
    });
}
