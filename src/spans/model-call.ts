/**
 * One logical model call: a chat span over all its attempts. Ended by its own last attempt or by its run.
 */
import type { Span } from "@opentelemetry/api";
import { monotonicMs } from "../foundation/clock.ts";
import { contain } from "../foundation/containment.ts";
import { CHUNK_SECONDS } from "../semconv/metrics.ts";
import { cutsRetries, OK } from "../semconv/outcome.ts";
import type { ModelNames, ModelRequest, ModelResponse, Outcome } from "../semconv/records.ts";
import { secondsBetween } from "./span-clock.ts";
import { changedModel, OpenSpan, type SpanParent } from "./open-span.ts";
import type { SpanStart } from "./tracing.ts";

/** What a model call knows of its run. */
export interface CallingRun extends SpanParent {
  readonly ended: boolean;
  /** Whether the models of its calls are known by events alone. */
  readonly isReported?: boolean;
  /** The call whose last attempt failed: its span waits for the next attempt or for the end of the run. */
  failedCall: ModelCall | undefined;
}

/** What samplers look at. */
export type ModelCallStart = SpanStart & ModelRequest["model"];

export class ModelCall extends OpenSpan<CallingRun> {
  #model: ModelRequest["model"];
  #readModel: ModelRequest["readModel"];
  readonly #messageCount: number | undefined;
  readonly #promptIdentity: ModelRequest["promptIdentity"];
  /** How the last attempt failed, while no other has begun. */
  failure: Outcome | undefined;
  #failedMs: number | undefined;
  /** An answer has begun to come in a stream that is not observed. */
  #isUnobserved = false;
  /** When the run went on after such an answer: a tool began. */
  #answeredMs: number | undefined;
  #isStepOver = false;
  #chunkMs: number | undefined;
  #chunkSeries: ((seconds: number) => void)[] | undefined;

  constructor(span: Span, parent: CallingRun, start: ModelCallStart, request: ModelRequest) {
    super(span, parent, start);
    this.#model = request.model;
    this.#readModel = request.readModel;
    this.#messageCount = request.messageCount;
    this.#promptIdentity = request.promptIdentity;
  }

  /**
   * Whether a call that begins after this one failed is another attempt at it. What comes after a tool of the answer, or
   * has other messages, is another step: some releases go on after an error in a stream.
   */
  isRepeatedBy({ messageCount, promptIdentity }: ModelRequest): boolean {
    const goesOn = this.#isStepOver || this.#answeredMs !== undefined;
    // A model or a middleware may add to the prompt that it got. The next attempt gets the same one.
    const known = this.#promptIdentity?.deref();
    const isSamePrompt = known !== undefined && known === promptIdentity?.deref();
    return !goesOn && (isSamePrompt || messageCount === this.#messageCount);
  }

  /** Another part that carries output has come. Only where something is measured. */
  onOutput(atMs: number): void {
    // A reader may come back to what was closed as abandoned: that pause is no model's.
    if (this.ended) return;
    const lastMs = this.#chunkMs;
    this.#chunkMs = atMs;
    const seconds = lastMs === undefined ? undefined : secondsBetween(lastMs, atMs);
    if (seconds === undefined) return;
    if (!this.#chunkSeries) {
      this.#learnModel();
      this.#chunkSeries = this.seriesOf(CHUNK_SECONDS);
    }
    for (const record of this.#chunkSeries) record(seconds);
  }

  retry({ readModel }: ModelRequest): void {
    this.#readModel = readModel;
    this.#chunkMs = undefined;
    // Another model may answer.
    this.#chunkSeries = undefined;
    this.response = { retryCount: (this.response.retryCount ?? 0) + 1 };
    this.failure = undefined;
  }

  /** The answer is complete. Where models are known by events alone, the step's event names the one that answered. */
  succeed(): void {
    if (!this.parent.isReported) return this.end(OK);
    this.#answeredMs ??= monotonicMs();
    this.isAnswered = true;
  }

  /** The SDK reports who has answered; `undefined`: nobody else than was called, as far as it is known. */
  onReported(model: ModelNames | undefined): void {
    if (!this.isAnswered) return;
    if (model) this.#readModel = () => model;
    this.end(OK, this.#answeredMs);
  }

  /** The attempt failed; the span stays open, for the SDK may try again. */
  fail(outcome: Outcome): void {
    if (this.isAnswered) return;
    // Nobody waits for another attempt after the run has ended.
    if (cutsRetries(outcome) || this.parent.ended) return this.end(outcome);
    if (this.ended) return;
    this.failure = outcome;
    this.#failedMs = monotonicMs();
    this.parent.failedCall = this;
  }

  /** How the answer of a stream that is not observed came out shows in what its run does next. */
  unobserved(): void {
    this.#isUnobserved = true;
  }

  /** A tool of the answer runs: the answer was complete by now, and what it was may still be reported. */
  onTool(): void {
    this.#answeredMs ??= monotonicMs();
    // A tool may take long, and a span that is not exported is lost with its process.
    if (this.isAnswered) this.end(OK, this.#answeredMs);
  }

  /**
   * The step of the call is over, and says what the answer was: nobody else has said so where the call is still open.
   *
   * @param addAnswer adds what the step says; it knows the model that was asked for, which is no response model
   * @param isWhole whether nothing more will be said
   */
  onStep(
    addAnswer: (response: ModelResponse, requestModel: string | undefined) => void,
    isWhole: boolean,
  ): void {
    this.#isStepOver = true;
    if (this.ended || this.failure || this.isAnswered) return;
    this.#learnModel();
    contain("step", () => addAnswer(this.response, this.#model.requestModel));
    if (isWhole) this.end(OK, this.#answeredMs);
  }

  /** Another model call begins, which no open one is tried again by. */
  onNextCall(): void {
    if (this.#isUnobserved || this.#answeredMs !== undefined) this.end(OK, this.#answeredMs);
  }

  /** A model that has failed over to another has the other's names. */
  #learnModel(): void {
    const model = changedModel(this.#model, this.#readModel);
    if (!model) return;
    this.#model = model;
    this.onFailover(model);
  }

  override end(outcome: Outcome, endedMs?: number): void {
    if (!this.ended) this.#learnModel();
    this.#readModel = undefined;
    super.end(outcome, endedMs);
  }

  override close(outcome: Outcome, ofRun: Outcome, endedMs?: number): void {
    if (this.isAnswered) return this.end(OK, this.#answeredMs);
    if (this.#isUnobserved && !this.failure) return this.end(ofRun, this.#answeredMs ?? endedMs);
    // A call that had failed keeps its own failure and time, unless an abort or a deadline cut short its retries.
    if (!this.failure || cutsRetries(outcome)) this.end(outcome, endedMs);
    else this.end(this.failure, this.#failedMs);
  }
}
