/**
 * One started span and its single end. Whoever opened it must end it; every later end is ignored. No failure of the
 * tracer or of a processor gets out.
 */
import { SpanStatusCode, trace, type Context, type Span } from "@opentelemetry/api";
import { contain, report } from "../guard.ts";
import type { EndRecord, Outcome, SpanRecord } from "../semconv/records.ts";
import { setAttributes, type AttributeKeys } from "../semconv/span-attributes.ts";
import { invocationOf } from "./invocation.ts";
import type { Tracing } from "./tracing.ts";

export interface SpanParent {
  readonly context: Context;
  readonly tracing: Tracing;
  /** A span below it was started. */
  onChild?(child: OpenSpan): void;
  onChildEnd?(child: OpenSpan): void;
}

export class OpenSpan<Parent extends SpanParent = SpanParent> implements SpanParent {
  /** The parent's context with this span active. */
  readonly context: Context;
  readonly tracing: Tracing;
  readonly recording: boolean;
  ended = false;
  /** What is known so far of what the span is told at its end. */
  response: EndRecord = {};
  protected readonly parent: Parent;
  readonly #span: Span;

  constructor(span: Span, parent: Parent) {
    this.#span = span;
    this.parent = parent;
    this.tracing = parent.tracing;
    this.recording = span.isRecording();
    this.context = trace.setSpan(parent.context, span);
    parent.onChild?.(this);
    invocationOf(this.context)?.add(span);
  }

  /** Only where the span records. */
  set(record: SpanRecord, keys: AttributeKeys = this.tracing.options.keys): void {
    if (!this.recording) return;
    try {
      setAttributes(this.#span, record, keys);
    } catch (error) {
      report("span.setAttribute", error);
    }
  }

  /**
   * The span's owner has come to an end.
   *
   * @param outcome how that ends what is below it
   */
  close(outcome: Outcome): void {
    this.end(outcome);
  }

  /** @param endedWallMs when the work ended, where that is not now; milliseconds since the epoch */
  end(outcome: Outcome, endedWallMs?: number): void {
    if (this.ended) return;
    this.ended = true;
    this.set(this.response);
    this.set(outcome);
    // No description: an error's message may be content.
    if (outcome.errorType) {
      contain("span.setStatus", () => this.#span.setStatus({ code: SpanStatusCode.ERROR }));
    }
    contain("span.end", () => this.#span.end(endedWallMs));
    this.parent.onChildEnd?.(this);
    invocationOf(this.context)?.delete(this.#span);
  }
}
