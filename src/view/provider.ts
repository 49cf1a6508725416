/**
 * Adds the span processor of the viewer to the tracer provider of the process. If the program registers no provider,
 * registers one with this processor.
 */
import { context, trace, type ContextManager, type TracerProvider } from "@opentelemetry/api";
import { asRecord, isConstructor, isFunction, readProperty } from "../foundation/structure.ts";
import { dependenciesOf, installed } from "../register/packages.ts";
import type { ViewerSpanProcessor } from "./viewer.ts";

/** The global symbol of each major version of the API. */
const KEYS = [1, 2].map((major) => Symbol.for(`opentelemetry.js.api.${major}`));

/** Packages of SDK 2 and SDK 3 that have a class of tracer providers. */
const PROVIDERS = [
  ["@opentelemetry/sdk-trace-node", "NodeTracerProvider"],
  ["@opentelemetry/sdk-trace-base", "BasicTracerProvider"],
  ["@opentelemetry/sdk-trace", "TracerProvider"],
] as const;

/**
 * Adds the processor to the registered tracer provider, after all others. SDK 2 and SDK 3 have no public way to add
 * one. So this replaces the list of their `MultiSpanProcessor` (2.12, 3.1).
 *
 * @returns `false` if the provider has no such list
 */
export function addToRegistered(processor: ViewerSpanProcessor): boolean {
  const all = readProperty(registeredProvider(), "_activeSpanProcessor");
  const listed = readProperty(all, "_spanProcessors");
  if (!asRecord(all) || !Array.isArray(listed)) return false;
  // The list may be an array of the program, so a copy replaces it.
  return listed.includes(processor) || Reflect.set(Object(all), "_spanProcessors", [...listed, processor]);
}

function registeredProvider(): unknown {
  for (const key of KEYS) {
    const provider = readProperty(readProperty(globalThis, key), "trace");
    const getDelegate = readProperty(provider, "getDelegate");
    if (provider !== undefined) return isFunction(getDelegate) ? getDelegate.call(provider) : provider;
  }
  return undefined;
}

/**
 * Registers a tracer provider that has only this processor, and a context manager. The provider exports nothing. No
 * propagator is registered, so no context reaches other processes.
 *
 * @returns `false` if no OpenTelemetry SDK is installed
 */
export function registerProvider(processor: ViewerSpanProcessor): boolean {
  const ofWholeSDK = dependenciesOf("@opentelemetry/sdk-node");
  const load = (name: string): unknown => installed.load(name) ?? ofWholeSDK?.load(name);
  for (const [name, className] of PROVIDERS) {
    const Provider = asRecord(load(name))?.[className];
    if (!isConstructor(Provider)) continue;
    const Manager = asRecord(
      load("@opentelemetry/context-async-hooks") ??
        dependenciesOf(name)?.load("@opentelemetry/context-async-hooks"),
    )?.AsyncLocalStorageContextManager;
    // The casts hold, because the classes of the SDK implement these interfaces.
    if (isConstructor(Manager)) {
      const manager = Reflect.construct(Manager, []) as ContextManager;
      context.setGlobalContextManager(manager.enable());
    }
    return trace.setGlobalTracerProvider(
      Reflect.construct(Provider, [{ spanProcessors: [processor] }]) as TracerProvider,
    );
  }
  return false;
}
