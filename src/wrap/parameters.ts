/**
 * Copies the caller's parameters for the SDK and wraps the models, tools and callbacks in the copy. The caller's objects
 * are never changed.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord, isFunction, isRecord, readProperty, type UnknownRecord } from "../foundation/structure.ts";
import { readSignal } from "../readers/model-call.ts";
import { isAdapter } from "../runs/adapter-brand.ts";
import { observeResult, type WorkObserver } from "../runs/traced-work.ts";
import { placeholder, restoringOriginals, type Change } from "./callbacks.ts";
import { wrapModel } from "./model.ts";
import { PARAMETERS } from "./operations.ts";
import type { WrappedRun } from "./wrapped-run.ts";
import { recordApproval, observePolicies, recordRepair } from "./tool-callbacks.ts";
import { searchHook } from "./tool-search.ts";
import { wrapTools } from "./tools.ts";
import { cached, onOriginal, overlayOf, rememberOriginal, viewOf } from "./view.ts";

/** The event of the callback that prepared the parameters. */
export interface ParameterSource {
  /** The model in the event of `prepareStep`. If the callback returns the same model, it is not wrapped again. */
  readonly model?: unknown;
}

type ParametersCopy = Record<PropertyKey, unknown>;

const observingSteps = restoringOriginals({
  before: (step, run) => {
    run.toolCalls.onStep(step);
    if (isRecord(step)) run.onStepPart(step);
  },
});
const observingFinish = restoringOriginals({ before: (event, run) => run.onFinish(event) });
const observingEnd = restoringOriginals({ before: (_event, run) => run.onFinished() });
const observingApproval = restoringOriginals({
  after: (status, { toolCalls }, event) => recordApproval(status, asRecord(event)?.toolCall, toolCalls),
});

const changes: Readonly<Record<(typeof PARAMETERS)[number], Change>> = {
  model: wrapModel,
  tools: wrapTools,
  toolApproval: (policy, run) =>
    isFunction(policy) ? observingApproval(policy, run) : observePolicies(policy, run.toolCalls),
  output: observeOutput,
  onStepFinish: observingSteps,
  // v7 calls it instead of `onStepFinish` if both are there.
  onStepEnd: observingSteps,
  prepareStep: restoringOriginals({
    replaceResult: (step, run, _event, model) => wrapPrepared(step, run, { model }),
  }),
  // If it returns nothing, the SDK uses the event, which the callback may have changed.
  prepareCall: restoringOriginals({ replaceResult: (call, run, event) => wrapPrepared(call ?? event, run) }),
  onStart: restoringOriginals(),
  onStepStart: restoringOriginals(),
  onStepError: restoringOriginals(),
  transform: restoringOriginals(),
  repairToolCall: restoringOriginals({ after: (call, { toolCalls }) => recordRepair(call, toolCalls) }),
};

const CHANGES: ReadonlyMap<string, Change> = new Map(
  PARAMETERS.flatMap((name) => [
    [name, changes[name]] as const,
    [`experimental_${name}`, changes[name]] as const,
  ]),
);

/** Callbacks that are added if the caller has none under any of their names. */
const STEP_CALLBACKS = ["onStepFinish", "onStepEnd"];
const EVENT_CALLBACKS = [
  ["experimental_onStart", "onStart"],
  ["experimental_onStepStart", "onStepStart"],
] as const;

/** The names of the callback at the end of a run. */
const FINISH_CALLBACKS = ["onFinish", "onEnd"];

/**
 * Wraps the parameters of a call of the SDK.
 *
 * @param source the event that the parameters were prepared from. Default: the caller passed them.
 * @returns a copy for the SDK. A parameter that cannot be wrapped is passed as it is.
 */
