/**
 * The parameters of the SDK's functions and agents that the wrapper replaces before it calls the SDK. Each has one row.
 */
import { asRecord, isFunction, isRecord } from "../foundation/structure.ts";
import { observingCallback, type CallbackObserver, type ReplaceParameter } from "./callbacks.ts";
import { wrapModel } from "./model.ts";
import { observeOutput } from "./output-check.ts";
import { observePolicies, recordApproval, recordRepair } from "./tool-callbacks.ts";
import { wrapTools } from "./tools.ts";

/**
 * What a callback reports to the run. If a run needs the report and the caller has passed no such callback, one is
 * added.
 */
type Report = "start" | "step" | "finish";

export interface Parameter {
  /** The name in the SDK (v5 to v7). Some majors add the prefix `experimental_` to some of the names. */
  readonly name: string;
  /** Returns the value that the SDK gets. Absent if that value also depends on other parameters. */
  readonly wrap?: ReplaceParameter;
  readonly reports?: Report;
}

/**
 * Wraps a callback. In its events, our proxies of all parameters in this table are replaced by the caller's originals.
 */
export function observing(observer: CallbackObserver = {}): ReplaceParameter {
  return observingCallback((name) => PARAMETERS.has(name), observer);
}

const observingSteps = observing({
  before: (step, run) => {
    run.toolCalls.onStep(step);
    if (isRecord(step)) run.onStepPart(step);
  },
});
const observingApproval = observing({
  after: (status, { toolCalls }, event) => recordApproval(status, asRecord(event)?.toolCall, toolCalls),
});

const ROWS: readonly Parameter[] = [
  { name: "model", wrap: wrapModel },
  { name: "tools", wrap: wrapTools },
  {
    name: "toolApproval",
    wrap: (policy, run, trace) =>
      isFunction(policy) ? observingApproval(policy, run, trace) : observePolicies(policy, run.toolCalls),
  },
  {
    name: "repairToolCall",
    wrap: observing({ after: (call, { toolCalls }) => recordRepair(call, toolCalls) }),
  },
  { name: "output", wrap: observeOutput },
  { name: "transform", wrap: observing() },
  { name: "telemetry" },
  { name: "prepareStep", wrap: observing({ prepares: "step" }) },
  { name: "prepareCall", wrap: observing({ prepares: "call" }) },
  { name: "onStart", wrap: observing(), reports: "start" },
  { name: "onStepStart", wrap: observing(), reports: "start" },
  { name: "onStepFinish", wrap: observingSteps, reports: "step" },
  // v7 calls `onStepEnd` instead of `onStepFinish` if the caller passes both.
  { name: "onStepEnd", wrap: observingSteps, reports: "step" },
  { name: "onStepError", wrap: observing() },
  { name: "onFinish", reports: "finish" },
  // v7 calls `onEnd` instead of `onFinish` if the caller passes both.
  { name: "onEnd", reports: "finish" },
];

/** The rows by name, with and without the prefix `experimental_`. */
export const PARAMETERS: ReadonlyMap<string, Parameter> = new Map(
  ROWS.flatMap((row) => [[row.name, row] as const, [`experimental_${row.name}`, row] as const]),
);

const namesOf = (report: Report): readonly string[] =>
  ROWS.filter(({ reports }) => reports === report).map(({ name }) => name);

export const START_CALLBACKS = namesOf("start").map((name) => [`experimental_${name}`, name] as const);
export const STEP_CALLBACKS = namesOf("step");
export const FINISH_CALLBACKS = namesOf("finish");
