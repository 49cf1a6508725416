/**
 * Enables, disables and configures the tracing of all calls of the SDK in the process. Does not depend on the package
 * `@opentelemetry/instrumentation`.
 */
import { metrics, trace, type MeterProvider, type TracerProvider } from "@opentelemetry/api";
import { resolveOptions, type TracingOptions } from "../options.ts";
import { isUnregistered, isUnregisteredMeterProvider } from "../spans/registration.ts";
import { disableTracing, enableTracing, InstrumentationTracing } from "./active-tracing.ts";
import { updateRegistry } from "./registered-adapter.ts";
import { replaceAgain, replaceExports, restoreIfUnused } from "./replaced-modules.ts";

/**
 * The module that the hooks replace, in the shape of `InstrumentationModuleDefinition` of
 * `@opentelemetry/instrumentation`.
 */
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

  /** @throws TypeError when an option is unknown or malformed. The options then keep their previous values. */
  configure(options: TracingOptions): void {
    resolveOptions("AISDKInstrumentation", options);
    this.#options = options;
    this.#update();
  }

  /**
   * A provider that is registered with the API is not kept. Each call looks it up, because the program may register
   * another one later. The placeholder that the API returns before a registration is not kept either. It may come from
   * another copy of the API, which `@opentelemetry/instrumentation` loads.
   *
   * @param provider creates the spans, unless the options name another
   */
  useTracerProvider(provider: TracerProvider): void {
    const isLookedUp = provider === trace.getTracerProvider() || isUnregistered(provider);
    this.#tracerProvider = isLookedUp ? undefined : provider;
    this.#update();
  }

  /**
   * Looks a registered provider up at each call, as `useTracerProvider` does.
   *
   * @param provider records the metrics, unless the options name another
   */
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
