/**
 * One execution of a tool. The result of the work decides the outcome of the span.
 */
import { asRecord } from "../foundation/structure.ts";
import { OK, TOOL_ERROR } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";
import type { ToolCallSpan } from "../spans/tool-call-span.ts";
import type { WorkObserver } from "../spans/traced-work.ts";

export class Execution implements WorkObserver {
  readonly call: ToolCallSpan;
  readonly #outcomeOf: (error: unknown) => Outcome;

  /** @param outcomeOf returns the outcome of an error that the tool threw */
  constructor(call: ToolCallSpan, outcomeOf: (error: unknown) => Outcome) {
    this.call = call;
    this.#outcomeOf = outcomeOf;
  }

  /**
   * Ends the span with the value of the work. An MCP server reports a failure as a value with `isError: true`. The SDK
   * treats it like any other value, but the span records the failure.
   *
   * @param endedMs when the work settled; monotonic milliseconds; default: now
   */
  onValue(value: unknown, endedMs?: number): void {
    const { call } = this;
    call.end(call.isOfMCP && asRecord(value)?.isError === true ? TOOL_ERROR : OK, endedMs);
  }

  onError(error: unknown): void {
    this.call.end(this.#outcomeOf(error));
  }
}
