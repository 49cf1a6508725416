/**
 * An instrumentation of the AI SDK for programs that set OpenTelemetry up in code. It needs the package
 * `@opentelemetry/instrumentation`. docs/guide/start.md has the steps.
 *
 * @module
 */
import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import { InstrumentationBase, type InstrumentationConfig } from "@opentelemetry/instrumentation";
import { hookedModule, TracedCalls, type HookedModule } from "./instrumentation/traced-calls.ts";
import type { TracingOptions } from "./options.ts";
import { INSTRUMENTATION_SCOPE_NAME, INSTRUMENTATION_SCOPE_VERSION } from "./spans/instrumentation-scope.ts";

export type { TracingOptions } from "./options.ts";
export type { SemconvVersion } from "./semconv/vocabulary.ts";

/**
 * The options of `wrapAISDK`, and `enabled` of OpenTelemetry's `InstrumentationConfig`. `enabled` decides whether the
 * instrumentation traces from its construction on. Default: `true`.
 */
export interface AISDKInstrumentationConfig extends InstrumentationConfig, TracingOptions {}

/**
 * Traces every call of the AI SDK (majors 5, 6 and 7) in the process, without a change to the calls.
 *
 * - The hooks of `@opentelemetry/instrumentation` replace the exports of `ai` by those of `wrapAISDK`, in ES modules,
 *   CommonJS and dynamic imports. Create the instrumentation before the program loads `ai`. In ES modules the hooks need
 *   a loader: start the program with `--import ai-spans/register`, or register `@opentelemetry/instrumentation/hook.mjs`.
 * - No hook reaches some calls of AI SDK 7, such as those in a bundle. The adapter of `createAISDKTelemetry` traces
 *   them. It is put into the SDK's registry.
 *
 * A call has one set of spans, also beside `wrapAISDK`, `createAISDKTelemetry`, `ai-spans/register` and other instances.
 * If several instances are enabled, the one that was enabled last traces the calls.
 *
 * Records spans and metrics with the providers that are registered with `@opentelemetry/api`, which each call looks up.
 * `setTracerProvider` and `setMeterProvider` replace them. The options `tracerProvider` and `meterProvider` have
 * precedence. After `disable()` the SDK runs as it does without ai-spans. `enable()` traces again. Runs that are open
 * at the time end as usual.
 *
 * Never records content. Never changes values, errors, callbacks or streams.
 *
 * @throws TypeError when an option is unknown or malformed, in the constructor and in `setConfig`
 *
 * @example
 * ```ts
 * import { registerInstrumentations } from "@opentelemetry/instrumentation";
 * import { AISDKInstrumentation } from "ai-spans/instrumentation";
 *
 * registerInstrumentations({ instrumentations: [new AISDKInstrumentation({ runUsage: false })] });
 * ```
 */
export class AISDKInstrumentation extends InstrumentationBase<AISDKInstrumentationConfig> {
  readonly #calls = new TracedCalls();

  constructor(config: AISDKInstrumentationConfig = {}) {
    // The base class would enable the hooks before `#calls` exists. So it gets `enabled: false`, and the hooks are
    // enabled below.
    super(INSTRUMENTATION_SCOPE_NAME, INSTRUMENTATION_SCOPE_VERSION, { ...config, enabled: false });
    this.setConfig(config);
    if (this.getConfig().enabled) this.enable();
  }

  protected override init(): HookedModule {
    return hookedModule();
  }

  override setConfig(config: AISDKInstrumentationConfig = {}): void {
    if (#calls in this) {
      const { enabled: _enabled, ...options } = config;
      this.#calls.configure(options);
    }
    super.setConfig(config);
  }

  override setTracerProvider(tracerProvider: TracerProvider): void {
    super.setTracerProvider(tracerProvider);
    this.#calls.useTracerProvider(tracerProvider);
  }

  override setMeterProvider(meterProvider: MeterProvider): void {
    super.setMeterProvider(meterProvider);
    this.#calls.useMeterProvider(meterProvider);
  }

  override enable(): void {
    super.enable();
    this.#calls.enable();
  }

  override disable(): void {
    super.disable();
    this.#calls.disable();
  }
}
