/**
 * One started span and its single end. Whoever opened it must end it; every later end is ignored. No failure of
 * the tracer or of a processor gets out.
 */
import { SpanStatusCode, trace, type Context, type Span } from "@opentelemetry/api";
import { report } from "../guard.ts";
import { addOutcome } from "../semconv/span-attributes.ts";
import type { Outcome } from "../semconv/records.ts";
import type { SpanAttributes } from "../semconv/span-spec.ts";
import type { VendorKeys } from "../semconv/vendor-keys.ts";
import { monotonicMs, wallMs } from "./clock.ts";

export class OpenSpan {
  /** The parent's context with this span active. */
  readonly context: Context;
  readonly #span: Span;
  readonly #keys: VendorKeys;
  readonly #startedWallMs = wallMs();
  readonly #startedMs = monotonicMs();
  #ended = false;

  constructor(span: Span, parent: Context, keys: VendorKeys) {
    this.#span = span;
    this.#keys = keys;
    this.context = trace.setSpan(parent, span);
  }

  get ended(): boolean {
    return this.#ended;
  }

  get startedMs(): number {
    return this.#startedMs;
  }

  setAttributes(attributes: SpanAttributes): void {
    try {
      this.#span.setAttributes(attributes);
    } catch (error) {
      report("span.setAttributes", error);
    }
  }

  /**
   * @param attributes what is known only now; the outcome's own attributes are added
   * @param endedMs monotonic time of the end where that is not now
   */
  end(outcome: Outcome, attributes: SpanAttributes, endedMs?: number): void {
    if (this.#ended) return;
    this.#ended = true;
    addOutcome(attributes, outcome, this.#keys);
    this.setAttributes(attributes);
    try {
      // No description: an error's message may be content.
      if (outcome.status === "error") this.#span.setStatus({ code: SpanStatusCode.ERROR });
    } catch (error) {
      report("span.setStatus", error);
    }
    try {
      // The wall time of our own start is never before the span's, so an end in the past stays behind its start.
      this.#span.end(endedMs === undefined ? undefined : this.#startedWallMs + (endedMs - this.#startedMs));
    } catch (error) {
      report("span.end", error);
    }
  }
}
