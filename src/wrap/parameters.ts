/**
 * Copies the caller's parameters for the SDK, and wraps the models, tools and callbacks in the copy. The caller's
 * objects are never changed.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord, isFunction, isRecord, readProperty, type UnknownRecord } from "../foundation/structure.ts";
import { readSignal } from "../readers/model-call.ts";
import {
  hasCallback,
  placeholder,
  type ReplaceParameter,
  type ParametersCopy,
  type ParameterSource,
  type WrapPrepared,
} from "./callbacks.ts";
import { changeIntegrations } from "./integrations.ts";
import {
  FINISH_CALLBACKS,
  observing,
  PARAMETERS,
  START_CALLBACKS,
  STEP_CALLBACKS,
} from "./parameter-table.ts";
import type { WrappedRun } from "./wrapped-run.ts";
import { overlayOf } from "./view.ts";

const observingFinish = observing({ before: (event, run) => run.onFinish(event) });
const observingEnd = observing({ before: (_event, run) => run.onWholeResult() });

/**
 * Wraps the parameters of a call of the SDK.
 *
 * @param source the event of the callback that prepared the parameters; empty if the caller passed them
 * @returns a copy for the SDK. A parameter that cannot be wrapped is passed as it is.
 */
export function wrapParameters(parameters: object, run: WrappedRun, source: ParameterSource = {}): object {
  const input = asRecord(parameters) ?? {};
  // A run needs a report of each step if it has tools, or if no part of its result reports the steps.
  const addsStepCallback =
    needsSteps(readProperty(input, "tools"), run) && !isFunction(readProperty(input, "onStepFinish"));
  const literal = contain("parameters", () => copyOf(input, addsStepCallback));
  const copy = literal ?? overlayOf(parameters);
  run.observeSignal(readSignal(copy));
  if (addsStepCallback) contain("parameter", () => (copy.onStepFinish ??= placeholder));
  contain("telemetry", () => changeIntegrations(copy, run));
  for (const name of literal ? Object.keys(literal) : PARAMETERS.keys()) wrap(copy, name, run, source);
  contain("onFinish", () => {
    if (isTransformed(copy, run)) run.reportsFinish = true;
    const isChecked = copy.output !== undefined || copy.experimental_output !== undefined;
    run.endsAtFinish =
      run.kind.source === "baseStream" &&
      !run.reportsFinish &&
      !isChecked &&
      !hasCallback(copy, FINISH_CALLBACKS);
    // v7 calls `onEnd` instead of `onFinish` if the caller passes both.
    observeFinish(copy, isFunction(copy.onEnd) ? "onEnd" : "onFinish", run);
  });
  return copy;
}

/**
 * Wraps the callbacks in an agent's settings. The SDK reads the callbacks from the settings, and all other parameters
 * from the call that the agent has prepared (v6, v7).
 *
 * @param tools the tools of the prepared call
 * @returns a proxy of the settings, which are not changed
 */
export function tracedCallbacks(settings: object, run: WrappedRun, tools: unknown): object {
  const copy = overlayOf(settings);
  // A callback that cannot be read is not replaced by a placeholder.
  const add = (names: readonly string[], name: string): void =>
    void contain("parameter", () => {
      if (names.every((known) => copy[known] === undefined)) copy[name] = placeholder;
    });
  if (needsSteps(tools, run) && !run.observesSteps) add(STEP_CALLBACKS, "onStepFinish");
  for (const names of tools ? START_CALLBACKS : []) add(names, names[1]);
  for (const name of [...STEP_CALLBACKS, ...START_CALLBACKS.flat()]) wrap(copy, name, run);
  contain("onFinish", () => {
    if (hasCallback(copy, FINISH_CALLBACKS)) run.endsAtFinish = false;
    observeFinish(copy, "onEnd", run);
  });
  return copy;
}

/** Wraps one parameter of the copy. Its failure is contained, so the other parameters are still wrapped. */
function wrap(copy: ParametersCopy, name: string, run: WrappedRun, { model }: ParameterSource = {}): void {
  const change = PARAMETERS.get(name)?.wrap;
  if (!change) return;
  contain("parameter", () => {
    const value = copy[name];
    if (value && value !== model) copy[name] = change(value, run, tracePrepared);
  });
}

/** Whether the run must observe the step callback. */
function needsSteps(tools: unknown, run: WrappedRun): boolean {
  return !hasNoTools(tools, run) || run.endsByCallback;
}

/**
 * Whether the caller passes a transform. A transform may return a stream of another class, whose readers cannot be
 * observed.
 */
export function isTransformed(parameters: unknown, { kind }: WrappedRun): boolean {
  return kind.source === "baseStream" && asRecord(parameters)?.experimental_transform !== undefined;
}

/**
 * Wraps the transform and the step callbacks in the parameters of an agent's call. v6 calls the call's step callback
 * later if the settings have one too. So if the call has a step callback, none is added to the settings.
 *
 * @returns `undefined` if the parameters have neither a transform nor a step callback
 */
export function tracedCallParameters(parameters: unknown, run: WrappedRun): object | undefined {
  const steps = STEP_CALLBACKS.filter((name) => isFunction(readProperty(parameters, name)));
  run.observesSteps = steps.length > 0;
  if (!run.observesSteps && !isTransformed(parameters, run)) return undefined;
  const copy: ParametersCopy = { ...asRecord(parameters) };
  for (const name of ["experimental_transform", ...steps]) wrap(copy, name, run);
  return copy;
}

/**
 * Observes the callbacks that the SDK calls at the end of a run.
 *
 * @param added the name of the callback to add, if the run needs one and the caller passed none
 */
function observeFinish(copy: ParametersCopy, added: string, run: WrappedRun): void {
  const observe = (name: string, change: ReplaceParameter): void => {
    copy[name] = change(copy[name] ?? placeholder, run, tracePrepared);
  };
  // When `generateText` calls these callbacks, it has its whole result, and an abort stops nothing. So the run is
  // notified (`onFinished`) and ignores later aborts.
  for (const name of run.kind.source ? [] : FINISH_CALLBACKS)
    if (isFunction(copy[name])) observe(name, observingEnd);
  if (run.reportsFinish || run.endsByCallback) observe(added, observingFinish);
}

/**
 * Whether there are no tools. For `streamTextLowMemory` (v7) an empty set counts as none. For a set we would add a
 * callback, and with a callback the result keeps all its text in memory.
 */
function hasNoTools(tools: unknown, { kind }: WrappedRun): boolean {
  return !tools || (kind.source === "finishReason" && Object.keys(tools).length === 0);
}

const tracePrepared: WrapPrepared = (parameters, run, source) => {
  if (!isRecord(parameters)) return parameters;
  return contain("parameters", () => wrapParameters(parameters, run, source)) ?? parameters;
};

/**
 * Copies an object literal. Nearly all parameters are literals, and a copy is much faster than a proxy.
 *
 * @returns `undefined` for any other object. A copy by spread would lose inherited and non-enumerable properties, and
 *   the properties that a Proxy does not list.
 */
function copyOf(input: UnknownRecord, addsStepCallback: boolean): ParametersCopy | undefined {
  if (Object.getPrototypeOf(input) !== Object.prototype) return undefined;
  if (Object.keys(input).length < Object.getOwnPropertyNames(input).length) return undefined;
  // The placeholder is part of the literal. Adding a property later takes longer than the whole copy.
  const copy: ParametersCopy = addsStepCallback ? { onStepFinish: placeholder, ...input } : { ...input };
  const isComplete = (copy.model ?? input.model) === copy.model && (copy.tools ?? input.tools) === copy.tools;
  return isComplete ? copy : undefined;
}
