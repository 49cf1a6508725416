/**
 * Watches one attempt's model stream: sums up what the provider reports and says how the attempt ended. Keeps no
 * part, no text and no error.
 */
import { carriesOutput } from "../readers/stream-part.ts";
import { readAbort, readFailure } from "../readers/failure.ts";
import { readFinishReason } from "../readers/finish-reason.ts";
import { asRecord, stringOf } from "../readers/guards.ts";
import { readUsage } from "../readers/usage.ts";
import { LEFT_BY_CONSUMER } from "../semconv/outcome.ts";
import type { ModelResponse, Outcome, TokenUsage } from "../semconv/records.ts";
import type { PipeEnd, PipeObserver } from "./observed-pipe.ts";

/** Who hears how the attempt goes; `ModelCall` is one. */
export interface AttemptObserver {
  succeed(response: ModelResponse): void;
  stop(outcome: Outcome, response: ModelResponse): void;
  fail(outcome: Outcome, response: ModelResponse): void;
  progress(response: ModelResponse): void;
}

export interface AttemptClock {
  readonly startedMs: number;
  readonly now: () => number;
}

export class ModelStream implements PipeObserver, ModelResponse {
  backpressured = false;
  id: string | undefined;
  model: string | undefined;
  finishReason: string | undefined;
  usage: TokenUsage | undefined;
  timeToFirstChunkSeconds: number | undefined;
  readonly #attempt: AttemptObserver;
  readonly #clock: AttemptClock;
  readonly #signal: AbortSignal | undefined;
  #failure: Outcome | undefined;
  #finished = false;

  constructor(attempt: AttemptObserver, clock: AttemptClock, signal: AbortSignal | undefined) {
    this.#attempt = attempt;
    this.#clock = clock;
    this.#signal = signal;
    attempt.progress(this);
  }

  onPart(part: unknown): void {
    const type = asRecord(part)?.type;
    switch (type) {
      case "response-metadata":
        this.id = stringOf(asRecord(part)?.id) ?? this.id;
        this.model = stringOf(asRecord(part)?.modelId) ?? this.model;
        break;
      case "finish":
        this.#finished = true;
        this.finishReason = readFinishReason(asRecord(part)?.finishReason);
        this.usage = readUsage(asRecord(part)?.usage, asRecord(part)?.providerMetadata);
        // The provider is done; the SDK may still hold the stream open for its tools (v5, v6). After an error it may
        // try again all the same (v7).
        if (this.#failure === undefined) this.#attempt.succeed(this);
        else this.#attempt.fail(this.#failure, this);
        break;
      case "error":
        this.#failure = readFailure(asRecord(part)?.error, this.#signal);
        break;
      default:
        if (this.timeToFirstChunkSeconds === undefined && carriesOutput(type, part)) {
          this.timeToFirstChunkSeconds = (this.#clock.now() - this.#clock.startedMs) / 1000;
        }
    }
  }

  onEnd(end: PipeEnd, error?: unknown): void {
    if (this.#finished) return;
    const failure = end === "failed" ? readFailure(error, this.#signal) : this.#failure;
    if (failure !== undefined) return this.#attempt.fail(failure, this);
    const stopped = readAbort(this.#signal) ?? (end === "left" ? LEFT_BY_CONSUMER : undefined);
    if (stopped === undefined) this.#attempt.succeed(this);
    else this.#attempt.stop(stopped, this);
  }
}
