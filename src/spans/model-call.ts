/**
 * One logical model call: a chat span over all its attempts. Ended by its own last attempt or by its run.
 */
import type { Context } from "@opentelemetry/api";
import { cutsRetries, OK, stopsEverything } from "../semconv/outcome.ts";
import type { ModelRequest, ModelResponse, Outcome, RequestSettings } from "../semconv/records.ts";
import { addChatSettings, addJsonOutput, addResponse } from "../semconv/span-attributes.ts";
import type { SpanAttributes } from "../semconv/span-spec.ts";
import { wallMs } from "./clock.ts";
import type { OpenSpan } from "./open-span.ts";
import type { RunChild, RunOwner } from "./run-owner.ts";

export class ModelCall implements RunChild {
  readonly #run: RunOwner<ModelCall>;
  readonly #span: OpenSpan;
  readonly #request: ModelRequest;
  readonly #retryCountKey: string;
  #retries = 0;
  #response: ModelResponse | undefined;
  #failure: Outcome | undefined;
  #failedWallMs: number | undefined;

  // oxlint-disable-next-line max-params -- made in one place
  constructor(run: RunOwner<ModelCall>, span: OpenSpan, request: ModelRequest, retryCountKey: string) {
    this.#run = run;
    this.#span = span;
    this.#request = request;
    this.#retryCountKey = retryCountKey;
  }

  get context(): Context {
    return this.#span.context;
  }

  /** How the last attempt failed, while no other has begun. */
  get failure(): Outcome | undefined {
    return this.#failure;
  }

  /** Whether the request's settings are still to be told. */
  get wantsSettings(): boolean {
    return this.#span.recording && this.#retries === 0;
  }

  addSettings(settings: RequestSettings): void {
    const attributes: SpanAttributes = {};
    addChatSettings(attributes, settings, this.#request.streaming);
    this.#run.addConversation(attributes);
    if (this.#request.wantsJson) addJsonOutput(attributes);
    this.#span.setAttributes(attributes);
  }

  retry(): void {
    this.#retries += 1;
    this.#failure = this.#response = undefined;
  }

  /** The response so far, so that a run that ends first keeps what was seen. */
  progress(response: ModelResponse): void {
    this.#response = response;
  }

  succeed(response: ModelResponse): void {
    this.stop(OK, response);
  }

  /** The attempt failed; the span stays open, for the SDK may try again. */
  fail(outcome: Outcome, response?: ModelResponse): void {
    if (stopsEverything(outcome)) return this.stop(outcome, response);
    if (this.#span.ended) return;
    this.#response = response;
    this.#failure = outcome;
    this.#failedWallMs = wallMs();
    this.#run.awaitRetry(this);
  }

  close(outcome: Outcome): void {
    const failure = this.#failure;
    // A call that had failed keeps its own failure and time, unless an abort or a deadline cut short its retries.
    if (failure === undefined || cutsRetries(outcome)) this.stop(outcome, this.#response);
    else this.stop(failure, this.#response, this.#failedWallMs);
  }

  /** The call ended for good. */
  stop(outcome: Outcome, response: ModelResponse | undefined, endedWallMs?: number): void {
    if (this.#span.ended) return;
    const attributes: SpanAttributes = {};
    if (response !== undefined) {
      addResponse(attributes, response);
      this.#run.addResponse(response);
    }
    if (this.#retries > 0) attributes[this.#retryCountKey] = this.#retries;
    this.#run.release(this);
    this.#span.end(outcome, attributes, endedWallMs);
  }
}
