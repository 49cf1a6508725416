/**
 * Watches one attempt's model stream: sums up what the provider reports and says how the attempt ended. Keeps no
 * part, no text and no error.
 */
import { carriesOutput, readPartType } from "../readers/stream-part.ts";
import { readAbort, readFailure } from "../readers/failure.ts";
import { readFinishReason } from "../readers/finish-reason.ts";
import { property, stringOf } from "../readers/guards.ts";
import { readUsage } from "../readers/usage.ts";
import { LEFT_BY_CONSUMER, type ModelResponse, type Outcome, type TokenUsage } from "../semconv/records.ts";
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
    const type = readPartType(part);
    switch (type) {
      case "response-metadata":
        this.id = stringOf(property(part, "id")) ?? this.id;
        this.model = stringOf(property(part, "modelId")) ?? this.model;
        break;
      case "finish":
        this.#finished = true;
        this.finishReason = readFinishReason(property(part, "finishReason"));
        this.usage = readUsage(property(part, "usage"));
        break;
      case "error":
        this.#failure = readFailure(property(part, "error"), this.#signal);
        break;
      default:
        if (this.timeToFirstChunkSeconds === undefined && carriesOutput(type, part)) {
          this.timeToFirstChunkSeconds = (this.#clock.now() - this.#clock.startedMs) / 1000;
        }
    }
  }

  onEnd(end: PipeEnd, error?: unknown): void {
    const failure = end === "failed" ? readFailure(error, this.#signal) : this.#failure;
    if (failure !== undefined) {
      // After its own `finish` the provider is done: nobody tries again.
      if (this.#finished) this.#attempt.stop(failure, this);
      else this.#attempt.fail(failure, this);
      return;
    }
    if (this.#finished) return this.#attempt.succeed(this);
    const aborted = readAbort(this.#signal);
    if (aborted !== undefined) this.#attempt.stop(aborted, this);
    else if (end === "left") this.#attempt.stop(LEFT_BY_CONSUMER, this);
    else this.#attempt.succeed(this);
  }
}
