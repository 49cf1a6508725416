/**
 * Watches one attempt's model stream: sums up what the provider reports and says how the attempt ended. Where the result's
 * own stream shows its parts as well (`onStepPart`), only the head of the model's stream is watched. Keeps no part, no
 * text and no error.
 */
import { readAbort, readFailure } from "../readers/failure.ts";
import { readFinishReason } from "../readers/finish-reason.ts";
import { asRecord, stringOf, type UnknownRecord } from "../readers/guards.ts";
import { carriesOutput } from "../readers/stream-part.ts";
import { readUsage } from "../readers/usage.ts";
import { LEFT_BY_CONSUMER } from "../semconv/outcome.ts";
import type { ModelResponse, Outcome, TokenUsage } from "../semconv/records.ts";
import type { PipeEnd, PipeObserver } from "./observed-pipe.ts";

/** Who hears how the attempt goes; `ModelCall` is one. */
export interface AttemptObserver {
  /** The answer is complete. */
  succeed(response: ModelResponse): void;
  /** The stream was read to its end; what it reported is still to come. */
  deliver(): void;
  /** Over, but it may be tried again. */
  fail(outcome: Outcome): void;
  /** The response so far; read whenever the call ends. */
  progress(response: ModelResponse): void;
}

export interface AttemptOptions {
  readonly startedMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal | undefined;
  /** Whether the parts will be told by `onStepPart`. */
  readonly isShownElsewhere: boolean;
  /** Whether this is another attempt within the same step, whose start has been shown. */
  readonly isRetry: boolean;
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
  #isStepShown: boolean;

  constructor(attempt: AttemptObserver, options: AttemptOptions) {
    this.#attempt = attempt;
    this.#options = options;
    this.#isStepShown = options.isRetry;
    attempt.progress(this);
  }

  /** A part of the model's own stream. */
  onPart(part: unknown): boolean {
    const record = asRecord(part);
    const type = record?.type;
    if (type === "response-metadata") {
      this.id = stringOf(record?.id) ?? this.id;
      this.model = stringOf(record?.modelId) ?? this.model;
    } else if (type === "finish") {
      // The SDK may still hold the stream open for its tools (v5, v6).
      this.#finish(readFinishReason(record?.finishReason), readUsage(record?.usage, record?.providerMetadata));
    } else if (record !== undefined) {
      this.#onContent(record);
    }
    return !this.#options.isShownElsewhere || type === "stream-start" || type === "response-metadata";
  }

  /** A part of the result's stream. Parts of the step before may still pass when this attempt begins. */
  onStepPart(part: UnknownRecord): void {
    this.#isStepShown ||= part.type === "start-step";
    if (!this.#isStepShown || this.#finished) return;
    if (part.type !== "finish-step") return this.#onContent(part);
    const usage = readUsage(part.usage, part.providerMetadata);
    const finishReason = readFinishReason(part.finishReason);
    // The SDK fills in a reason where the provider gave none.
    const isReported = usage !== undefined || (finishReason !== "other" && !this.#failed);
    this.#finish(isReported ? finishReason : undefined, usage);
  }

  onEnd(end: PipeEnd, error?: unknown): void {
    if (this.#finished || this.#failed) return;
    const { signal, isShownElsewhere } = this.#options;
    if (end === "failed") return this.#fail(readFailure(error, signal));
    if (end === "left") return this.#fail(readAbort(signal) ?? LEFT_BY_CONSUMER);
    if (isShownElsewhere) this.#attempt.deliver();
    else this.#attempt.succeed(this);
  }

  #onContent(part: UnknownRecord): void {
    if (part.type === "error") {
      this.#fail(readFailure(part.error, this.#options.signal));
    } else if (this.timeToFirstChunkSeconds === undefined && carriesOutput(part)) {
      this.timeToFirstChunkSeconds = (this.#options.now() - this.#options.startedMs) / 1000;
    }
  }

  /** The provider is done. After an error the SDK may try again all the same (v7). */
  #finish(finishReason: string | undefined, usage: TokenUsage | undefined): void {
    this.#finished = true;
    this.finishReason = finishReason;
    this.usage = usage;
    if (!this.#failed) this.#attempt.succeed(this);
  }

  #fail(outcome: Outcome): void {
    this.#failed = true;
    this.#attempt.fail(outcome);
  }
}
