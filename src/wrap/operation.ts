/**
 * One call of an SDK function: opens its run, lets the SDK work inside, and ends the run with what came of it. A span
 * that does not record leaves the call as it was.
 */
import type { Context } from "@opentelemetry/api";
import { contain } from "../guard.ts";
import { asRecord, isRecord, stringOf, type UnknownFunction, type UnknownRecord } from "../readers/guards.ts";
import { readSettings } from "../readers/model-call.ts";
import { readAgentName, readOptedOut, readTurn } from "../readers/turn.ts";
import { activeContext, runInContext } from "../spans/context.ts";
import { contextOfUnrecorded, type Tracing } from "../spans/tracing.ts";
import { turnAttributes } from "../spans/turn-context.ts";
import type { ResultSource } from "./operations.ts";
import { tracedParameters } from "./parameters.ts";
import { RunScope } from "./run-scope.ts";
import { enter, listen } from "./traced-work.ts";
import { originalOf } from "./view.ts";

export interface Operation {
  readonly original: UnknownFunction;
  readonly source: ResultSource;
  readonly namespace: object;
  readonly tracing: Tracing;
}

export function callOperation(operation: Operation, self: unknown, args: unknown[]): unknown {
  const [parameters, ...rest] = args;
  const call = (given: unknown[]): unknown => Reflect.apply(operation.original, self, given);
  const started = contain("start", () => start(operation, parameters));
  if (!started) return call(args);
  if (!(started instanceof RunScope)) return runInContext(started, () => call(args));
  const traced = contain(
    "parameters",
    () => isRecord(parameters) && tracedParameters(parameters, started, operation.namespace),
  );
  const result = enter(started.context, () => call(traced ? [traced, ...rest] : args), started);
  contain("result", () => showOwnTools(asRecord(result)));
  return listen(result, started, false);
}

/** A streamed result has the tools as a property (v5 to v7). */
function showOwnTools(result: UnknownRecord | undefined): void {
  const tools = result?.tools;
  if (result && originalOf(tools) !== tools) Reflect.set(result, "tools", originalOf(tools));
}

/** The run; of a span that does not record the context, where there is any to enter. `undefined`: nothing is traced. */
function start({ tracing, source }: Operation, parameters: unknown): RunScope | Context | undefined {
  if (!isRecord(parameters) || readOptedOut(parameters)) return undefined;
  const context = activeContext();
  const inherited = turnAttributes(context);
  const agentName = readAgentName(parameters, inherited);
  const requestModel = stringOf(parameters.model) ?? stringOf(asRecord(parameters.model)?.modelId);
  const span = tracing.startSpan({ operation: "invoke_agent", agentName, requestModel }, agentName, context);
  if (!span?.isRecording()) return span && contextOfUnrecorded(span, context);
  const facts = { turn: readTurn(parameters, inherited), settings: readSettings(parameters), source };
  return new RunScope(span, { context, tracing }, facts);
}
