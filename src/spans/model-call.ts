/**
 * One logical model call: a chat span over all its attempts. Ended by its own last attempt or by its run.
 */
import type { Span } from "@opentelemetry/api";
import { cutsRetries, OK } from "../semconv/outcome.ts";
import type { ModelResponse, Outcome } from "../semconv/records.ts";
import { wallMs } from "./clock.ts";
import { OpenSpan, type SpanParent } from "./open-span.ts";

/** What a model call knows of its run. */
export interface CallingRun extends SpanParent {
  /** The call whose last attempt failed: its span waits for the next attempt or for the end of the run. */
  failedCall: ModelCall | undefined;
  addResponse(response: ModelResponse): void;
}

export class ModelCall extends OpenSpan {
  /** What the last attempt reported so far, so that a run that ends first keeps what was seen. */
  response: ModelResponse = {};
  /** How the last attempt failed, while no other has begun. */
  failure: Outcome | undefined;
  readonly #run: CallingRun;
  #failedWallMs: number | undefined;
  #retryCount: number | undefined;

  constructor(span: Span, run: CallingRun) {
    super(span, run);
    this.#run = run;
  }

  retry(): void {
    this.#retryCount = (this.#retryCount ?? 0) + 1;
    this.failure = undefined;
    this.response = {};
  }

  /** The answer is complete. */
  succeed(): void {
    this.end(OK);
  }

  /** The attempt failed; the span stays open, for the SDK may try again. */
  fail(outcome: Outcome): void {
    if (cutsRetries(outcome)) return this.end(outcome);
    if (this.ended) return;
    this.failure = outcome;
    this.#failedWallMs = wallMs();
    this.#run.failedCall = this;
  }

  override close(outcome: Outcome): void {
    // A call that had failed keeps its own failure and time, unless an abort or a deadline cut short its retries.
    if (!this.failure || cutsRetries(outcome)) this.end(outcome);
    else this.end(this.failure, this.#failedWallMs);
  }

  override end(outcome: Outcome, endedWallMs?: number): void {
    if (!this.ended) this.#run.addResponse(this.response);
    super.end(outcome, endedWallMs, { ...this.response, retryCount: this.#retryCount });
  }
}
