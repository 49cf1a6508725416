/**
 * Converts the telemetry events of AI SDK 7 to runs. It defines few callbacks, because for each of them the SDK copies
 * its events. The callbacks are synchronous, because the SDK awaits them.
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
  endAttempts,
  endObject,
  endObjectRun,
  startAttempt,
  startObject,
} from "./model-events.ts";

type Listener = (event: unknown) => void;

/**
 * Has the shape of the SDK's `Telemetry` interface (v7). While it is registered with the SDK, but neither a tracer
 * provider nor a meter provider is registered, its callbacks are absent. So the SDK builds no events.
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

/**
 * A limit of starters that wait for a read of `onEnd`. The SDK reads `onEnd` right after `onStart`, once per
 * registration. Other code may read only `onStart`, again and again.
 */
const MAX_UNUSED_STARTERS = 64;

/** One function that a read of `onStart` returned. It starts a call. */
interface Starter {
  readonly start: Listener;
  /** Whether the SDK has read the function, and so holds it for one call. */
  isHeld: boolean;
  /**
   * The call that it has started. If a program copies the adapter (`{ ...adapter }`), the same function starts several
   * calls.
   */
  started?: CallEntry;
}

/**
 * Creates an adapter. Every read of its `onStart` returns a new function. For each call, the SDK reads `onStart` and
 * then `onEnd`, and holds the function as long as the call lives (`createTelemetryDispatcher`, 7.0.173). So when the
 * function is collected, the call is over. Nothing else reports that a result was dropped.
 *
 * Other code may read only `onStart`, and drop the function or use it for several calls. Then the collection of the
 * function does not mean that a call is over.
 *
 * @param isRecording called at each read of a callback. While it returns `false`, the registered adapter has no
 *   callbacks.
 */
export function createAdapter(tracing: Tracing, isRecording = recordingCheck(tracing)): AISDKTelemetry {
  /**
   * The starters that were read, but neither called nor followed by a read of `onEnd`. An adapter that is registered
   * twice may have two.
   */
  const unused = new Set<Starter>();
  const outcomeOf = (event: UnknownRecord, run: AdaptedRun): Outcome =>
    !run.failedCall && run.isReceivingParts() && contain("onError", () => isClosedStream(event))
      ? LEFT_BY_CONSUMER
      : readErrorEvent(event, run.observedFailure, run.sdkOperation);
  const onEnd = endsCall((event, run) => {
    const { operation } = run.sdkOperation;
    if (operation === "rerank" || operation === "generate_content")
      contain("onEnd", () => endProviderCall(run, event));
    endAttempts(run, false);
    // `onEnd` also reports an object's stream that failed: it had an error part, or its answer is no object.
    const outcome = readProperty(event, "error") === undefined ? OK : outcomeOf(event, run);
    contain("onEnd", () => endObjectRun(run, event, outcome));
    return outcome;
  });
  const endFailed = endsCall((event, run) => {
    const outcome = outcomeOf(event, run);
    contain("onError", () => endObjectRun(run, event, outcome));
    endAttempts(run, true);
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
        // The adapter no longer holds the starter, only the SDK does. `clear` would keep the entries alive until the
        // next full collection.
        unused.delete(starter);
      }
      return onEnd;
    },
    onObjectStepStart: onEventOf(startObject),
    onObjectStepEnd: onEventOf(endObject),
    onEmbedStart: onEventOf(startAttempt),
    onEmbedEnd: onEventOf(endProviderCall),
    onRerankStart: onEventOf(startAttempt),
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
 * Adds a warning to a factory of adapters, for a program that registers the factory instead of its result. The SDK then
 * looks for callbacks on the function itself (`createTelemetryDispatcher`, 7.0.173), and the read of `onStart` warns.
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
  // Another adapter has started this call before, or this adapter is registered twice.
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
 * How many microtasks an `AbortError` waits for the report of an abort. Before 7.0.130, the SDK reports the
 * `AbortError` of an aborted stream first, and the abort nine microtasks later. Without that report, the run ends as an
 * error.
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
      // After an abort or a failure, a tool of the call may still run or begin. So only a completed call is removed.
      if (outcome.kind === "ok") removeCall(entry);
    });
}

/** @returns a listener that calls `work` with the event and its traced run */
function onEventOf(work: (run: AdaptedRun, event: UnknownRecord) => void): Listener {
  return (value) =>
    contain("event", () => {
      const event = asRecord(value);
      const run = event && runOf(event.callId);
      if (run) work(run, event);
    });
}
