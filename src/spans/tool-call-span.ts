/**
 * The execute_tool span of one tool call.
 */
import { createContextKey, trace, type Context, type Span } from "@opentelemetry/api";
import type { Outcome } from "../semconv/records.ts";
import { OpenSpan, type SpanParent } from "./open-span.ts";
import type { SpanStart } from "./tracing.ts";

const CALL_KEY = createContextKey("ai-spans tool call");

/** Contexts may outlive what goes on in them: they hold a call no longer than it is open. */
class Holder {
  call: ToolCallSpan | undefined;

  constructor(call: ToolCallSpan) {
    this.call = call;
  }
}

/** The key is the same in every copy of ours: another's holder is none of ours. */
function holderIn(context: Context): Holder | undefined {
  const holder = context.getValue(CALL_KEY);
  return holder instanceof Holder ? holder : undefined;
}

/** The open call whose context is the active one, with whatever was put into it since; `undefined` below another span. */
export function toolCallIn(active: Context): ToolCallSpan | undefined {
  const call = holderIn(active)?.call;
  return call && trace.getSpan(active) === trace.getSpan(call.context) ? call : undefined;
}

/** A call that was reported, and that nothing of ours executes. */
export interface ReportedCall {
  /** When it took place, where that is not now; monotonic milliseconds. */
  readonly atMs: number | undefined;
}

export class ToolCallSpan extends OpenSpan {
  /** Whether the tool is one of an MCP server: its client was seen to send the call. */
  isOfMCP = false;

  readonly #isExecuted: boolean;

  constructor(span: Span, parent: SpanParent, start: SpanStart, reported: ReportedCall | undefined) {
    super(span, parent, start, reported?.atMs);
    this.#isExecuted = !reported;
  }

  /** Whether it is a call of that run. */
  isOf(run: SpanParent): boolean {
    return this.parent === run;
  }

  protected override within(context: Context): Context {
    const holder = new Holder(this);
    return super.within(context).setValue(CALL_KEY, holder);
  }

  override end(outcome: Outcome, endedMs?: number): void {
    super.end(outcome, endedMs);
    const holder = holderIn(this.context);
    if (holder) holder.call = undefined;
  }

  /** A call that was only reported has no known duration. */
  protected override secondsUntil(endedMs: number): number | undefined {
    return this.#isExecuted ? super.secondsUntil(endedMs) : undefined;
  }
}
