/**
 * Watches one attempt's model stream: sums up what the provider reports and says how the attempt ended. Keeps no part, no
 * text and no error.
 */
import { readAbort, readFailure } from "../readers/failure.ts";
import { readFinishReason } from "../readers/finish-reason.ts";
import { asRecord, stringOf } from "../readers/guards.ts";
import { carriesOutput } from "../readers/stream-part.ts";
import { readUsage } from "../readers/usage.ts";
import { LEFT_BY_CONSUMER } from "../semconv/outcome.ts";
import type { ModelResponse, Outcome, TokenUsage } from "../semconv/records.ts";
import type { PipeEnd, PipeObserver } from "./observed-pipe.ts";

/** Who hears how the attempt goes; `ModelCall` is one. */
export interface AttemptObserver {
  /** The answer is complete. */
  succeed(response: ModelResponse): void;
  /** Over, but it may be tried again. */
  fail(outcome: Outcome): void;
  /** The response so far; read whenever the call ends. */
  progress(response: ModelResponse): void;
}

export interface AttemptOptions {
  readonly startedMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal | undefined;
}

export class ModelStream implements PipeObserver, ModelResponse {
  backpressured = false;
  id: string | undefined;
  model: string | undefined;
  finishReason: string | undefined;
  usage: TokenUsage | undefined;
  timeToFirstChunkSeconds: number | undefined;
  readonly #attempt: AttemptObserver;
  readonly #options: AttemptOptions;
  #failed = false;
  #finished = false;

  constructor(attempt: AttemptObserver, options: AttemptOptions) {
    this.#attempt = attempt;
    this.#options = options;
    attempt.progress(this);
  }

  onPart(part: unknown): void {
    const record = asRecord(part);
    switch (record?.type) {
      case "response-metadata":
        this.id = stringOf(record.id) ?? this.id;
        this.model = stringOf(record.modelId) ?? this.model;
        break;
      case "finish":
        this.#finished = true;
        this.finishReason = readFinishReason(record.finishReason);
        this.usage = readUsage(record.usage, record.providerMetadata);
        // The provider is done; the SDK may still hold the stream open for its tools (v5, v6). After an error it may try
        // again all the same (v7).
        if (!this.#failed) this.#attempt.succeed(this);
        break;
      case "error":
        this.#fail(readFailure(record.error, this.#options.signal));
        break;
      default:
        if (this.timeToFirstChunkSeconds === undefined && carriesOutput(record)) {
          this.timeToFirstChunkSeconds = (this.#options.now() - this.#options.startedMs) / 1000;
        }
    }
  }

  onEnd(end: PipeEnd, error?: unknown): void {
    // The first failure is the one that counts.
    if (this.#finished || this.#failed) return;
    const { signal } = this.#options;
    if (end === "failed") this.#fail(readFailure(error, signal));
    else if (end === "left") this.#fail(readAbort(signal) ?? LEFT_BY_CONSUMER);
    else this.#attempt.succeed(this);
  }

  #fail(outcome: Outcome): void {
    this.#failed = true;
    this.#attempt.fail(outcome);
  }
}
