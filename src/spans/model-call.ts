/**
 * The chat span of one model call. It covers all attempts of the call. The last attempt or the run ends it.
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
  /** Whether only the SDK's events name the model that answers (v7 adapter). */
  readonly isReported?: boolean;
  /** The call whose last attempt failed. Its span waits for the next attempt or for the end of the run. */
  failedCall: ModelCall | undefined;
}

/** The record of the span's start, from which samplers decide. */
export type ModelCallStart = SpanStart & ModelRequest["model"];

export class ModelCall extends OpenSpan<CallingRun> {
  #model: ModelRequest["model"];
  #readModel: ModelRequest["readModel"];
  readonly #messageCount: number | undefined;
  /** The number of messages in the prompt after the last failed attempt. */
  #countAtFailure: number | undefined;
  /** The outcome of the last attempt, if it failed; `undefined` once another attempt has begun. */
  failure: Outcome | undefined;
  /** When the last attempt failed. Monotonic milliseconds, like all times in this class. */
  #failedMs: number | undefined;
  /** Whether the answer is a stream that is not observed. */
  #isUnobserved = false;
  /** The time by which the answer was complete: when a tool began or the attempt succeeded. */
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
   * Whether a call that begins after this one failed is another attempt of it. It is a new step if a tool of this
   * call's answer has run, or if the number of messages differs. It is a new step too if this step is over: some
   * releases go on after an error in a stream.
   */
  isRepeatedBy({ messageCount }: ModelRequest): boolean {
    const isOver = this.#isStepOver || this.#answeredMs !== undefined;
    return !isOver && (messageCount === this.#messageCount || messageCount === this.#countAtFailure);
  }

  /**
   * Called when an attempt has failed. A model or a middleware may have added messages to the prompt. The next attempt
   * gets the longer prompt, so its length is kept.
   */
  onPromptCount(messageCount: number | undefined): void {
    this.#countAtFailure = messageCount;
  }

  /**
   * Called for each part that carries output, if metrics are recorded.
   *
   * @param atMs when the part came
   */
  onOutput(atMs: number): void {
    // A reader may pause so long that the span ends as abandoned, and then resume. The reader caused that pause, not
    // the model.
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
    // Another model may answer, and the metric has the model's name.
    this.#chunkSeries = undefined;
    this.response = { retryCount: (this.response.retryCount ?? 0) + 1 };
    this.failure = undefined;
  }

  /** Called when the answer is complete. With the v7 adapter the span stays open until an event names the model. */
  succeed(): void {
    if (!this.parent.isReported) return this.end(OK);
    this.#answeredMs ??= monotonicMs();
    this.isAnswered = true;
  }

  /**
   * Called when an event of the SDK names the model that answered.
   *
   * @param model `undefined` if the event names the requested model or none
   */
  onReported(model: ModelNames | undefined): void {
    if (!this.isAnswered) return;
    if (model) this.#readModel = () => model;
    this.end(OK, this.#answeredMs);
  }

  /** Called when an attempt failed. The span stays open, because the SDK may repeat the call. */
  fail(outcome: Outcome): void {
    if (this.isAnswered) return;
    // After the end of the run no further attempt is expected.
    if (cutsRetries(outcome) || this.parent.ended) return this.end(outcome);
    if (this.ended) return;
    this.failure = outcome;
    this.#failedMs = monotonicMs();
    this.parent.failedCall = this;
  }

  /**
   * Called when the answer is a stream that is not observed. Then the next event of the run decides the outcome of the
   * call.
   */
  onUnobserved(): void {
    this.#isUnobserved = true;
  }

  /** Called when a tool of the answer begins. So the answer is complete. An event may still report its usage. */
  onTool(): void {
    this.#answeredMs ??= monotonicMs();
    // The span ends now and not after the tool. A tool may take long, and a crash of the process would lose the open
    // span.
    if (this.isAnswered) this.end(OK, this.#answeredMs);
  }

  /**
   * Called when the step of the call is over. If the call is open, the step's ids, usage and times are added to its
   * response.
   *
   * @param addAnswer adds them. It gets the requested model, because the SDK may insert that model as the response
   *   model.
   * @param isLastReport whether no later event reports the step. The call then ends now.
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

  /** Reads the names of the model again, because the model may have failed over to another model. */
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
    // A failed call keeps the outcome and the time of its last attempt, unless an abort or a deadline stopped its
    // retries.
    if (!this.failure || cutsRetries(outcome)) this.end(outcome, endedMs);
    else this.end(this.failure, this.#failedMs);
  }
}
