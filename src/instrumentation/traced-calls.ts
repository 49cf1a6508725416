/**
 * The tracing of all calls of the SDK in the process, which one instrumentation enables, disables and configures. It
 * knows nothing of the package `@opentelemetry/instrumentation`.
 */
import { metrics, trace, type MeterProvider, type TracerProvider } from "@opentelemetry/api";
import { resolveOptions, type TracingOptions } from "../options.ts";
import { isUnregistered, isUnregisteredMeterProvider } from "../spans/registration.ts";
import { disableTracing, enableTracing, InstrumentationTracing } from "./active-tracing.ts";
import { updateRegistry } from "./registered-adapter.ts";
import { replaceAgain, replaceExports, restoreIfUnused } from "./replaced-modules.ts";

/** The module that the hooks replace. It has the shape of the package's `InstrumentationModuleDefinition`. */
export interface HookedModule {
  readonly name: string;
  readonly supportedVersions: string[];
  readonly includePrerelease: boolean;
  readonly files: never[];
  readonly patch: (exports: unknown) => unknown;
}

export function hookedModule(): HookedModule {
  return {
    name: "ai",
    supportedVersions: [">=5.0.0 <8.0.0"],
    includePrerelease: true,
    files: [],
    patch: replaceExports,
  };
}

export class TracedCalls {
  #options: TracingOptions = {};
  #tracerProvider: TracerProvider | undefined;
  #meterProvider: MeterProvider | undefined;
  #isEnabled = false;

  /** @throws TypeError when an option is unknown or malformed. The options stay as they were then. */
  configure(options: TracingOptions): void {
    resolveOptions("AISDKInstrumentation", options);
    this.#options = options;
    this.#update();
  }

  /**
   * @param provider creates the spans, unless the options name another. A provider that is registered with the API is
   *   not kept: each call looks it up, as the program may register another. Nor is the one that a copy of the API
   *   returns while none is registered: the package `@opentelemetry/instrumentation` may load another copy than we do.
   */
  useTracerProvider(provider: TracerProvider): void {
    const isLookedUp = provider === trace.getTracerProvider() || isUnregistered(provider);
    this.#tracerProvider = isLookedUp ? undefined : provider;
    this.#update();
  }

  /** @param provider records the metrics, unless the options name another. The same holds. */
  useMeterProvider(provider: MeterProvider): void {
    const isLookedUp = provider === metrics.getMeterProvider() || isUnregisteredMeterProvider(provider);
    this.#meterProvider = isLookedUp ? undefined : provider;
    this.#update();
  }

  enable(): void {
    if (this.#isEnabled) return;
    this.#isEnabled = true;
    this.#update();
    replaceAgain();
  }

  disable(): void {
    if (!this.#isEnabled) return;
    this.#isEnabled = false;
    disableTracing(this);
    updateRegistry();
    restoreIfUnused();
  }

  #update(): void {
    if (!this.#isEnabled) return;
    const resolved = resolveOptions("AISDKInstrumentation", this.#options);
    enableTracing(
      this,
      new InstrumentationTracing({
        ...resolved,
        tracerProvider: resolved.tracerProvider ?? this.#tracerProvider,
        meterProvider: resolved.meterProvider ?? this.#meterProvider,
      }),
    );
    updateRegistry();
  }
}
