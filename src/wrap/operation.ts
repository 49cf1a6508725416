/**
 * One call of an SDK function or of an agent's method: opens its run, lets the SDK work inside, and ends the run with
 * what came of it. A span that does not record leaves the call as it was.
 */
import type { Context } from "@opentelemetry/api";
import { contain, warnOnce } from "../containment.ts";
import { isFunction, isRecord, readProperty, stringOf, type UnknownFunction } from "../readers/structure.ts";
import { readModelIdentity, readSettings } from "../readers/model-call.ts";
import { enter, observeResult, type WorkObserver } from "../runs/traced-work.ts";
import { readAgentName, readOptedOut, readTelemetry, readTracer, readTurn } from "../readers/turn.ts";
import { activeContext, runInContext } from "../spans/context.ts";
import { NO_FACTS } from "../spans/agent-run.ts";
import { enterPatch, isPatched, leavePatch } from "./patched-method.ts";
import { isRecording, owned } from "../spans/open-span.ts";
import { contextOfUnrecorded, type Tracing } from "../spans/tracing.ts";
import { turnAttributes } from "../spans/turn-context.ts";
import { enterCall, type LensCall } from "./lens.ts";
import { tracedParameters } from "./parameters.ts";
import { WrappedRun, type RunOrigin } from "./wrapped-run.ts";
import { onOriginal, originalOf, rememberOriginal } from "./view.ts";

export interface TracedFunction extends RunOrigin {
  readonly original: UnknownFunction;
  /** The method that the class has now: the program may have replaced it after it was traced. */
  readonly current?: () => unknown;
  readonly tracing: Tracing;
  /**
   * Of an agent's method, most of whose parameters are the settings of its instance: has the SDK read others while the
   * call goes on.
   */
  readonly showSettings?: (agent: object, trace: (settings: object) => object, call: LensCall) => () => void;
}

/** A proxy keeps name, length, properties and prototype of the function. */
export function traceFunction(traced: TracedFunction): object {
  const { original } = traced;
  if (originalOf(original) !== original) return original;
  return rememberOriginal(
    onOriginal(original, (self, args) => call(traced, self, args)),
    original,
  );
}

function call(traced: TracedFunction, self: unknown, args: unknown[]): unknown {
  const { original } = traced;
  // A patch that was put into the place of the original calls what was there before: that is this call still.
  if (traced.current && isPatched(self, original)) {
    return leavePatch(() => Reflect.apply(original, self, args));
  }
  const work = (given: unknown[]): unknown => {
    const current = contain("method", () => traced.current?.());
    // Ours may have been put there.
    return isFunction(current) && originalOf(current) === current && current !== original
      ? enterPatch(self, original, () => Reflect.apply(current, self, given))
      : Reflect.apply(original, self, given);
  };
  const started = contain("start", () => start(traced, self, args[0]));
  if (!started) return work(args);
  if (!(started instanceof WrappedRun)) return runInContext(started, () => work(args));
  const run = started;
  const parameters = contain("parameters", () => isRecord(args[0]) && tracedParameters(args[0], run));
  const given = parameters ? [parameters, ...args.slice(1)] : args;
  if (!traced.showSettings) {
    return observeResult(
      enter(run.context, () => work(given), run),
      run,
      false,
    );
  }
  const hide = contain("settings", () => showSettings(traced, self, run, args[0]));
  run.hideSettings = hide;
  const observer = hide ? hidingSettings(run, hide) : run;
  const result = enter(run.context, () => enterCall(run, () => work(given)), observer);
  return observeResult(result, observer, false);
}

function showSettings(
  { showSettings: show }: TracedFunction,
  self: unknown,
  run: WrappedRun,
  parameters: unknown,
): (() => void) | undefined {
  const settings = isRecord(self) ? self.settings : undefined;
  if (!show || !isRecord(self) || !isRecord(settings)) {
    warnOnce("an agent has no settings that can be read, so what happens inside is not traced");
    return undefined;
  }
  const origin = { ofCall: parameters ?? {} };
  return show(self, (own) => tracedParameters(own, run, origin), run);
}

function hidingSettings(run: WrappedRun, hide: () => void): WorkObserver {
  return {
    onValue(value) {
      contain("settings", hide);
      run.onValue(value);
    },
    onError(error) {
      contain("settings", hide);
      run.onError(error);
    },
  };
}

/**
 * The run; of one that is neither recorded nor measured the context, where there is any to enter. `undefined`: nothing is
 * traced.
 */
function start(traced: TracedFunction, self: unknown, given: unknown): WrappedRun | Context | undefined {
  const { kind } = traced;
  const parameters = traced.showSettings ? parametersOfAgent(self, given) : given;
  if (!isRecord(parameters)) return undefined;
  const telemetry = readTelemetry(parameters);
  if (readOptedOut(telemetry)) return undefined;
  const tracer = readTracer(telemetry);
  const tracing = tracer ? traced.tracing.withTracer(tracer) : traced.tracing;
  const context = activeContext();
  const agentId = traced.showSettings && stringOf(readProperty(self, "id"));
  const inherited = new Map(turnAttributes(context));
  // An agent is a turn of its own: it has its id for a name where nobody gives it another.
  if (agentId) inherited.set("agentId", agentId).set("agentName", agentId);
  const { operation, outputType } = kind;
  const isRun = operation === "invoke_agent";
  const model = readModelIdentity(readProperty(parameters, "model"));
  const agentName = isRun ? readAgentName(parameters, telemetry, inherited) : undefined;
  const startRecord = isRun
    ? { operation, agentName, requestModel: model.requestModel }
    : { operation, outputType, ...model };
  const span = tracing.startSpan(startRecord, isRun ? agentName : model.requestModel, context);
  const { instruments } = tracing;
  return owned(span, () => {
    if (!instruments && !isRecording(span)) return contextOfUnrecorded(span, context);
    // A getter that throws must not lose a span that has begun.
    const facts = contain("start", () => ({
      turn: readTurn(parameters, telemetry, inherited),
      settings: readSettings(parameters),
    }));
    return new WrappedRun(span, { context, tracing, instruments }, startRecord, facts ?? NO_FACTS, traced);
  });
}

/** As the agent puts them together: what a call says wins. Nothing is read that is not asked for. */
function parametersOfAgent(agent: unknown, given: unknown): unknown {
  const settings = readProperty(agent, "settings");
  // A Proxy may refuse to be listed: the settings are known all the same.
  const own =
    contain("start", () => (isRecord(given) ? Object.getOwnPropertyDescriptors(given) : undefined)) ?? {};
  return Object.create(isRecord(settings) ? settings : null, own);
}
