/**
 * One call of an SDK function or of an agent's method. It opens the run, runs the SDK inside, and ends the run with the
 * outcome. If the span does not record, the call runs unchanged.
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
import { openSpan, runStart } from "../spans/opening.ts";
import type { Tracing } from "../spans/tracing.ts";
import { turnAttributes } from "../spans/turn-context.ts";
import { currentCall } from "./lens.ts";
import { tracedParameters } from "./parameters.ts";
import { WrappedRun, type RunOrigin } from "./wrapped-run.ts";
import { markReplaceable, onOriginal, originalOf, rememberOriginal, untraced } from "./view.ts";

export interface TracedFunction extends RunOrigin {
  readonly original: UnknownFunction;
  /** The SDK's name of the function. The name of an agent's method comes from its class. */
  readonly name?: string;
  /** Reads the method that the class has now. The program may have replaced the traced one. */
  readonly current?: () => unknown;
  readonly tracing: Tracing;
  /** Whether an instrumentation traces the function, and no code of the program. */
  readonly isInstrumentation?: boolean;
  /** Present for an agent's method: traces the SDK's calls inside it. */
  readonly insideAgent?: InsideAgent | undefined;
}

/** Calls an agent's method. The SDK's calls inside belong to the run. */
export type InsideAgent = (
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
  const { original, insideAgent } = traced;
  const callOriginal = (run: WrappedRun | undefined, input: unknown[]): unknown => {
    const work = (passed: unknown[]): unknown => Reflect.apply(original, self, passed);
    return run && insideAgent && isRecord(self) ? insideAgent(run, self, input, work) : work(input);
  };
  // A patch of the method calls the original. That is still the same call.
  const patch = traced.current && patchOf(self, original);
  if (patch) return leavePatch(() => callOriginal(patch.run, args));
  // The program has wrapped the agent. Its run calls the method of the class, which an instrumentation has wrapped.
  const isInside = traced.isInstrumentation && contain("agent", () => isInRunOf(self));
  if (isInside) return leavePatch(() => callOriginal(undefined, args));
  doctor()?.("call", traced.name, traced.tracing);
  const work = (input: unknown[], run?: WrappedRun): unknown => {
    const current = contain("method", () => traced.current?.());
    // The current method may be a wrapped one of ours.
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

/** `undefined`: the parameters stay as they are. An agent's method may be the program's, which passes them on itself. */
function tracedArgument(parameters: object, run: WrappedRun, traced: TracedFunction): object | undefined {
  if (!traced.insideAgent) return tracedParameters(parameters, run);
  run.observeSignal(readSignal(parameters));
  return undefined;
}

/**
 * @returns the run. If it is neither recorded nor measured, or the caller wants no telemetry: the context to enter, if
 *   there is one. `undefined`: nothing is traced
 */
function start(traced: TracedFunction, self: unknown, input: unknown): WrappedRun | Context | undefined {
  const { kind } = traced;
  const parameters = traced.insideAgent ? parametersOfAgent(self, input) : input;
  if (!isRecord(parameters)) return undefined;
  const telemetry = readTelemetry(parameters);
  // Tools of `wrapTool` look for this context.
  if (readOptedOut(telemetry)) return optedOutContext(activeContext());
  const tracing = traced.tracing.withTracer(readTracer(telemetry));
  const context = activeContext();
  const agentId = traced.insideAgent && stringOf(readProperty(self, "id"));
  const inherited = new Map(turnAttributes(context));
  // Each agent starts a turn. Its id is its name unless the caller passes another.
  if (agentId) inherited.set("agentId", agentId).set("agentName", agentId);
  const { operation, outputType } = kind;
  const isRun = operation === "invoke_agent";
  const model = readModelIdentity(readProperty(parameters, "model"));
  // `wrapAgent` takes agents of any class. Only a subclass of a traced class gives its class name.
  const isSubclass = traced.insideAgent !== undefined && traced.namespace !== undefined;
  const agentName = isRun
    ? (readAgentName(parameters, telemetry, inherited) ?? (isSubclass ? readSubclassName(self) : undefined))
    : undefined;
  const request = { tracing, context, ...runStart(operation, model, { agentName, outputType }) };
  return openSpan(request, (opening) => {
    // A getter may throw. The span that has begun must not be lost.
    const facts = contain("start", () => ({
      turn: readTurn(parameters, telemetry, inherited),
      settings: readSettings(parameters),
      sdkCall: { sdkOperation: traced.name ?? readMethodName(self, kind.source ? "stream" : "generate") },
    }));
    const run = new WrappedRun(opening, facts ?? EMPTY_RUN_RECORD, traced);
    if (traced.insideAgent && !traced.isInstrumentation) run.agent = self;
    if (traced.insideAgent)
      run.readTurn = (prepared) => readTurn(prepared, readTelemetry(prepared), inherited);
    return run;
  });
}

/** The settings of the agent and the parameters of the call, which win. A property is read only when it is asked for. */
function parametersOfAgent(agent: unknown, input: unknown): unknown {
  const settings = readProperty(agent, "settings");
  // If a Proxy refuses to list its keys, the settings remain.
  const descriptors =
    contain("start", () => (isRecord(input) ? Object.getOwnPropertyDescriptors(input) : undefined)) ?? {};
  return Object.create(isRecord(settings) ? settings : null, descriptors);
}
