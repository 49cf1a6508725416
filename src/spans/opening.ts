/**
 * The start of a span that has an owner: a run, or a tool that the program calls. The wrapper, the adapter and `wrapTool`
 * begin here.
 */
import type { Context, Span, TimeInput } from "@opentelemetry/api";
import type { Operation, OutputType } from "../semconv/attributes.ts";
import type { ModelNames } from "../semconv/records.ts";
import { endUnlessOwned, isRecording, type SpanParent } from "./open-span.ts";
import { contextOfUnrecorded, type SpanStart, type Tracing } from "./tracing.ts";

export interface SpanRequest {
  readonly tracing: Tracing;
  /** The parent's context. */
  readonly context: Context;
  readonly start: SpanStart;
  /** What the operation is done to: the second part of the span's name. */
  readonly target: string | undefined;
  /** When the work began, where that is not now. */
  readonly startTime?: TimeInput | undefined;
}

/** What an owner is made of. */
export interface Opening {
  readonly span: Span;
  readonly parent: SpanParent;
  readonly start: SpanStart;
}

/** What samplers look at of a run, or of an operation of a model that is no agent's. */
export function runStart(
  operation: Operation,
  model: ModelNames,
  facts: { readonly agentName: string | undefined; readonly outputType: OutputType | undefined },
): Pick<SpanRequest, "start" | "target"> {
  const { provider, requestModel } = model;
  const { agentName, outputType } = facts;
  return operation === "invoke_agent"
    ? { start: { operation, agentName, requestModel }, target: agentName }
    : { start: { operation, outputType, provider, requestModel }, target: requestModel };
}

/**
 * Starts the span and gives it to its owner.
 *
 * @returns the owner; where the span is neither recorded nor measured the context to enter, if there is any
 */
export function openSpan<Owner>(
  { tracing, context, start, target, startTime }: SpanRequest,
  own: (opening: Opening) => Owner,
): Owner | Context | undefined {
  const span = tracing.startSpan(start, target, context, startTime);
  const { instruments } = tracing;
  return endUnlessOwned(span, () =>
    instruments || isRecording(span)
      ? own({ span, parent: { context, tracing, instruments }, start })
      : contextOfUnrecorded(span, context),
  );
}
