/**
 * Sets up the OpenTelemetry SDK that is installed. The SDK reads all its settings from the standard environment
 * variables.
 */
import { ProxyTracerProvider, trace } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { readVariable } from "../foundation/environment-variable.ts";
import { asRecord, isConstructor, isFunction, type UnknownRecord } from "../foundation/structure.ts";
import { dependenciesOf, installed } from "./packages.ts";

const WHOLE_SDK = "@opentelemetry/sdk-node";
const TRACING_SDK = "@opentelemetry/sdk-trace-node";

/**
 * Registers a tracer provider, a context manager and a propagator with `@opentelemetry/api`. Uses
 * `@opentelemetry/sdk-node` if it is installed, else `@opentelemetry/sdk-trace-node` 2 with an OTLP exporter.
 *
 * @returns `false` where no SDK is installed
 */
export function startSDK(): boolean {
  const isStarted = startWholeSDK() || startTracingSDK();
  if (isStarted) contain("set-up", leaveOutSDKSpans);
  return isStarted;
}

/** The instrumentation scope of the spans that the AI SDK itself records (`experimental_telemetry`, v5 and v6). */
const SCOPE_OF_AI_SDK = "ai";

/**
 * Drops the spans that the AI SDK itself records. They hold prompts and answers, and repeat our spans of each call. A
 * program that wants these spans sets up an OpenTelemetry SDK itself: this function runs only after ours was set up.
 */
function leaveOutSDKSpans(): void {
  // `getTracerProvider` returns a proxy. Its delegate is the registered provider.
  const provider = asRecord(callMethod(trace.getTracerProvider(), "getDelegate"));
  const getTracer = provider?.getTracer;
  if (!provider || !isFunction(getTracer)) return;
  const silent = new ProxyTracerProvider().getTracer(SCOPE_OF_AI_SDK);
  Reflect.set(provider, "getTracer", (...scope: unknown[]): unknown =>
    scope[0] === SCOPE_OF_AI_SDK ? silent : Reflect.apply(getTracer, provider, scope),
  );
}

function startWholeSDK(): boolean {
  const NodeSDK = asRecord(installed.load(WHOLE_SDK))?.NodeSDK;
  if (!isConstructor(NodeSDK)) return false;
  callMethod(Reflect.construct(NodeSDK, []), "start");
  return true;
}

function startTracingSDK(): boolean {
  const sdk = asRecord(installed.load(TRACING_SDK));
  const exporters = asRecord(installed.load(exporterPackage()));
  const Provider = sdk?.NodeTracerProvider;
  const Processor = sdk?.BatchSpanProcessor;
  const Exporter = exporters?.OTLPTraceExporter;
  if (!isConstructor(Provider) || !isConstructor(Processor) || !isConstructor(Exporter)) return false;
  // `@opentelemetry/sdk-node` reads these variables itself; `@opentelemetry/sdk-trace-node` does not.
  if (readVariable("OTEL_SDK_DISABLED")?.toLowerCase() === "true" || !exportsByOTLP()) return true;
  const spanProcessors = [Reflect.construct(Processor, [Reflect.construct(Exporter, [])])];
  callMethod(
    Reflect.construct(Provider, [{ resource: resourceOfEnvironment(), spanProcessors }]),
    "register",
  );
  return true;
}

function exportsByOTLP(): boolean {
  const names = (readVariable("OTEL_TRACES_EXPORTER") ?? "otlp").split(",");
  return names.some((name) => name.trim() === "otlp");
}

/**
 * The exporter for the protocol in the environment: JSON over HTTP, or else OpenTelemetry's default, protobuf over
 * HTTP.
 */
function exporterPackage(): string {
  const protocol =
    readVariable("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ?? readVariable("OTEL_EXPORTER_OTLP_PROTOCOL");
  return `@opentelemetry/exporter-trace-otlp-${protocol === "http/json" ? "http" : "proto"}`;
}

/** The SDK's default resource, overridden by `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`. */
function resourceOfEnvironment(): unknown {
  const resources = asRecord(dependenciesOf(TRACING_SDK)?.load("@opentelemetry/resources"));
  if (!isFunction(resources?.detectResources) || !isFunction(resources.defaultResource)) return undefined;
  const detected = resources.detectResources({ detectors: [resources.envDetector] });
  const standard = asRecord(resources.defaultResource());
  return standard && callMethod(standard, "merge", detected);
}

function callMethod(object: UnknownRecord | object, name: string, ...args: unknown[]): unknown {
  const method = asRecord(object)?.[name];
  return isFunction(method) ? Reflect.apply(method, object, args) : undefined;
}
