/**
 * Runs work in a span of this entry: starts the span, makes it active, and ends it once with the work's outcome. The
 * work runs exactly once, even where the tracer fails.
 */
import {
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanOptions,
  type TracerProvider,
} from "@opentelemetry/api";
import { contain, passError, passValue } from "../foundation/containment.ts";
import { readUnsignaledFailure } from "../readers/failure.ts";
import { asRecord, isFunction } from "../foundation/structure.ts";
import { outcomeRecord } from "../semconv/outcome.ts";
import { attributeKeys, DEFAULT_NAMESPACE, setAttributes } from "../semconv/span-attributes.ts";
import { runInContext } from "../spans/context.ts";
import { SCOPE_NAME, SCOPE_VERSION } from "../spans/scope.ts";

export interface SpanStart extends SpanOptions {
  readonly name: string;
  /** The context whose span is the parent. */
  readonly context: Context;
  readonly tracerProvider: TracerProvider | undefined;
}

/** @param work gets the context in which it runs */
export function withSpan<T>(start: SpanStart, work: (context: Context) => T): T {
  const { name, context, tracerProvider, ...options } = start;
  const span = contain("startSpan", () => {
    const provider = tracerProvider ?? trace.getTracerProvider();
    return provider.getTracer(SCOPE_NAME, SCOPE_VERSION).startSpan(name, options, context);
  });
  if (!span) return work(context);
  const active = contain("startSpan", () => trace.setSpan(context, span)) ?? context;
  let result: T;
  try {
    result = runInContext(active, () => work(active));
  } catch (error) {
    endSpan(span, { error });
    throw error;
  }
  const settled = contain("result", () => settlingAfterEnd(result, span));
  if (settled) return settled.result;
  endSpan(span);
  return result;
}

/**
 * A promise that settles as the work's promise does, after the span has ended. It is derived from the work's promise,
 * so a rejection that nobody handles stays unhandled.
 *
 * @returns `undefined` for a result that is no promise
 */
function settlingAfterEnd<T>(result: T, span: Span): { readonly result: T } | undefined {
  if (!isFunction(asRecord(result)?.then)) return undefined;
  const derived = Promise.resolve(result).then(
    passValue("span.end", () => endSpan(span)),
    passError("span.end", (error) => endSpan(span, { error })),
  );
  // Both promises have the same outcome, so the type is the same for whoever awaits it.
  return { result: derived as T };
}

function endSpan(span: Span, failure?: { readonly error: unknown }): void {
  contain("span.end", () => {
    if (failure) {
      const outcome = readUnsignaledFailure(failure.error);
      setAttributes(span, outcomeRecord(outcome), [{ spanKeys: attributeKeys(DEFAULT_NAMESPACE) }]);
      // No description: an error's message may be content.
      if (outcome.kind === "error") span.setStatus({ code: SpanStatusCode.ERROR });
    }
  });
  contain("span.end", () => span.end());
}
