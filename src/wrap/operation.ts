/**
 * One call of an SDK function: opens its run, lets the SDK work inside, and ends the run with what came of it. A span
 * that does not record leaves the call as it was.
 */
import { contain } from "../guard.ts";
import { readFailure } from "../readers/failure.ts";
import { isNativePromise, isReadableStream, isRecord, isThenable, asRecord, stringOf, type UnknownFunction } from "../readers/guards.ts";
import { readAgentName, readOptedOut } from "../readers/turn.ts";
import { OK } from "../semconv/outcome.ts";
import { agentSpanSpec } from "../semconv/span-spec.ts";
import { activeContext, runInContext } from "../spans/context.ts";
import { contextOfUnrecorded, type Tracing } from "../spans/tracing.ts";
import { turnAttributes } from "../spans/turn-context.ts";
import { observeTee } from "../streams/observed-tee.ts";
import type { ResultKind } from "./operations.ts";
import { tracedParameters } from "./parameters.ts";
import { RunScope, type StartedRun } from "./run-scope.ts";
import { enter, relay, type WorkListener } from "./traced-work.ts";

export interface Operation {
  readonly kind: ResultKind;
  readonly original: UnknownFunction;
  readonly namespace: object;
  readonly tracing: Tracing;
}

export function callOperation(operation: Operation, self: unknown, args: unknown[]): unknown {
  const { original, kind } = operation;
  const untraced = (): unknown => Reflect.apply(original, self, args);
  const parameters = args[0];
  const started = contain("start", () => start(operation, parameters));
  if (started === undefined) return untraced();
  if (!started.recording) {
    return started.unrecorded === undefined ? untraced() : runInContext(started.unrecorded, untraced);
  }
  const scope = contain("run", () => new RunScope(started));
  if (scope === undefined) return untraced();
  const traced = contain("parameters", () => tracedParameters(parameters, scope, operation.namespace));
  const tracedArgs = traced === undefined ? args : [traced, ...args.slice(1)];
  const listener: WorkListener = {
    onValue: (value) => (kind === "promise" ? scope.run.end(OK) : observeResult(kind, scope, value)),
    onError: (error) => scope.run.end(readFailure(error, scope.abortedSignal())),
  };
  const result = enter(scope.run.context, () => Reflect.apply(original, self, tracedArgs), listener);
  if (isThenable(result)) return relay(result, listener);
  contain("result", () => observeResult(kind, scope, result));
  return result;
}

/** `undefined`: this call is not traced. */
function start({ tracing, kind }: Operation, parameters: unknown): StartedRun | undefined {
  if (!isRecord(parameters) || readOptedOut(parameters)) return undefined;
  const parent = activeContext();
  const model = parameters.model;
  const name = readAgentName(parameters, turnAttributes(parent));
  const span = tracing.startSpan(agentSpanSpec(name, stringOf(model) ?? stringOf(asRecord(model)?.modelId)), parent);
  if (span === undefined) return undefined;
  const recording = span.isRecording();
  const unrecorded = recording ? undefined : contextOfUnrecorded(span, parent);
  return { tracing, span, parent, kind, parameters, recording, unrecorded };
}

/** Watches the ways to read a streamed result; one that cannot be watched ends its run here, as far as it went. */
function observeResult(kind: ResultKind, scope: RunScope, result: unknown): void {
  const { lifetime } = scope;
  // Reading `finishReason` starts no consumption of a single-reader result; of other results it does (v7).
  const source = asRecord(result)?.[kind === "stream" ? "baseStream" : "finishReason"];
  if (lifetime !== undefined && isReadableStream(source) && observeTee(source, lifetime)) {
    lifetime.watch(source);
  } else if (lifetime !== undefined && isNativePromise(source)) {
    source.then(
      () => lifetime.settled(),
      (error: unknown) => lifetime.settled(error),
    );
    lifetime.watch(source);
  } else {
    scope.run.end(OK);
  }
}
