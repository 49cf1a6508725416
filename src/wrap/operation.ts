/**
 * One call of an SDK function or of an agent's method: opens its run, lets the SDK work inside, and ends the run with
 * what came of it. A span that does not record leaves the call as it was.
 */
import type { Context } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import {
  isFunction,
  isRecord,
  readProperty,
  stringOf,
  type UnknownFunction,
} from "../foundation/structure.ts";
import { readMethodName, readSubclassName } from "../readers/agent-class.ts";
import { readModelIdentity, readSettings, readSignal } from "../readers/model-call.ts";
import { enter, observeResult } from "../runs/traced-work.ts";
import { readAgentName, readOptedOut, readTelemetry, readTracer, readTurn } from "../readers/turn.ts";
import { activeContext, optedOutContext, runInContext } from "../spans/context.ts";
import { EMPTY_RUN_RECORD } from "../spans/agent-run.ts";
import { enterPatch, leavePatch, patchOf } from "./patched-method.ts";
import { openSpan, runStart } from "../spans/opening.ts";
import type { Tracing } from "../spans/tracing.ts";
import { turnAttributes } from "../spans/turn-context.ts";
import { tracedParameters } from "./parameters.ts";
import { WrappedRun, type RunOrigin } from "./wrapped-run.ts";
import { onOriginal, originalOf, rememberOriginal } from "./view.ts";

export interface TracedFunction extends RunOrigin {
  readonly original: UnknownFunction;
  /** The SDK's name of it; of an agent's method its class says it. */
  readonly name?: string;
  /** The method that the class has now: the program may have replaced it after it was traced. */
  readonly current?: () => unknown;
  readonly tracing: Tracing;
  /** Of an agent's method: has the SDK's calls inside traced. */
  readonly insideAgent?: InsideAgent | undefined;
}

/** Calls an agent's method so that what the SDK calls inside belongs to the run. */
export type InsideAgent = (
  run: WrappedRun,
  agent: object,
  args: unknown[],
  work: (args: unknown[]) => unknown,
) => unknown;

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
  const { original, insideAgent } = traced;
  const callOriginal = (run: WrappedRun | undefined, given: unknown[]): unknown => {
    const work = (passed: unknown[]): unknown => Reflect.apply(original, self, passed);
    return run && insideAgent && isRecord(self) ? insideAgent(run, self, given, work) : work(given);
  };
  // A patch that was put into the place of the original calls what was there before: that is this call still.
  const patch = traced.current && patchOf(self, original);
  if (patch) return leavePatch(() => callOriginal(patch.run, args));
  const work = (given: unknown[], run?: WrappedRun): unknown => {
    const current = contain("method", () => traced.current?.());
    // Ours may have been put there.
    return isFunction(current) && originalOf(current) === current && current !== original
      ? enterPatch(self, original, run, () => Reflect.apply(current, self, given))
      : callOriginal(run, given);
  };
  const started = contain("start", () => start(traced, self, args[0]));
  if (!started) return work(args);
  if (!(started instanceof WrappedRun)) return runInContext(started, () => work(args));
  const run = started;
  const parameters = contain("parameters", () => isRecord(args[0]) && tracedArgument(args[0], run, traced));
  const given = parameters ? [parameters, ...args.slice(1)] : args;
  const result = observeResult(
    enter(run.context, () => work(given, run), run),
    run,
    false,
  );
  contain("result", () => run.watchPromise(result));
  return result;
}

/** `undefined`: it is passed as it is. An agent's method may be the program's, and hands it on in its own way. */
function tracedArgument(parameters: object, run: WrappedRun, traced: TracedFunction): object | undefined {
  if (!traced.insideAgent) return tracedParameters(parameters, run);
  run.watchSignal(readSignal(parameters));
  return undefined;
}

/**
 * The run; of one that is neither recorded nor measured, or whose caller wants no telemetry, the context, where there is
 * any to enter. `undefined`: nothing is traced.
 */
function start(traced: TracedFunction, self: unknown, given: unknown): WrappedRun | Context | undefined {
  const { kind } = traced;
  const parameters = traced.insideAgent ? parametersOfAgent(self, given) : given;
  if (!isRecord(parameters)) return undefined;
  const telemetry = readTelemetry(parameters);
  // Its tools may be traced by themselves.
  if (readOptedOut(telemetry)) return optedOutContext(activeContext());
  const tracing = traced.tracing.withTracer(readTracer(telemetry));
  const context = activeContext();
  const agentId = traced.insideAgent && stringOf(readProperty(self, "id"));
  const inherited = new Map(turnAttributes(context));
  // An agent is a turn of its own: it has its id for a name where nobody gives it another.
  if (agentId) inherited.set("agentId", agentId).set("agentName", agentId);
  const { operation, outputType } = kind;
  const isRun = operation === "invoke_agent";
  const model = readModelIdentity(readProperty(parameters, "model"));
  // An agent that was wrapped by itself may be of anybody's class: only what extends a traced class is named by its own.
  const isSubclass = traced.insideAgent !== undefined && traced.namespace !== undefined;
  const agentName = isRun
    ? (readAgentName(parameters, telemetry, inherited) ?? (isSubclass ? readSubclassName(self) : undefined))
    : undefined;
  const request = { tracing, context, ...runStart(operation, model, { agentName, outputType }) };
  return openSpan(request, ({ span, parent, start: startRecord }) => {
    // A getter that throws must not lose a span that has begun.
    const facts = contain("start", () => ({
      turn: readTurn(parameters, telemetry, inherited),
      settings: readSettings(parameters),
      sdkCall: { sdkOperation: traced.name ?? readMethodName(self, kind.source ? "stream" : "generate") },
    }));
    const run = new WrappedRun(span, parent, startRecord, facts ?? EMPTY_RUN_RECORD, traced);
    if (traced.insideAgent)
      run.readTurn = (prepared) => readTurn(prepared, readTelemetry(prepared), inherited);
    return run;
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
