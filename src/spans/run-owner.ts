/**
 * What a run and the spans below it know of each other. Types only.
 */
import type { ModelResponse, Outcome } from "../semconv/records.ts";
import type { SpanAttributes } from "../semconv/span-spec.ts";

/** A span that its run ends if it is still open then. */
export interface RunChild {
  /** @param outcome how the run's end ends what is below it */
  close(outcome: Outcome): void;
}

export interface RunOwner<RetryableCall> {
  /** A model call failed and may be repeated: its span waits for the next attempt or for the end of the run. */
  awaitRetry(call: RetryableCall): void;
  /** A child ended by itself. */
  release(child: RunChild): void;
  addConversation(attributes: SpanAttributes): void;
  /** What a model call reported, for the run's totals. */
  addResponse(response: ModelResponse): void;
}
