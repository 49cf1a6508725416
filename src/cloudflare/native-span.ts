/**
 * One span of Cloudflare's runtime as the API's `Span`. What the runtime has no place for is left out: kinds, links,
 * events, times other than now. Values are scalars.
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
  /** True until the span has ended by itself: the runtime closes what an invocation leaves open, as if it had. */
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

  /** Starts a span below this one, wherever it is called. */
  start(tracing: Parameters<typeof startNative>[0], name: string): NativeHandle | undefined {
    const { native, enter } = this.#handle;
    const start = (): NativeHandle | undefined => startNative(tracing, name);
    // Where it is active already, nothing has to be left and the work below keeps what AsyncLocalStorage holds.
    return enter && !isActive(tracing, native) ? enter(start) : start();
  }

  [ENTER_SPAN]<T>(work: () => T): T {
    const { enter } = this.#handle;
    return enter ? enter(work) : work();
  }

  spanContext(): SpanContext {
    return (
      contain("native spanContext", () => {
        const given = asRecord(callNative(this.#handle.native, "spanContext"));
        const traceId = stringOf(given?.traceId);
        const spanId = stringOf(given?.spanId);
        return traceId && spanId ? { traceId, spanId, traceFlags: 1 } : undefined;
      }) ?? INVALID_SPAN_CONTEXT
    );
  }

  isRecording(): boolean {
    return !this.#ended;
  }

  /** An array becomes its values joined by commas. */
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
    // Whatever came of it: the invocation is not kept alive any longer.
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
