/**
 * One execution of a tool, as the work that it is: how it settles is how its span ends.
 */
import { asRecord } from "../foundation/structure.ts";
import { OK, TOOL_ERROR } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";
import type { ToolCallSpan } from "../spans/tool-call-span.ts";
import type { WorkObserver } from "./traced-work.ts";

export class Execution implements WorkObserver {
  readonly call: ToolCallSpan;
  readonly #outcomeOf: (error: unknown) => Outcome;

  /** @param outcomeOf what an error means for the call */
  constructor(call: ToolCallSpan, outcomeOf: (error: unknown) => Outcome) {
    this.call = call;
    this.#outcomeOf = outcomeOf;
  }

  /**
   * A failure that an MCP server reports is a value like any other to the SDK.
   *
   * @param endedMs when it settled, if not now; monotonic milliseconds
   */
  onValue(value: unknown, endedMs?: number): void {
    const { call } = this;
    call.end(call.isOfMCP && asRecord(value)?.isError === true ? TOOL_ERROR : OK, endedMs);
  }

  onError(error: unknown): void {
    this.call.end(this.#outcomeOf(error));
  }
}
