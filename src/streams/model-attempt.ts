/**
 * Observes one attempt of a model call. Reads ids, counts and finish reasons from the answer or from its stream.
 * Notifies the call of the outcome. Keeps no part, no text and no error.
 */
import { contain } from "../foundation/containment.ts";
import { isInterrupted } from "../readers/finish-reason.ts";
import {
  asRecord,
  finiteNumber,
  isRecord,
  readDataProperty,
  type UnknownRecord,
} from "../foundation/structure.ts";
import { addFallback, addFinish, addResponseIdentity } from "../readers/model-call.ts";
import { addCustomUsage, addRawUsage, restoreUsage } from "../readers/running-usage.ts";
import { carriesOutput } from "../readers/stream-part.ts";
import { readProviderTool, type ToolCallReport } from "../readers/tool-call.ts";
import { LEFT_BY_CONSUMER } from "../semconv/outcome.ts";
import type { ModelNames, ModelRequest, ModelResponse, Outcome } from "../semconv/records.ts";
import { observePipe, type PipeEnd, type PipeObserver } from "./observed-pipe.ts";

/** The call that an attempt belongs to and notifies, such as a `ModelCall`. */
export interface AttemptedCall {
  /** The attempt adds to it during the answer. The call reads it when the call ends. */
  readonly response: ModelResponse;
  /** Called when the answer is complete. */
  succeed(): void;
  /** Called when the attempt has failed. Another attempt may follow. */
  fail(outcome: Outcome): void;
  /** Called with the number of messages in the prompt after a failed attempt. */
  onPromptCount?(messageCount: number | undefined): void;
  /** Called when the answer is a stream that is not observed. */
  onUnobserved?(): void;
  /** Called for a part that carries output. `atMs` is when it came, in monotonic milliseconds. */
  onOutput?(atMs: number): void;
}

/** The run that an attempt belongs to. */
export interface AttemptOwner {
  /** @returns the outcome of a signal that has fired; `undefined` while no signal has fired */
  abortOutcome(): Outcome | undefined;
  /** @returns the outcome of an error of the attempt */
  outcomeOf(error: unknown): Outcome;
  /** @returns monotonic milliseconds */
  now(): number;
  /**
   * Whether `onOutput` is called for each part that carries output. Otherwise only the first part's time is recorded.
   */
  readonly notifiesEachOutput: boolean;
  /** Called when the provider reports the call, or the result, of a tool that it executes. */
  onProviderTool(toolCall: ToolCallReport): void;
}

export class ModelAttempt<Call extends AttemptedCall> implements PipeObserver {
  readonly call: Call;
  backpressured = false;
  /** The number of parts that the stream has delivered. */
  partCount = 0;
  readonly #owner: AttemptOwner;
  readonly #request: Pick<ModelRequest, "model" | "readModel">;
  readonly #response: ModelResponse;
  readonly #startedMs: number;
  /** The outcome of an error that the stream reported in a part. */
  reportedError: Outcome | undefined;
  #failed = false;
  #finished = false;
  /** Whether a part that carries output has come. */
  #hasOutput = false;

  constructor(call: Call, owner: AttemptOwner, request: Pick<ModelRequest, "model" | "readModel">) {
    this.call = call;
    this.#owner = owner;
    this.#request = request;
    this.#response = call.response;
    this.#startedMs = owner.now();
  }

