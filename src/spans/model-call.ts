/**
 * One logical model call: a chat span over all its attempts. Ended by its own last attempt or by its run.
 */
import { cutsRetries, OK } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";
import { wallMs } from "./clock.ts";
import { OpenSpan, type SpanParent } from "./open-span.ts";
import { CHUNK_SECONDS } from "../semconv/metrics.ts";

/** What a model call knows of its run. */
export interface CallingRun extends SpanParent {
  readonly ended: boolean;
  /** The call whose last attempt failed: its span waits for the next attempt or for the end of the run. */
  failedCall: ModelCall | undefined;
  /** The call whose answer comes in a stream that can not be watched. */
  unwatchedCall: ModelCall | undefined;
}

export class ModelCall extends OpenSpan<CallingRun> {
  /** How the last attempt failed, while no other has begun. */
  failure: Outcome | undefined;
  #failedWallMs: number | undefined;
  #chunkMs: number | undefined;
  #chunkSeries: ((seconds: number) => void)[] | undefined;

  /** Another part that carries output has come. Only where something is measured. */
  onOutput(atMs: number): void {
    // A reader may come back to what was closed as abandoned: that pause is no model's.
    if (this.ended) return;
    const lastMs = this.#chunkMs;
    this.#chunkMs = atMs;
    if (lastMs === undefined) return;
    this.#chunkSeries ??= this.seriesOf(CHUNK_SECONDS);
    for (const record of this.#chunkSeries) record((atMs - lastMs) / 1000);
  }

  retry(): void {
    this.#chunkMs = undefined;
    // Another model may answer.
    this.#chunkSeries = undefined;
    this.response = { retryCount: (this.response.retryCount ?? 0) + 1 };
    this.failure = undefined;
  }

  /** The answer is complete. */
  succeed(): void {
    this.end(OK);
  }

  /** The attempt failed; the span stays open, for the SDK may try again. */
  fail(outcome: Outcome): void {
    // What is left after its run has ended is not tried again.
    if (cutsRetries(outcome) || (outcome.canceled && this.parent.ended)) return this.end(outcome);
    if (this.ended) return;
    this.failure = outcome;
    this.#failedWallMs = wallMs();
    this.parent.failedCall = this;
  }

  /** Of a stream that can not be watched it is known that it began; how it came out shows in what its run does next. */
  unwatched(): void {
    this.parent.unwatchedCall = this;
  }

  override close(outcome: Outcome, ofRun: Outcome): void {
    if (this.parent.unwatchedCall === this) return this.end(ofRun);
    // A call that had failed keeps its own failure and time, unless an abort or a deadline cut short its retries.
    if (!this.failure || cutsRetries(outcome)) this.end(outcome);
    else this.end(this.failure, this.#failedWallMs);
  }
}
