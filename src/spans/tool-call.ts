/**
 * One tool execution: an execute_tool span. Ended by the tool itself or by its run.
 */
import type { Context } from "@opentelemetry/api";
import type { Outcome } from "../semconv/records.ts";
import type { OpenSpan } from "./open-span.ts";
import type { RunChild, RunOwner } from "./run-owner.ts";

export class ToolCall implements RunChild {
  readonly #run: RunOwner<never>;
  readonly #span: OpenSpan;

  constructor(run: RunOwner<never>, span: OpenSpan) {
    this.#run = run;
    this.#span = span;
  }

  get context(): Context {
    return this.#span.context;
  }

  end(outcome: Outcome): void {
    this.#run.release(this);
    this.#span.end(outcome, {});
  }

  close(outcome: Outcome): void {
    this.end(outcome);
  }
}
