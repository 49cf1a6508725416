/**
 * The parameters the SDK gets in place of the caller's: a copy with traced models, tools and callbacks. The caller's
 * objects are never changed.
 */
import { contain } from "../containment.ts";
import { asRecord, isFunction, isRecord, type UnknownRecord } from "../readers/structure.ts";
import { readSignal } from "../readers/model-call.ts";
import { isAdapter } from "../runs/adapter-brand.ts";
import { notGiven, showsOwn, type Change } from "./callbacks.ts";
import { wrapModel } from "./model.ts";
import { PARAMETERS } from "./operations.ts";
import type { WrappedRun } from "./wrapped-run.ts";
import { seeApproval, seePolicies, seeRepair } from "./tool-callbacks.ts";
import { wrapTools } from "./tools.ts";
import { overlayOf, standsFor } from "./view.ts";

/** Where the parameters come from. */
export interface ParameterOrigin {
  /** Of an agent's settings: the parameters of its call, whose callbacks are called as well as theirs. */
  readonly ofCall?: unknown;
  /** Of a prepared step: the model that it would have had, as the SDK knows it. */
  readonly model?: unknown;
}

type ParametersCopy = Record<PropertyKey, unknown>;

const seesSteps = showsOwn({ sees: (step, { toolCalls }) => toolCalls.onStep(step) });
const seesFinish = showsOwn({ sees: (event, scope) => scope.seeFinish(event) });
const hearsApproval = showsOwn({
  hears: (status, { toolCalls }, event) => seeApproval(status, asRecord(event)?.toolCall, toolCalls),
});

const changes: Readonly<Record<(typeof PARAMETERS)[number], Change>> = {
  model: wrapModel,
  tools: wrapTools,
  toolApproval: (policy, scope) =>
    isFunction(policy) ? hearsApproval(policy, scope) : seePolicies(policy, scope.toolCalls),
  onStepFinish: seesSteps,
  // v7 prefers it where it is given.
  onStepEnd: seesSteps,
  prepareStep: showsOwn({ answers: (step, scope, _event, model) => prepared(step, scope, { model }) }),
  // What it changes in its event counts as well, where it returns nothing.
  prepareCall: showsOwn({ answers: (call, scope, event) => prepared(call ?? event, scope) }),
  onStart: showsOwn(),
  onStepStart: showsOwn(),
  onStepError: showsOwn(),
  transform: showsOwn(),
  repairToolCall: showsOwn({ hears: (call, { toolCalls }) => seeRepair(call, toolCalls) }),
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

export function tracedParameters(
  parameters: object,
  scope: WrappedRun,
  origin: ParameterOrigin = {},
): object {
  const { ofCall } = origin;
  const given = asRecord(parameters) ?? {};
  // What has no tools is not listened to for our sake. An agent has its own, beside the parameters of its call.
  const isHeard =
    hasNone(given.tools, scope) || isFunction(given.onStepFinish) || has(asRecord(ofCall), STEP_CALLBACKS);
  const literal = contain("parameters", () => copyOf(given, isHeard));
  const copy = literal ?? overlayOf(parameters);
  scope.seeSignal(readSignal(copy));
  if (!isHeard) copy.onStepFinish ??= notGiven;
  // A call of an agent may leave both to the agent's settings.
  if (copy.model || copy.telemetry) seeIntegrations(copy, ofCall);
  for (const name of literal ? Object.keys(literal) : CHANGES.keys()) {
    const change = CHANGES.get(name);
    const value = change && copy[name];
    if (!value || value === origin.model) continue;
    const traced = change(value, scope);
    copy[name] = traced;
    // Whoever prepares an agent's call is shown its settings.
    if (ofCall && traced !== value) standsFor(traced, value);
  }
  if (scope.kind.isChecked) copy.onFinish = seesFinish(copy.onFinish ?? notGiven, scope);
  return ofCall ? standsFor(copy, parameters) : copy;
}

/** A result that keeps little keeps all of its text for the sake of a callback: there, an empty set is none. */
function hasNone(tools: unknown, { kind }: WrappedRun): boolean {
  return !tools || (kind.source === "finishReason" && Object.keys(tools).length === 0);
}

/** What a callback of the caller's prepares may have another model or other tools. */
function prepared(parameters: unknown, scope: WrappedRun, origin?: ParameterOrigin): unknown {
  const isGiven = isRecord(parameters);
  return (isGiven && contain("parameters", () => tracedParameters(parameters, scope, origin))) || parameters;
}

/**
 * A literal, which nearly all are, is copied much faster than it is stood in for. `undefined`: others may keep what the
 * SDK reads on a prototype, not enumerable, or behind a Proxy.
 */
function copyOf(given: UnknownRecord, isHeard: boolean): ParametersCopy | undefined {
  if (Object.getPrototypeOf(given) !== Object.prototype) return undefined;
  if (Object.keys(given).length < Object.getOwnPropertyNames(given).length) return undefined;
  // To add a property later costs more than all else here.
  const copy: ParametersCopy = isHeard ? { ...given } : { onStepFinish: notGiven, ...given };
  const isWhole = (copy.model ?? given.model) === copy.model && (copy.tools ?? given.tools) === copy.tools;
  return isWhole ? copy : undefined;
}

function has(parameters: UnknownRecord | undefined, names: readonly string[]): boolean {
  return names.some((name) => isFunction(parameters?.[name]));
}

/**
 * A call that is wrapped is traced once: our own adapters are left out of its integrations (v7). Others see the events of
 * the caller's callbacks, which show what is the caller's own.
 */
function seeIntegrations(copy: ParametersCopy, ofCall: unknown): void {
  const given = copy.telemetry ?? copy.experimental_telemetry;
  const integrations = asRecord(given)?.integrations ?? asRecord(globalThis)?.AI_SDK_TELEMETRY_INTEGRATIONS;
  if (!integrations) return;
  const all: unknown[] = Array.isArray(integrations) ? integrations : [integrations];
  const others = all.filter((integration) => !isAdapter(integration));
  if (others.length < all.length) {
    const own = copy.telemetry ?? notGiven;
    copy.telemetry = standsFor({ ...asRecord(given), integrations: others }, own);
  }
  if (others.length === 0 || !copy.tools) return;
  for (const names of EVENT_CALLBACKS) {
    if (!has(copy, names) && !has(asRecord(ofCall), names)) copy[names[0]] = notGiven;
  }
}
