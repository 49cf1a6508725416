/**
 * One call of an SDK function or of an agent's method. It opens the run, calls the SDK's function inside the run, and
 * ends the run with the outcome. If the span is neither recorded nor measured, there is no run and the call is
 * unchanged.
 */
import type { Context } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { doctor } from "../foundation/doctor-notice.ts";
import {
  isFunction,
  isRecord,
  readProperty,
  stringOf,
  type UnknownFunction,
} from "../foundation/structure.ts";
import { readMethodName, readSubclassName } from "../readers/agent-class.ts";
import { readModelIdentity, readSettings, readSignal } from "../readers/model-call.ts";
import { enter, observeResult } from "../spans/traced-work.ts";
import { readAgentName, readOptedOut, readTelemetry, readTracer, readTurn } from "../readers/turn.ts";
import { activeContext, optedOutContext, runInContext } from "../spans/context.ts";
import { EMPTY_RUN_RECORD } from "../spans/run-span.ts";
import { enterPatch, leavePatch, patchOf } from "./patched-method.ts";
import { startOwnedSpan, runStart } from "../spans/owned-span.ts";
import type { Tracing } from "../spans/tracing.ts";
import { turnAttributes } from "../spans/turn-context.ts";
import { currentCall } from "./replaced-property.ts";
import { wrapParameters } from "./parameters.ts";
import { WrappedRun, type TracedCallee } from "./wrapped-run.ts";
import { markReplaceable, onOriginal, originalOf, rememberOriginal, untraced } from "./view.ts";

export interface TracedFunction extends TracedCallee {
  readonly original: UnknownFunction;
  /** The name of the SDK's function. Absent for an agent's method, whose name includes its class. */
  readonly name?: string;
  /** Reads the method that the SDK's class has now. The program may have replaced the method that was traced. */
  readonly current?: () => unknown;
  readonly tracing: Tracing;
  /** Whether an instrumentation traces the function. Otherwise the program's code does. */
  readonly isInstrumentation?: boolean;
  /** Present for an agent's method. Calls the method so that the SDK's calls inside it are traced. */
  readonly callAgent?: CallAgent | undefined;
}

/** Calls an agent's method by `work`. The SDK's calls inside it belong to the run. */
export type CallAgent = (
  run: WrappedRun,
  agent: object,
  args: unknown[],
  work: (args: unknown[]) => unknown,
) => unknown;

/** Wraps a function in a proxy, which keeps its name, length, properties and prototype. */
export function traceFunction(traced: TracedFunction): object {
  const { isInstrumentation = false } = traced;
  const original = untraced(traced.original, isInstrumentation);
  if (!original) return traced.original;
  const wrapped = rememberOriginal(
    onOriginal(original, (self, args) => call({ ...traced, original }, self, args)),
    original,
  );
  return isInstrumentation ? markReplaceable(wrapped) : wrapped;
}

function call(traced: TracedFunction, self: unknown, args: unknown[]): unknown {
  const { original, callAgent } = traced;
  const callOriginal = (run: WrappedRun | undefined, input: unknown[]): unknown => {
    const work = (passed: unknown[]): unknown => Reflect.apply(original, self, passed);
    return run && callAgent && isRecord(self) ? callAgent(run, self, input, work) : work(input);
  };
  // If a patch of the method calls the original, both belong to one call. So no second run is opened.
  const patch = traced.current && patchOf(self, original);
  if (patch) return leavePatch(() => callOriginal(patch.run, args));
  // The program has wrapped the agent. Its run calls the method of the class, which an instrumentation has wrapped.
  const isInside = traced.isInstrumentation && contain("agent", () => isInRunOf(self));
  if (isInside) return leavePatch(() => callOriginal(undefined, args));
  doctor()?.("call", traced.name, traced.tracing);
  const work = (input: unknown[], run?: WrappedRun): unknown => {
    const current = contain("method", () => traced.current?.());
    // The current method may be a function that we have wrapped. Then the original is called instead.
    return isFunction(current) && originalOf(current) === current && current !== original
      ? enterPatch(self, original, run, () => Reflect.apply(current, self, input))
      : callOriginal(run, input);
  };
  const started = contain("start", () => start(traced, self, args[0]));
  if (!started) return work(args);
  if (!(started instanceof WrappedRun)) return runInContext(started, () => work(args));
  const run = started;
  const parameters = contain("parameters", () => isRecord(args[0]) && tracedArgument(args[0], run, traced));
  const input = parameters ? [parameters, ...args.slice(1)] : args;
  const result = observeResult(
    enter(run.context, () => work(input, run), run),
    run,
    false,
  );
  contain("result", () => run.observePromise(result));
  return result;
}

