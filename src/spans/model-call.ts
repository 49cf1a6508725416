/**
 * One logical model call: a chat span over all its attempts. Its last attempt or its run ends it.
 */
import { monotonicMs } from "../foundation/clock.ts";
import { contain } from "../foundation/containment.ts";
import { CHUNK_SECONDS } from "../semconv/metrics.ts";
import { cutsRetries, OK } from "../semconv/outcome.ts";
import type { ModelNames, ModelRequest, ModelResponse, Outcome } from "../semconv/records.ts";
import { secondsBetween } from "./span-clock.ts";
import { changedModel, OpenSpan, type Opening, type SpanParent } from "./open-span.ts";
import type { SpanStart } from "./tracing.ts";

/** The run that a model call belongs to. */
export interface CallingRun extends SpanParent {
  readonly ended: boolean;
  /** Whether only the SDK's events name the models that answer (v7 adapter). */
  readonly isReported?: boolean;
  /** The call whose last attempt failed. Its span waits for the next attempt or for the end of the run. */
  failedCall: ModelCall | undefined;
}

/** The record for the start of the span, from which samplers decide. */
export type ModelCallStart = SpanStart & ModelRequest["model"];

export class ModelCall extends OpenSpan<CallingRun> {
  #model: ModelRequest["model"];
  #readModel: ModelRequest["readModel"];
  readonly #messageCount: number | undefined;
  /** The number of messages after the last failed attempt. */
  #countAtFailure: number | undefined;
  /** The outcome of the failed last attempt; `undefined` once another attempt has begun. */
  failure: Outcome | undefined;
  /** When the last attempt failed. Monotonic milliseconds, like all times here. */
  #failedMs: number | undefined;
  /** Whether the answer is a stream that is not observed. */
  #isUnobserved = false;
  /** When the answer was complete at the latest: a tool began, or the attempt succeeded. */
  #answeredMs: number | undefined;
  #isStepOver = false;
  /** When the last part that carries output came. */
  #chunkMs: number | undefined;
  #chunkSeries: ((seconds: number) => void)[] | undefined;

  constructor(opening: Opening<CallingRun>, request: ModelRequest) {
    super(opening);
    this.#model = request.model;
    this.#readModel = request.readModel;
    this.#messageCount = request.messageCount;
  }

  /**
   * Whether a call that begins after this one failed repeats it. A call after a tool of the answer, or with other
   * messages, is another step. Some releases start another step after an error in a stream.
   */
  isRepeatedBy({ messageCount }: ModelRequest): boolean {
    const isOver = this.#isStepOver || this.#answeredMs !== undefined;
    return !isOver && (messageCount === this.#messageCount || messageCount === this.#countAtFailure);
  }

  /** An attempt has failed. A model or a middleware may have added messages to the prompt, and the next one gets them. */
  onPromptCount(messageCount: number | undefined): void {
    this.#countAtFailure = messageCount;
  }

  /** Called for each part that carries output, if metrics are recorded. */
  onOutput(atMs: number): void {
    // A reader may resume a stream after its span ended as abandoned. The model did not cause that pause.
    if (this.ended) return;
    const lastMs = this.#chunkMs;
    this.#chunkMs = atMs;
    const seconds = lastMs === undefined ? undefined : secondsBetween(lastMs, atMs);
    if (seconds === undefined) return;
    if (!this.#chunkSeries) {
      this.#updateModel();
      this.#chunkSeries = this.seriesOf(CHUNK_SECONDS);
    }
    for (const record of this.#chunkSeries) record(seconds);
  }

  /** Called when another attempt begins. */
  retry({ readModel }: ModelRequest): void {
    this.#readModel = readModel;
    this.#chunkMs = undefined;
    // Another model may answer.
    this.#chunkSeries = undefined;
    this.response = { retryCount: (this.response.retryCount ?? 0) + 1 };
    this.failure = undefined;
  }

  /** Called when the answer is complete. With the v7 adapter the span waits for the event that names the model. */
  succeed(): void {
    if (!this.parent.isReported) return this.end(OK);
    this.#answeredMs ??= monotonicMs();
    this.isAnswered = true;
  }

  /**
   * Called when an event of the SDK names the model that answered.
   *
   * @param model `undefined` if the event names no other model than the requested one
   */
  onReported(model: ModelNames | undefined): void {
    if (!this.isAnswered) return;
    if (model) this.#readModel = () => model;
    this.end(OK, this.#answeredMs);
  }

  /** Called when an attempt failed. The span stays open, because the SDK may repeat the call. */
  fail(outcome: Outcome): void {
    if (this.isAnswered) return;
    // After the end of the run nothing waits for another attempt.
    if (cutsRetries(outcome) || this.parent.ended) return this.end(outcome);
    if (this.ended) return;
    this.failure = outcome;
    this.#failedMs = monotonicMs();
    this.parent.failedCall = this;
  }

  /** Called when the answer is a stream that is not observed. The next event of the run then decides the outcome. */
  onUnobserved(): void {
    this.#isUnobserved = true;
  }

  /** Called when a tool of the answer begins. The answer is complete then, but an event may still report its usage. */
  onTool(): void {
    this.#answeredMs ??= monotonicMs();
    // The span ends now. A tool may take long, and a crash of the process loses open spans.
    if (this.isAnswered) this.end(OK, this.#answeredMs);
  }

  /**
   * Called when the step of the call is over. An open call takes its ids, usage and times from the step.
   *
   * @param addAnswer adds the ids, usage and times of the step to the response. The SDK may insert the requested model as
   *   the response model, so `addAnswer` gets the requested model to leave it out.
   * @param isLastReport whether to end the call now, because no later event reports the step
   */
  onStep(
    addAnswer: (response: ModelResponse, requestModel: string | undefined) => void,
    isLastReport: boolean,
  ): void {
    this.#isStepOver = true;
    if (this.ended || this.failure || this.isAnswered) return;
    this.#updateModel();
    contain("step", () => addAnswer(this.response, this.#model.requestModel));
    if (isLastReport) this.end(OK, this.#answeredMs);
  }

  /** Called when another model call begins that does not repeat this one. */
  onNextCall(): void {
    if (this.#isUnobserved || this.#answeredMs !== undefined) this.end(OK, this.#answeredMs);
  }

  /** Updates the names of the model: a model may have failed over to another. */
  #updateModel(): void {
    const model = changedModel(this.#model, this.#readModel);
    if (!model) return;
    this.#model = model;
    this.onFailover(model);
  }

  override end(outcome: Outcome, endedMs?: number): void {
    if (!this.ended) this.#updateModel();
    this.#readModel = undefined;
    super.end(outcome, endedMs);
  }

  override cutOff(outcome: Outcome, ofRun: Outcome, endedMs?: number): void {
    if (this.isAnswered) return this.end(OK, this.#answeredMs);
    if (this.#isUnobserved && !this.failure) return this.end(ofRun, this.#answeredMs ?? endedMs);
    // A failed call keeps its outcome and time, unless an abort or a deadline cut its retries short.
    if (!this.failure || cutsRetries(outcome)) this.end(outcome, endedMs);
    else this.end(this.failure, this.#failedMs);
  }
}
