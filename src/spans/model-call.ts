/**
 * One logical model call: a chat span over all its attempts. Ended by its own last attempt or by its run.
 */
import type { Context } from "@opentelemetry/api";
import { cutsRetries, stopsEverything } from "../semconv/outcome.ts";
import { OK, type ModelResponse, type Outcome } from "../semconv/records.ts";
import { addResponse } from "../semconv/span-attributes.ts";
import type { SpanAttributes } from "../semconv/span-spec.ts";
import { monotonicMs } from "./clock.ts";
import type { OpenSpan } from "./open-span.ts";
import type { RetryableCall, RunOwner } from "./run-owner.ts";

export class ModelCall implements RetryableCall {
  readonly #run: RunOwner;
  readonly #span: OpenSpan;
  readonly #retryCountKey: string;
  #retries = 0;
  #response: ModelResponse | undefined;
  #failure: Outcome | undefined;
  #failedMs: number | undefined;

  constructor(run: RunOwner, span: OpenSpan, retryCountKey: string) {
    this.#run = run;
    this.#span = span;
    this.#retryCountKey = retryCountKey;
  }

  get context(): Context {
    return this.#span.context;
  }

  /** Monotonic milliseconds. */
  get startedMs(): number {
    return this.#span.startedMs;
  }

  get failure(): Outcome | undefined {
    return this.#failure;
  }

  retry(): void {
    this.#retries += 1;
    this.#failure = undefined;
    this.#response = undefined;
  }

  succeed(response: ModelResponse): void {
    this.#end(OK, response);
  }

  /** The attempt ended for good: canceled, or failed where no retry can follow. */
  stop(outcome: Outcome, response?: ModelResponse): void {
    this.#end(outcome, response);
  }

  /** The attempt failed; the span stays open, for the SDK may try again. */
  fail(outcome: Outcome, response?: ModelResponse): void {
    if (this.#span.ended) return;
    if (stopsEverything(outcome)) return this.#end(outcome, response);
    this.#response = response;
    this.#failure = outcome;
    this.#failedMs = monotonicMs();
    this.#run.awaitRetry(this);
  }

  /** The response so far, so that a run that ends first keeps what was seen. */
  progress(response: ModelResponse): void {
    this.#response = response;
  }

  close(outcome: Outcome): void {
    const failure = this.#failure;
    // A call that had failed keeps its own failure and time, unless an abort or a deadline cut short its retries.
    if (failure === undefined || cutsRetries(outcome)) this.#end(outcome, this.#response);
    else this.#end(failure, this.#response, this.#failedMs);
  }

  #end(outcome: Outcome, response: ModelResponse | undefined, endedMs?: number): void {
    if (this.#span.ended) return;
    const attributes: SpanAttributes = {};
    if (response !== undefined) {
      addResponse(attributes, response);
      this.#run.addResponse(response);
    }
    if (this.#retries > 0) attributes[this.#retryCountKey] = this.#retries;
    this.#run.release(this);
    this.#span.end(outcome, attributes, endedMs);
  }
}
