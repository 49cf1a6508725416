/**
 * The parameters the SDK gets in place of the caller's: a copy with traced models, tools and callbacks. The caller's
 * objects are never changed.
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

/** Where the parameters come from. */
export interface ParameterOrigin {
  /** Of a prepared step: the model that it would have had, as the SDK knows it. */
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
  // v7 prefers it where it is given.
  onStepEnd: observingSteps,
  prepareStep: restoringOriginals({
    replaceResult: (step, run, _event, model) => prepared(step, run, { model }),
  }),
  // What it changes in its event counts as well, where it returns nothing.
  prepareCall: restoringOriginals({ replaceResult: (call, run, event) => prepared(call ?? event, run) }),
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

/** Callbacks that are put where the caller has none, under the first of their names. */
const STEP_CALLBACKS = ["onStepFinish", "onStepEnd"];
const EVENT_CALLBACKS = [
  ["experimental_onStart", "onStart"],
  ["experimental_onStepStart", "onStepStart"],
] as const;

const FINISH_CALLBACKS = ["onFinish", "onEnd"];

export function tracedParameters(parameters: object, run: WrappedRun, origin: ParameterOrigin = {}): object {
  const given = asRecord(parameters) ?? {};
  // Without tools we add no `onStepFinish`, where the result's own parts say what a step was.
  const addsNone =
    !needsSteps(readProperty(given, "tools"), run) || isFunction(readProperty(given, "onStepFinish"));
  const literal = contain("parameters", () => copyOf(given, addsNone));
  const copy = literal ?? overlayOf(parameters);
  run.watchSignal(readSignal(copy));
  if (!addsNone) contain("parameter", () => (copy.onStepFinish ??= placeholder));
  contain("telemetry", () => changeIntegrations(copy, run));
  for (const name of literal ? Object.keys(literal) : CHANGES.keys()) {
    const change = CHANGES.get(name);
    if (change) contain("parameter", () => replaceParameter(copy, name, change, run, origin));
  }
  contain("onFinish", () => {
    if (isTransformed(copy, run)) run.reportsFinish = true;
    const isChecked = copy.output !== undefined || copy.experimental_output !== undefined;
    run.endsAtFinish =
      run.kind.source === "baseStream" && !run.reportsFinish && !isChecked && !has(copy, FINISH_CALLBACKS);
    if (!run.kind.source) observeEnd(copy, run);
    // v7 calls `onEnd` where there is one.
    if (run.reportsFinish || run.isUnobserved)
      addFinishCallback(copy, isFunction(copy.onEnd) ? "onEnd" : "onFinish", run);
  });
  return copy;
}

/**
 * An agent's settings with its callbacks alone traced, which the SDK reads beside the call that the agent has prepared
 * (v6, v7).
 *
 * @param tools of that call
 */
export function tracedCallbacks(settings: object, run: WrappedRun, tools: unknown): object {
  const copy = overlayOf(settings);
  // A callback that cannot be read stays where it is.
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
    if (has(copy, FINISH_CALLBACKS)) run.endsAtFinish = false;
    if (!run.kind.source) observeEnd(copy, run);
    if (run.reportsFinish || run.isUnobserved) addFinishCallback(copy, "onEnd", run);
  });
  return copy;
}

/** What fails costs this parameter's traces alone. */
function replaceParameter(
  copy: ParametersCopy,
  name: string,
  change: Change,
  run: WrappedRun,
  { model }: ParameterOrigin,
): void {
  const value = copy[name];
  if (!value || value === model) return;
  copy[name] = change(value, run);
}

/** Whether `onStepFinish` is to be observed. */
function needsSteps(tools: unknown, run: WrappedRun): boolean {
  return !hasNone(tools, run) || run.isUnobserved;
}

