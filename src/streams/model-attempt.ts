/**
 * Watches one attempt of a model call: what the provider answers or streams is summed up, and how the attempt came out is
 * told. Keeps no part, no text and no error.
 */
import { contain } from "../foundation/containment.ts";
import { isInterrupted } from "../readers/finish-reason.ts";
import { asRecord, finiteNumber, isRecord, ownData, type UnknownRecord } from "../foundation/structure.ts";
import { addFallback, addFinish, addResponseIdentity } from "../readers/model-call.ts";
import { addCustomUsage, addRawUsage, keepUsage } from "../readers/running-usage.ts";
import { carriesOutput } from "../readers/stream-part.ts";
import { readProviderTool, type ToldCall } from "../readers/tool-call.ts";
import { LEFT_BY_CONSUMER } from "../semconv/outcome.ts";
import type { ModelNames, ModelResponse, Outcome } from "../semconv/records.ts";
import { observePipe, type PipeEnd, type PipeObserver } from "./observed-pipe.ts";

/** Who hears how the attempt goes; `ModelCall` is one. */
export interface AttemptedCall {
  /** Written while the attempt goes on; read whenever the call ends. */
  readonly response: ModelResponse;
  /** The answer is complete. */
  succeed(): void;
  /** Over, but it may be tried again. */
  fail(outcome: Outcome): void;
  /** An answer has begun to come in a stream that is not observed. */
  unobserved?(): void;
  /** A part that carries output has come. */
  onOutput?(atMs: number): void;
}

export interface AttemptOptions {
  /** What a signal means that has fired; `undefined` while none has. */
  readonly aborted: () => Outcome | undefined;
  /** What an error means for the attempt. */
  readonly outcomeOf: (error: unknown) => Outcome;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Who answers; may be another model than the one that was called. */
  readonly readModel: () => ModelNames;
  /** Whether each part that carries output is told of, not only the first. */
  readonly tellsOutput: boolean;
  /** The provider called a tool of its own, or has its result. */
  readonly onProviderTool: (told: ToldCall) => void;
}

export class ModelAttempt<Call extends AttemptedCall> implements PipeObserver {
  readonly call: Call;
  backpressured = false;
  /** How many the stream has given. */
  partCount = 0;
  readonly #options: AttemptOptions;
  readonly #response: ModelResponse;
  readonly #startedMs: number;
  /** The error that the stream itself has reported, in a part. */
  reportedError: Outcome | undefined;
  #failed = false;
  #finished = false;
  /** A part that carries output has come. */
  #hasOutput = false;

  constructor(call: Call, options: AttemptOptions) {
    this.call = call;
    this.#options = options;
    this.#response = call.response;
    this.#startedMs = options.now();
  }

  /** The provider answered. */
  onValue(result: unknown): void {
    const record = asRecord(result);
    // What cannot be read of an answer costs it that alone: it is one all the same.
    const isWatched = contain("answer", () => {
      // One that is made when it is asked for is not asked for twice.
      const stream = ownData(result, "stream");
      return isRecord(stream) && observePipe(stream, this);
    });
    if (isWatched) return;
    contain("answer", () => {
      const content = record?.content;
      if (Array.isArray(content)) for (const part of content) this.#seeTool(asRecord(part));
    });
    contain("answer", () => addResponseIdentity(this.#response, record?.response, this.#options.readModel()));
    contain("answer", () => addFinish(this.#response, record, this.#options.readModel()));
    if (record && "stream" in record) this.onMissed();
    else this.call.succeed();
  }

  onMissed(): void {
    if (this.call.unobserved) this.call.unobserved();
    else this.call.succeed();
  }

  /** Another took the stream before the SDK, and reads it by this pipe. The SDK fails. */
  onRefused(): void {
    if (!this.#finished && !this.#failed) this.onError(new TypeError());
  }

  onError(error: unknown): void {
    this.onFailure(this.#options.outcomeOf(error));
  }

  onFailure(outcome: Outcome): void {
    this.#failed = true;
    this.call.fail(outcome);
  }

  onPart(part: unknown): void {
    this.partCount += 1;
    const record = asRecord(part);
    this.#seeTool(record);
    if (record?.type === "response-metadata") this.#onIdentity(record);
    else if (record?.type === "custom") contain("answer", () => this.#onCustom(record));
    else if (record?.type === "raw") contain("answer", () => this.#onRaw(record));
    else if (record?.type === "error") this.#onErrorPart(record);
    else if (record?.type === "finish") {
      this.#finished = true;
      const before = { ...this.#response };
      contain("answer", () => addFinish(this.#response, record, this.#options.readModel()));
      const isCut = contain("answer", () => isInterrupted(record));
      if (isCut) keepUsage(this.#response, before);
      // After an error the SDK may try again all the same (v7).
      if (this.#failed) return;
      // The provider is done; the SDK may still hold the stream open for its tools (v5, v6).
      if (isCut) this.onError(undefined);
      else this.call.succeed();
    } else if ((this.#options.tellsOutput || !this.#hasOutput) && carriesOutput(record)) {
      this.#onOutput(this.#options.now());
    }
  }

  #onOutput(atMs: number): void {
    // Not known where a clock has failed: a later part is not the first.
    if (!this.#hasOutput)
      this.#response.timeToFirstChunkSeconds = finiteNumber((atMs - this.#startedMs) / 1000);
    this.#hasOutput = true;
    if (this.#options.tellsOutput) this.call.onOutput?.(atMs);
  }

  #onErrorPart(part: UnknownRecord): void {
    this.reportedError = this.#options.outcomeOf(contain("answer", () => part.error));
    this.onFailure(this.reportedError);
  }

  #onIdentity(part: UnknownRecord): void {
    contain("answer", () => addResponseIdentity(this.#response, part, this.#options.readModel()));
  }

  #onCustom(part: UnknownRecord): void {
    addFallback(this.#response, part);
    addCustomUsage(this.#response, part);
  }

  #onRaw(part: UnknownRecord): void {
    // A `finish` part has said it all.
    if (!this.#finished) addRawUsage(this.#response, part, this.#options.readModel().providerId);
  }

  #seeTool(part: UnknownRecord | undefined): void {
    const told = readProviderTool(part);
    if (told) this.#options.onProviderTool(told);
  }

  onEnd(end: PipeEnd, error?: unknown): void {
    // The first failure is the one that counts.
    if (this.#finished || this.#failed) return;
    if (end === "left") this.call.fail(this.#options.aborted() ?? LEFT_BY_CONSUMER);
    // A stream that ends without a `finish` part broke off, as one that fails.
    else this.onError(error);
  }
}