export function tracedParameters(parameters: object, run: WrappedRun, source: ParameterSource = {}): object {
  const input = asRecord(parameters) ?? {};
  // Without tools we add no `onStepFinish` if the parts of the result report the steps.
  const addsNoStepCallback =
    !needsSteps(readProperty(input, "tools"), run) || isFunction(readProperty(input, "onStepFinish"));
  const literal = contain("parameters", () => copyOf(input, addsNoStepCallback));
  const copy = literal ?? overlayOf(parameters);
  run.observeSignal(readSignal(copy));
  if (!addsNoStepCallback) contain("parameter", () => (copy.onStepFinish ??= placeholder));
  contain("telemetry", () => changeIntegrations(copy, run));
  for (const name of literal ? Object.keys(literal) : CHANGES.keys()) {
    const change = CHANGES.get(name);
    if (change) contain("parameter", () => replaceParameter(copy, name, change, run, source));
  }
  contain("onFinish", () => {
    if (isTransformed(copy, run)) run.reportsFinish = true;
    const isChecked = copy.output !== undefined || copy.experimental_output !== undefined;
    run.endsAtFinish =
      run.kind.source === "baseStream" &&
      !run.reportsFinish &&
      !isChecked &&
      !hasCallback(copy, FINISH_CALLBACKS);
    if (!run.kind.source) observeEnd(copy, run);
    // v7 calls `onEnd` instead of `onFinish` if both are there.
    if (run.reportsFinish || run.isUnobserved)
      addFinishCallback(copy, isFunction(copy.onEnd) ? "onEnd" : "onFinish", run);
  });
  return copy;
}

/**
 * Wraps only the callbacks of an agent's settings. The SDK reads them there, and all other parameters from the call that
 * the agent has prepared (v6, v7).
 *
 * @param tools the tools of that call
 * @returns a proxy of the settings, which are not changed
 */
export function tracedCallbacks(settings: object, run: WrappedRun, tools: unknown): object {
  const copy = overlayOf(settings);
  // A callback that cannot be read is not replaced.
  const add = (names: readonly string[], name: string): void =>
    void contain("parameter", () => {
      if (names.every((known) => copy[known] === undefined)) copy[name] = placeholder;
    });
  if (needsSteps(tools, run) && !run.observesSteps) add(STEP_CALLBACKS, "onStepFinish");
  for (const names of tools ? EVENT_CALLBACKS : []) add(names, names[1]);
  for (const name of [...STEP_CALLBACKS, ...EVENT_CALLBACKS.flat()]) {
    const change = CHANGES.get(name);
    if (change) contain("parameter", () => replaceParameter(copy, name, change, run, {}));
  }
  contain("onFinish", () => {
    if (hasCallback(copy, FINISH_CALLBACKS)) run.endsAtFinish = false;
    if (!run.kind.source) observeEnd(copy, run);
    if (run.reportsFinish || run.isUnobserved) addFinishCallback(copy, "onEnd", run);
  });
  return copy;
}

/** Replaces one parameter of the copy. A failure is contained for each parameter, so the others are still wrapped. */
function replaceParameter(
  copy: ParametersCopy,
  name: string,
  change: Change,
  run: WrappedRun,
  { model }: ParameterSource,
): void {
  const value = copy[name];
  if (!value || value === model) return;
  copy[name] = change(value, run);
}

/** Whether `onStepFinish` is to be observed. */
function needsSteps(tools: unknown, run: WrappedRun): boolean {
  return !hasNoTools(tools, run) || run.isUnobserved;
}

/**
 * Observes the check of a streamed text's output. The SDK checks it when the text is complete, before the stream ends
 * (v6, v7).
 */
function observeOutput(output: unknown, run: WrappedRun): unknown {
  if (!run.kind.source || !isRecord(output)) return output;
  run.onOutput();
  const observer: WorkObserver = {
    onValue: () => run.onOutputChecked(undefined),
    onError: (failure) => run.onOutputChecked({ failure }),
  };
  return viewOf<object>(
    output,
    cached((property, key) => {
      if (!isFunction(property) || key !== "parseCompleteOutput") return property;
      return onOriginal(property, (self, args) => {
        const check = (): unknown => Reflect.apply(property, self, args);
        const isChecked = contain("check of an output", () => {
          // A text that ends with a tool call has no output yet. The SDK parses it for its callbacks all the same.
          if (readProperty(args[1], "finishReason") === "tool-calls") run.onOutputChecked(undefined);
          else run.onOutputCheck();
          return run.isCheckingOutput;
        });
        return isChecked ? observeResult(check(), observer, true) : check();
      });
    }),
  );
}

/** Whether the caller passes a transform. It may return a stream of another class, whose readers cannot be observed. */
export function isTransformed(parameters: unknown, { kind }: WrappedRun): boolean {
  return kind.source === "baseStream" && asRecord(parameters)?.experimental_transform !== undefined;
}

