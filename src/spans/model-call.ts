/**
 * One logical model call: a chat span over all its attempts. Ended by its own last attempt or by its run.
 */
import type { Context } from "@opentelemetry/api";
import { cutsRetries, OK } from "../semconv/outcome.ts";
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
  /** How the last attempt failed, while no other has begun. */
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
    return this.#failure?.status === "error" ? this.#failure : undefined;
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
    this.#response = response;
    this.#end(OK);
  }

  /** The attempt failed; the span stays open, for the SDK may try again. */
  fail(outcome: Outcome): void {
    if (cutsRetries(outcome)) return this.#end(outcome);
    if (this.#span.ended) return;
    this.#failure = outcome;
    this.#failedWallMs = wallMs();
    this.#run.awaitRetry(this);
  }

  close(outcome: Outcome): void {
    // A call that had failed keeps its own failure and time, unless an abort or a deadline cut short its retries.
    if (this.#failure === undefined || cutsRetries(outcome)) this.#end(outcome);
    else this.#end(this.#failure, this.#failedWallMs);
  }

  #end(outcome: Outcome, endedWallMs?: number): void {
    if (this.#span.ended) return;
    const attributes: SpanAttributes = {};
    if (this.#response !== undefined) {
      addResponse(attributes, this.#response);
      this.#run.addResponse(this.#response);
    }
    if (this.#retries > 0) attributes[this.#retryCountKey] = this.#retries;
    this.#run.release(this);
    this.#span.end(outcome, attributes, endedWallMs);
  }
}
