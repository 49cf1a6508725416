/**
 * The spans of this entry's own, around work that was handed over or hands something over: started, made active, ended
 * once with the work's outcome. The work runs exactly once, whatever the tracer does.
 */
import {
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanOptions,
  type TracerProvider,
} from "@opentelemetry/api";
import { contain } from "../containment.ts";
import { readFailure } from "../readers/failure.ts";
import { asRecord, isFunction } from "../readers/structure.ts";
import { attributeKeys, DEFAULT_NAMESPACE, setAttributes } from "../semconv/span-attributes.ts";
import { runInContext } from "../spans/context.ts";
import { SCOPE_NAME, SCOPE_VERSION } from "../spans/scope.ts";

export interface HandoverStart extends SpanOptions {
  readonly name: string;
  /** The parent's context. */
  readonly context: Context;
  readonly tracerProvider: TracerProvider | undefined;
}

/** @param work gets the context it runs in */
export function runInSpan<T>(start: HandoverStart, work: (context: Context) => T): T {
  const { name, context, tracerProvider = trace.getTracerProvider(), ...options } = start;
  const span = contain("startSpan", () =>
    tracerProvider.getTracer(SCOPE_NAME, SCOPE_VERSION).startSpan(name, options, context),
  );
  if (!span) return work(context);
  const active = trace.setSpan(context, span);
  let result: T;
  try {
    result = runInContext(active, () => work(active));
  } catch (error) {
    endSpan(span, { error });
    throw error;
  }
  if (!isFunction(asRecord(result)?.then)) {
    endSpan(span);
    return result;
  }
  // A derived promise, so that a rejection which nobody handles stays one; it settles as the work's own does.
  return Promise.resolve(result).then(
    (value) => {
      endSpan(span);
      return value;
    },
    (error: unknown) => {
      endSpan(span, { error });
      throw error;
    },
  ) as T;
}

function endSpan(span: Span, failure?: { readonly error: unknown }): void {
  contain("span.end", () => {
    if (failure) {
      const outcome = readFailure(failure.error);
      setAttributes(span, outcome, [{ spanKeys: attributeKeys(DEFAULT_NAMESPACE) }]);
      // No description: an error's message may be content.
      if (outcome.errorType) span.setStatus({ code: SpanStatusCode.ERROR });
    }
  });
  contain("span.end", () => span.end());
}
