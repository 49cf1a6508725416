/**
 * One started span and its single end. Whoever opened it must end it; every later end is ignored. No failure of the
 * tracer or of a processor gets out.
 */
import { SpanStatusCode, trace, type Context, type Span } from "@opentelemetry/api";
import { contain } from "../guard.ts";
import type { Outcome } from "../semconv/records.ts";
import { addOutcome } from "../semconv/span-attributes.ts";
import type { SpanAttributes } from "../semconv/span-spec.ts";
import type { VendorKeys } from "../semconv/vendor-keys.ts";

export class OpenSpan {
  /** The parent's context with this span active. */
  readonly context: Context;
  readonly recording: boolean;
  readonly #span: Span;
  readonly #keys: VendorKeys;
  #ended = false;

  constructor(span: Span, parent: Context, keys: VendorKeys) {
    this.#span = span;
    this.#keys = keys;
    this.recording = span.isRecording();
    this.context = trace.setSpan(parent, span);
  }

  get ended(): boolean {
    return this.#ended;
  }

  setAttributes(attributes: SpanAttributes): void {
    contain("span.setAttributes", () => this.#span.setAttributes(attributes));
  }

  /**
   * @param attributes what is known only now; the outcome's own are added to it
   * @param endedWallMs when the work ended, where that is not now; milliseconds since the epoch
   */
  end(outcome: Outcome, attributes: SpanAttributes, endedWallMs?: number): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.recording) {
      addOutcome(attributes, outcome, this.#keys);
      this.setAttributes(attributes);
      // No description: an error's message may be content.
      if (outcome.status === "error") {
        contain("span.setStatus", () => this.#span.setStatus({ code: SpanStatusCode.ERROR }));
      }
    }
    contain("span.end", () => this.#span.end(endedWallMs));
  }
}