  /** @returns the model that answers. It may differ from the requested model. */
  #readModel(): ModelNames {
    return this.#request.readModel?.() ?? this.#request.model;
  }

  /** Called with the provider's answer. */
  onValue(result: unknown): void {
    const record = asRecord(result);
    // Each fact is read in a separate `contain`. If one cannot be read, only that one is missing.
    const isObserved = contain("answer", () => {
      // A getter is not read, because it could create a new stream at each read.
      const stream = readDataProperty(result, "stream");
      return isRecord(stream) && observePipe(stream, this);
    });
    if (isObserved) return;
    contain("answer", () => {
      const content = record?.content;
      if (Array.isArray(content)) for (const part of content) this.#readTool(asRecord(part));
    });
    const model = contain("answer", () => this.#readModel()) ?? this.#request.model;
    contain("answer", () => addResponseIdentity(this.#response, record?.response, model));
    contain("answer", () => addFinish(this.#response, record, model));
    if (record && "stream" in record) this.onMissed();
    else this.call.succeed();
  }

  onMissed(): void {
    if (this.call.onUnobserved) this.call.onUnobserved();
    else this.call.succeed();
  }

  /**
   * Called when the SDK pipes the stream after other code has piped it. Then we observe the other code's pipe, and the
   * SDK's `pipeThrough` throws. So the SDK gets no answer, and the attempt has failed.
   */
  onRefused(): void {
    if (!this.#finished && !this.#failed) this.onError(new TypeError());
  }

  onError(error: unknown): void {
    this.onFailure(this.#owner.outcomeOf(error));
  }

  onFailure(outcome: Outcome): void {
    this.#failed = true;
    this.call.fail(outcome);
  }

  onPart(part: unknown): void {
    this.partCount += 1;
    const record = asRecord(part);
    this.#readTool(record);
    if (record?.type === "response-metadata") this.#onIdentity(record);
    else if (record?.type === "custom") contain("answer", () => this.#onCustom(record));
    else if (record?.type === "raw") contain("answer", () => this.#onRaw(record));
    else if (record?.type === "error") this.#onErrorPart(record);
    else if (record?.type === "finish") {
      this.#finished = true;
      const before = { ...this.#response };
      contain("answer", () => addFinish(this.#response, record, this.#readModel()));
      const isCut = contain("answer", () => isInterrupted(record));
      if (isCut) restoreUsage(this.#response, before);
      // After an error part the SDK may make another attempt, even if a `finish` part follows (v7).
      if (this.#failed) return;
      // The provider has finished. The SDK may keep the stream open until its tools have finished (v5, v6).
      if (isCut) this.onError(undefined);
      else this.call.succeed();
    } else if ((this.#owner.notifiesEachOutput || !this.#hasOutput) && carriesOutput(record)) {
      this.#onOutput(this.#owner.now());
    }
  }

  #onOutput(atMs: number): void {
    // If the clock has failed, the time stays unknown. A later part must not set it, because it is not the first.
    if (!this.#hasOutput)
      this.#response.timeToFirstChunkSeconds = finiteNumber((atMs - this.#startedMs) / 1000);
    this.#hasOutput = true;
    if (this.#owner.notifiesEachOutput) this.call.onOutput?.(atMs);
  }

  #onErrorPart(part: UnknownRecord): void {
    this.reportedError = this.#owner.outcomeOf(contain("answer", () => part.error));
    this.onFailure(this.reportedError);
  }

  #onIdentity(part: UnknownRecord): void {
    contain("answer", () => addResponseIdentity(this.#response, part, this.#readModel()));
  }

  #onCustom(part: UnknownRecord): void {
    addFallback(this.#response, part);
    addCustomUsage(this.#response, part);
  }

  #onRaw(part: UnknownRecord): void {
    // The counts of the `finish` part are complete, so later counts must not replace them.
    if (!this.#finished) addRawUsage(this.#response, part, this.#readModel().providerId);
  }

  #readTool(part: UnknownRecord | undefined): void {
    const toolCall = readProviderTool(part);
    if (toolCall) this.#owner.onProviderTool(toolCall);
  }

  onEnd(end: PipeEnd, error?: unknown): void {
    // The first failure has decided the outcome.
    if (this.#finished || this.#failed) return;
    if (end === "left") this.call.fail(this.#owner.abortOutcome() ?? LEFT_BY_CONSUMER);
    // A stream that ends without a `finish` part was interrupted. It has failed like a stream that throws.
    else this.onError(error);
  }
}