/** The output of a streamed text is checked when the text is complete, before the stream ends (v6, v7). */
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
          // A text that stopped for a call of a tool has no output yet. The SDK asks for one, for its callbacks.
          if (readProperty(args[1], "finishReason") === "tool-calls") run.onOutputChecked(undefined);
          else run.onOutputCheck();
          return run.isCheckingOutput;
        });
        return isChecked ? observeResult(check(), observer, true) : check();
      });
    }),
  );
}

/** A transform of the program's may give a stream of its own class, whose readers nothing else shows. */
export function isTransformed(parameters: unknown, { kind }: WrappedRun): boolean {
  return kind.source === "baseStream" && asRecord(parameters)?.experimental_transform !== undefined;
}

/**
 * The parameters of an agent's call with their transform and callbacks of steps traced. `undefined`: they have none. v6
 * calls a callback later that stands beside one of the settings, so none is added there then.
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

/** The program's callbacks for the end of a run whose result is a promise: an abort stops nothing after them. */
function observeEnd(copy: ParametersCopy, run: WrappedRun): void {
  for (const name of FINISH_CALLBACKS) if (isFunction(copy[name])) copy[name] = observingEnd(copy[name], run);
}

function addFinishCallback(copy: ParametersCopy, name: string, run: WrappedRun): void {
  copy[name] = observingFinish(copy[name] ?? placeholder, run);
}

/** A result that keeps little keeps all of its text for the sake of a callback: there, an empty set is none. */
function hasNone(tools: unknown, { kind }: WrappedRun): boolean {
  return !tools || (kind.source === "finishReason" && Object.keys(tools).length === 0);
}

/** What a callback of the caller's prepares may have another model or other tools. */
function prepared(parameters: unknown, run: WrappedRun, origin?: ParameterOrigin): unknown {
  const isGiven = isRecord(parameters);
  return (isGiven && contain("parameters", () => tracedParameters(parameters, run, origin))) || parameters;
}

/**
 * A literal, which nearly all are, is copied much faster than it is stood in for. `undefined`: others may keep what the
 * SDK reads on a prototype, not enumerable, or behind a Proxy.
 */
function copyOf(given: UnknownRecord, addsNone: boolean): ParametersCopy | undefined {
  if (Object.getPrototypeOf(given) !== Object.prototype) return undefined;
  if (Object.keys(given).length < Object.getOwnPropertyNames(given).length) return undefined;
  // To add a property later costs more than all else here.
  const copy: ParametersCopy = addsNone ? { ...given } : { onStepFinish: placeholder, ...given };
  const isWhole = (copy.model ?? given.model) === copy.model && (copy.tools ?? given.tools) === copy.tools;
  return isWhole ? copy : undefined;
}

function has(parameters: UnknownRecord | undefined, names: readonly string[]): boolean {
  return names.some((name) => isFunction(readProperty(parameters, name)));
}

/**
 * A call that is wrapped is traced once: our own adapters are left out of its integrations (v7). Others see the events of
 * the caller's callbacks, which show what is the caller's own. A tool search adds a hook.
 */
function changeIntegrations(copy: ParametersCopy, run: WrappedRun): void {
  const hook = searchHook(copy.tools, run);
  // A step that the program has prepared may have neither.
  if (!copy.telemetry && !copy.model && !hook) return;
  const given = copy.telemetry ?? copy.experimental_telemetry;
  const integrations = asRecord(given)?.integrations ?? asRecord(globalThis)?.AI_SDK_TELEMETRY_INTEGRATIONS;
  if (!integrations && !hook) return;
  const all: unknown[] = Array.isArray(integrations) ? integrations : integrations ? [integrations] : [];
  const others = all.filter((integration) => !isAdapter(integration));
  if (others.length < all.length || hook) {
    const own = copy.telemetry ?? placeholder;
    const changed = hook ? [hook, ...others] : others;
    copy.telemetry = rememberOriginal({ ...asRecord(given), integrations: changed }, own);
  }
  if (others.length === 0 || !copy.tools) return;
  for (const names of EVENT_CALLBACKS) if (!has(copy, names)) copy[names[0]] = placeholder;
}