/**
 * Wraps the transform and the step callbacks among the parameters of an agent's call. v6 calls a step callback later if
 * the settings have one too. So if the call has one, none is added to the settings.
 *
 * @returns `undefined` if the parameters have neither
 */
export function tracedCallParameters(parameters: unknown, run: WrappedRun): object | undefined {
  const steps = STEP_CALLBACKS.filter((name) => isFunction(readProperty(parameters, name)));
  run.observesSteps = steps.length > 0;
  if (!run.observesSteps && !isTransformed(parameters, run)) return undefined;
  const copy: ParametersCopy = { ...asRecord(parameters) };
  for (const name of ["experimental_transform", ...steps]) {
    const change = CHANGES.get(name);
    if (change) contain("parameter", () => replaceParameter(copy, name, change, run, {}));
  }
  return copy;
}

/** Observes the callbacks at the end of a run whose result is a promise. An abort in them, or later, stops nothing. */
function observeEnd(copy: ParametersCopy, run: WrappedRun): void {
  for (const name of FINISH_CALLBACKS) if (isFunction(copy[name])) copy[name] = observingEnd(copy[name], run);
}

function addFinishCallback(copy: ParametersCopy, name: string, run: WrappedRun): void {
  copy[name] = observingFinish(copy[name] ?? placeholder, run);
}

/**
 * Whether there are no tools. For `streamTextLowMemory` (v7) an empty set counts as none: we would add a callback for the
 * set, and a callback makes its result keep all the text.
 */
function hasNoTools(tools: unknown, { kind }: WrappedRun): boolean {
  return !tools || (kind.source === "finishReason" && Object.keys(tools).length === 0);
}

/** Wraps the parameters that a callback of the caller returned. They may have another model or other tools. */
function wrapPrepared(parameters: unknown, run: WrappedRun, source?: ParameterSource): unknown {
  if (!isRecord(parameters)) return parameters;
  return contain("parameters", () => tracedParameters(parameters, run, source)) ?? parameters;
}

/**
 * Copies an object literal. Nearly all parameters are literals, and a copy is much faster than a proxy.
 *
 * @returns `undefined` for any other object. A spread would lose inherited and non-enumerable properties, and what a Proxy
 *   hides.
 */
function copyOf(input: UnknownRecord, addsNoStepCallback: boolean): ParametersCopy | undefined {
  if (Object.getPrototypeOf(input) !== Object.prototype) return undefined;
  if (Object.keys(input).length < Object.getOwnPropertyNames(input).length) return undefined;
  // The placeholder is added in the literal, because a later addition is slower than the whole copy.
  const copy: ParametersCopy = addsNoStepCallback ? { ...input } : { onStepFinish: placeholder, ...input };
  const isWhole = (copy.model ?? input.model) === copy.model && (copy.tools ?? input.tools) === copy.tools;
  return isWhole ? copy : undefined;
}

function hasCallback(parameters: UnknownRecord | undefined, names: readonly string[]): boolean {
  return names.some((name) => isFunction(readProperty(parameters, name)));
}

/**
 * Changes the telemetry integrations of a call (v7):
 * - Our adapters are removed, because the wrapper traces the call already.
 * - The hook of a tool search is added.
 * - The other integrations share the events of the caller's callbacks. So missing callbacks are added, which replace the
 *   proxies in these events by the originals.
 */
function changeIntegrations(copy: ParametersCopy, run: WrappedRun): void {
  const hook = searchHook(copy.tools, run);
  // A step that the program has prepared may have neither model nor telemetry.
  if (!copy.telemetry && !copy.model && !hook) return;
  const telemetry = copy.telemetry ?? copy.experimental_telemetry;
  const integrations =
    asRecord(telemetry)?.integrations ?? asRecord(globalThis)?.AI_SDK_TELEMETRY_INTEGRATIONS;
  if (!integrations && !hook) return;
  const all: unknown[] = Array.isArray(integrations) ? integrations : integrations ? [integrations] : [];
  const others = all.filter((integration) => !isAdapter(integration));
  if (others.length < all.length || hook) {
    const original = copy.telemetry ?? placeholder;
    const changed = hook ? [hook, ...others] : others;
    copy.telemetry = rememberOriginal({ ...asRecord(telemetry), integrations: changed }, original);
  }
  if (others.length === 0 || !copy.tools) return;
  for (const names of EVENT_CALLBACKS) if (!hasCallback(copy, names)) copy[names[0]] = placeholder;
}