/** The run may be one of another copy of ai-spans. */
function isInRunOf(agent: unknown): boolean {
  return isRecord(agent) && readProperty(currentCall(), "agent") === agent;
}

/**
 * @returns the traced parameters. `undefined` for an agent's method: it may be the program's method, and gets its
 *   arguments unchanged.
 */
function tracedArgument(parameters: object, run: WrappedRun, traced: TracedFunction): object | undefined {
  if (!traced.callAgent) return wrapParameters(parameters, run);
  run.observeSignal(readSignal(parameters));
  return undefined;
}

/**
 * @returns the run. If it is neither recorded nor measured, or the caller has disabled telemetry, the context to enter.
 *   If there is no context to enter, `undefined`: nothing is traced.
 */
function start(traced: TracedFunction, self: unknown, input: unknown): WrappedRun | Context | undefined {
  const { kind } = traced;
  const parameters = traced.callAgent ? parametersOfAgent(self, input) : input;
  if (!isRecord(parameters)) return undefined;
  const telemetry = readTelemetry(parameters);
  // Tools of `wrapTool` check whether they run in this context.
  if (readOptedOut(telemetry)) return optedOutContext(activeContext());
  const tracing = traced.tracing.withTracer(readTracer(telemetry));
  const context = activeContext();
  const agentId = traced.callAgent && stringOf(readProperty(self, "id"));
  const turn = turnAttributes(context);
  // The agent's id is recorded as its name, unless the caller passes another name.
  const inherited = agentId ? new Map(turn).set("agentId", agentId).set("agentName", agentId) : turn;
  const { operation, outputType } = kind;
  const isRun = operation === "invoke_agent";
  const model = readModelIdentity(readProperty(parameters, "model"));
  // `wrapAgent` takes agents of any class. The class name is recorded only for a subclass of a traced class.
  const isSubclass = traced.callAgent !== undefined && traced.sdkModule !== undefined;
  const agentName = isRun
    ? (readAgentName(parameters, telemetry, inherited) ?? (isSubclass ? readSubclassName(self) : undefined))
    : undefined;
  const request = { tracing, context, ...runStart(operation, model, { agentName, outputType }) };
  return startOwnedSpan(request, (opening) => {
    // If a getter of the caller throws here, the started span must still get its run.
    const facts = contain("start", () => ({
      turn: readTurn(parameters, telemetry, inherited),
      settings: readSettings(parameters),
      sdkCall: { sdkOperation: traced.name ?? readMethodName(self, kind.source ? "stream" : "generate") },
    }));
    const run = new WrappedRun(opening, facts ?? EMPTY_RUN_RECORD, traced);
    if (traced.callAgent && !traced.isInstrumentation) run.agent = self;
    if (traced.callAgent) run.readTurn = (prepared) => readTurn(prepared, readTelemetry(prepared), inherited);
    return run;
  });
}

/**
 * The agent's settings, overridden by the parameters of the call. The object inherits from the settings, so a property
 * is read only when code needs it.
 */
function parametersOfAgent(agent: unknown, input: unknown): unknown {
  const settings = readProperty(agent, "settings");
  // If a Proxy refuses to list its keys, only the settings are used.
  const descriptors =
    contain("start", () => (isRecord(input) ? Object.getOwnPropertyDescriptors(input) : undefined)) ?? {};
  return Object.create(isRecord(settings) ? settings : null, descriptors);
}
