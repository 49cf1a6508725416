/**
 * Starts a span and creates its owner: a run, or an execution of a tool that the program calls itself. The wrapper, the
 * adapter and `wrapTool` start their spans here.
 */
import type { Context, TimeInput } from "@opentelemetry/api";
import type { Operation, OutputType } from "../semconv/attributes.ts";
import type { ModelNames } from "../semconv/records.ts";
import { endUnlessOwned, isRecording, type Opening } from "./open-span.ts";
import { contextOfUnrecorded, type SpanStart, type Tracing } from "./tracing.ts";

export interface SpanRequest {
  readonly tracing: Tracing;
  /** The parent's context. */
  readonly context: Context;
  readonly start: SpanStart;
  /** The second part of the span's name, such as the model or the agent. */
  readonly target: string | undefined;
  /** When the work began. Default: now. */
  readonly startTime?: TimeInput | undefined;
}

/** The record of the start of a run's span, from which samplers decide. An operation without an agent is a run too. */
export function runStart(
  operation: Operation,
  model: ModelNames,
  record: { readonly agentName: string | undefined; readonly outputType: OutputType | undefined },
): Pick<SpanRequest, "start" | "target"> {
  const { provider, requestModel } = model;
  const { agentName, outputType } = record;
  return operation === "invoke_agent"
    ? { start: { operation, agentName, requestModel }, target: agentName }
    : { start: { operation, outputType, provider, requestModel }, target: requestModel };
}

/**
 * Starts the span and creates its owner, which must end it.
 *
 * @returns the owner. If the span is neither recorded nor measured, the context for the work. If the work needs no
 *   context, or starting failed, `undefined`: the work then runs untraced in the active context.
 */
export function startOwnedSpan<Owner>(
  { tracing, context, start, target, startTime }: SpanRequest,
  createOwner: (opening: Opening) => Owner,
): Owner | Context | undefined {
  const span = tracing.startSpan(start, target, context, startTime);
  const { instruments } = tracing;
  return endUnlessOwned(span, () =>
    instruments || isRecording(span)
      ? createOwner({ span, parent: { context, tracing, instruments }, start })
      : contextOfUnrecorded(span, context),
  );
}
