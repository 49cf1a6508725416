/**
 * Runs work in a span of the propagation entry: starts the span, makes it active, and ends it once with the work's
 * outcome. The work runs exactly once, even if the tracer fails.
 */
import {
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanOptions,
  type TracerProvider,
} from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { readUnsignaledFailure } from "../readers/failure.ts";
import { outcomeRecord } from "../semconv/outcome.ts";
import { attributeKeys, DEFAULT_NAMESPACE, setAttributes } from "../semconv/span-attributes.ts";
import { INSTRUMENTATION_SCOPE_NAME, INSTRUMENTATION_SCOPE_VERSION } from "../spans/instrumentation-scope.ts";
import { runWorkBeforeFirstSpan } from "../spans/set-up.ts";
import { enter, observeResult, type WorkObserver } from "../spans/traced-work.ts";

export interface NewSpan extends SpanOptions {
  readonly name: string;
  /** The context whose active span is the parent. */
  readonly context: Context;
  readonly tracerProvider: TracerProvider | undefined;
}

/** @param work called with the context in which it runs */
export function withSpan<T>(start: NewSpan, work: (context: Context) => T): T {
  runWorkBeforeFirstSpan();
  const { name, context, tracerProvider, ...options } = start;
  const span = contain("startSpan", () => {
    const provider = tracerProvider ?? trace.getTracerProvider();
    return provider
      .getTracer(INSTRUMENTATION_SCOPE_NAME, INSTRUMENTATION_SCOPE_VERSION)
      .startSpan(name, options, context);
  });
  if (!span) return work(context);
  const active = contain("startSpan", () => trace.setSpan(context, span)) ?? context;
  const observer: WorkObserver = {
    onValue: () => endSpan(span),
    onError: (error) => endSpan(span, { error }),
  };
  const result = enter(active, () => work(active), observer);
  // The result is that of the work, or a promise with the same outcome. So the cast is right.
  return observeResult(result, observer, false) as T;
}

function endSpan(span: Span, failure?: { readonly error: unknown }): void {
  contain("span.end", () => {
    if (failure) {
      const outcome = readUnsignaledFailure(failure.error);
      setAttributes(span, outcomeRecord(outcome), [{ spanKeys: attributeKeys(DEFAULT_NAMESPACE) }]);
      // The status has no description, because an error's message may be content.
      if (outcome.kind === "error") span.setStatus({ code: SpanStatusCode.ERROR });
    }
  });
  contain("span.end", () => span.end());
}
