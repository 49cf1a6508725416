/**
 * One call of an SDK function: opens its run, lets the SDK work inside, and ends the run with what came of it. A span
 * that does not record leaves the call as it was.
 */
import type { Context, Span } from "@opentelemetry/api";
import { contain } from "../guard.ts";
import { readFailure } from "../readers/failure.ts";
import { isNativePromise, isReadableStream, isRecord, isThenable, property, stringOf, type UnknownFunction } from "../readers/guards.ts";
import { readSettings } from "../readers/model-call.ts";
import { readAgentName, readOptedOut, readTurn } from "../readers/turn.ts";
import { OK } from "../semconv/records.ts";
import { agentSpanSpec } from "../semconv/span-spec.ts";
import { AgentRun } from "../spans/agent-run.ts";
import { runInContext } from "../spans/context.ts";
import { activeContext, contextOfUnrecorded, type Tracing } from "../spans/tracing.ts";
import { turnAttributes } from "../spans/turn-context.ts";
import { watchCollection } from "../streams/collection.ts";
import { observeTee } from "../streams/observed-tee.ts";
import type { ResultKind } from "./operations.ts";
import { tracedParameters } from "./parameters.ts";
import { RunScope } from "./run-scope.ts";
import { relay } from "./settle.ts";

export interface Operation {
  readonly kind: ResultKind;
  readonly original: UnknownFunction;
  readonly namespace: object;
  readonly tracing: Tracing;
}

export function callOperation(operation: Operation, self: unknown, args: unknown[]): unknown {
  const { original, tracing, kind } = operation;
  const untraced = (): unknown => Reflect.apply(original, self, args);
  const parameters = args[0];
  const started = contain("start", () => (isRecord(parameters) ? start(tracing, parameters) : undefined));
  if (started === undefined) return untraced();
  const { span, parent } = started;
  if (!span.isRecording()) {
    const unrecorded = contextOfUnrecorded(span, parent);
    return unrecorded === undefined ? untraced() : runInContext(unrecorded, untraced);
  }
  const scope = contain("run", () => openScope(operation, started, parameters));
  if (scope === undefined) return runInContext(parent, untraced);
  const traced = contain("parameters", () => tracedParameters(parameters as object, scope, operation.namespace));
  const tracedArgs = [traced ?? parameters, ...args.slice(1)];
  let result: unknown;
  try {
    result = runInContext(scope.run.context, () => Reflect.apply(original, self, tracedArgs));
  } catch (error) {
    fail(scope, error);
    throw error;
  }
  if (isThenable(result)) {
    return relay(result, {
      site: "result",
      onValue: (value) => (kind === "promise" ? scope.run.end(OK) : observeResult(kind, scope, value)),
      onError: (error) => fail(scope, error),
    });
  }
  contain("result", () => observeResult(kind, scope, result));
  return result;
}

interface Started {
  readonly span: Span;
  readonly parent: Context;
}

/** `undefined`: this call is not traced. */
function start(tracing: Tracing, parameters: object): Started | undefined {
  if (readOptedOut(parameters)) return undefined;
  const parent = activeContext();
  const model = property(parameters, "model");
  const name = readAgentName(parameters, turnAttributes(parent));
  const span = tracing.startSpan(agentSpanSpec(name, stringOf(model) ?? stringOf(property(model, "modelId"))), parent);
  return span && { span, parent };
}

function openScope({ tracing, kind }: Operation, { span, parent }: Started, parameters: unknown): RunScope {
  const turn = readTurn(parameters, turnAttributes(parent));
  const run = new AgentRun(tracing, span, parent, turn, readSettings(parameters));
  return new RunScope(run, kind, tracing.idleDeadlineMs);
}

function fail(scope: RunScope, error: unknown): void {
  contain("failure", () => scope.run.end(readFailure(error, scope.abortedSignal())));
}

/** Watches the ways to read a streamed result; one that cannot be watched ends its run here, as far as it went. */
function observeResult(kind: ResultKind, scope: RunScope, result: unknown): void {
  const lifetime = scope.lifetime;
  if (lifetime === undefined) return scope.run.end(OK);
  // Does not start the reading of a single-reader result; on other results it would (v7, `get finishReason`).
  const source = kind === "stream" ? property(result, "baseStream") : property(result, "finishReason");
  if (isReadableStream(source)) {
    observeTee(source, lifetime.createReader);
  } else if (isNativePromise(source)) {
    source.then(
      () => lifetime.settled(),
      (error: unknown) => lifetime.settled(error),
    );
  } else {
    return scope.run.end(OK);
  }
  // Whoever can still read holds the source.
  watchCollection(source, lifetime);
  lifetime.watchIdle();
}
