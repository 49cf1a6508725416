/**
 * A tracer provider that starts spans of Cloudflare's runtime. While a run is open, it keeps the invocation alive, so
 * that the run can end before the invocation does.
 */
import {
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  trace,
  type Context,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";
import { builtinModule } from "../foundation/builtin-module.ts";
import { asRecord } from "../foundation/structure.ts";
import { NativeSpan } from "./native-span.ts";
import { callNative, nativeTracing, startNative } from "./native-tracing.ts";

export class NativeTracerProvider implements TracerProvider {
  readonly #tracing: unknown;
  readonly #cutOffKey: string;

  /** @param tracing Cloudflare's `tracing`; if it is `undefined`, it is looked up when a span starts */
  constructor(tracing: unknown, namespace: string) {
    this.#tracing = tracing;
    this.#cutOffKey = `${namespace}.cut_off`;
  }

  getTracer(): Tracer {
    const startSpan = (name: string, options?: SpanOptions, context?: Context): Span =>
      this.#startSpan(name, options ?? {}, context ?? ROOT_CONTEXT);
    return {
      startSpan,
      startActiveSpan: () => {
        throw new TypeError(
          "startActiveSpan is not supported: this provider starts the spans of ai-spans only",
        );
      },
    };
  }

  #startSpan(name: string, { attributes = {} }: SpanOptions, context: Context): Span {
    const tracing = asRecord(this.#tracing) ?? nativeTracing();
    const parent = trace.getSpan(context);
    const isRoot = !(parent instanceof NativeSpan);
    const handle = tracing && (isRoot ? startNative(tracing, name) : parent.start(tracing, name));
    if (!handle) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    const cutOffKey = this.#cutOffKey;
    const span = new NativeSpan(name, handle, isRoot ? { cutOffKey, onEnd: keepAlive() } : { cutOffKey });
    return span.setAttributes(attributes);
  }
}

/**
 * Keeps the invocation alive by a pending promise.
 *
 * @returns a function that resolves the promise
 */
function keepAlive(): () => void {
  let resolveOpen = (): void => {};
  const open = new Promise<void>((resolve) => (resolveOpen = resolve));
  callNative(builtinModule("cloudflare:workers"), "waitUntil", open);
  return resolveOpen;
}
