/**
 * A span of Cloudflare's runtime as a `Span` of the OpenTelemetry API. Kinds, links and events are dropped, because the
 * runtime has no place for them. For the same reason a span starts and ends at the present time. Values of attributes
 * are scalars.
 */
import {
  INVALID_SPAN_CONTEXT,
  SpanStatusCode,
  type Attributes,
  type AttributeValue,
  type Span,
  type SpanContext,
  type SpanStatus,
} from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { asRecord, stringOf } from "../foundation/structure.ts";
import { ENTER_SPAN, type EnteredSpan } from "../spans/context.ts";
import { callNative, hasNative, isActive, startNative, type NativeHandle } from "./native-tracing.ts";

export interface NativeSpanOptions {
  /**
   * The key of an attribute that is `true` until the span ends. When an invocation ends, the runtime closes open spans
   * as if they had ended. On those spans the attribute is still `true`.
   */
  readonly cutOffKey: string;
  onEnd?(): void;
}

export class NativeSpan implements Span, EnteredSpan {
  readonly name: string;
  readonly #handle: NativeHandle;
  readonly #options: NativeSpanOptions;
  #ended = false;

  constructor(name: string, handle: NativeHandle, options: NativeSpanOptions) {
    this.name = name;
    this.#handle = handle;
    this.#options = options;
    this.setAttribute(options.cutOffKey, true);
  }

  /** Starts a child of this span, even if another span is active. */
  start(tracing: Parameters<typeof startNative>[0], name: string): NativeHandle | undefined {
    const { native, enter } = this.#handle;
    const start = (): NativeHandle | undefined => startNative(tracing, name);
    // If this span is active already, it is not entered again. So the work keeps the present values of
    // AsyncLocalStorage.
    return enter && !isActive(tracing, native) ? enter(start) : start();
  }

  [ENTER_SPAN]<T>(work: () => T): T {
    const { enter } = this.#handle;
    return enter ? enter(work) : work();
  }

  spanContext(): SpanContext {
    return (
      contain("native spanContext", () => {
        const context = asRecord(callNative(this.#handle.native, "spanContext"));
        const traceId = stringOf(context?.traceId);
        const spanId = stringOf(context?.spanId);
        return traceId && spanId ? { traceId, spanId, traceFlags: 1 } : undefined;
      }) ?? INVALID_SPAN_CONTEXT
    );
  }

  isRecording(): boolean {
    return !this.#ended;
  }

  /** Sets an attribute. The values of an array are joined by commas. */
  setAttribute(key: string, value: AttributeValue): this {
    if (!this.#ended) {
      callNative(this.#handle.native, "setAttribute", key, Array.isArray(value) ? value.join(",") : value);
    }
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined) this.setAttribute(key, value);
    }
    return this;
  }

  setStatus({ code }: SpanStatus): this {
    if (code !== SpanStatusCode.ERROR) return this;
    const { native } = this.#handle;
    if (hasNative(native, "setStatus")) callNative(native, "setStatus", { code: "error" });
    else this.setAttribute("otel.status_code", "ERROR");
    return this;
  }

  end(): void {
    if (this.#ended) return;
    this.setAttribute(this.#options.cutOffKey, false);
    this.#ended = true;
    this.#handle.end();
    // This also runs if the runtime's `end` has failed. Otherwise the invocation would stay alive.
    this.#options.onEnd?.();
  }

  updateName(): this {
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  recordException(): void {}
}
