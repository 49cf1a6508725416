/**
 * Sets up the OpenTelemetry SDK that is installed. All settings are the standard variables of the environment, which the
 * SDK reads.
 */
import { ProxyTracerProvider, trace } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { readVariable } from "../foundation/environment-variable.ts";
import { asRecord, isConstructor, isFunction, type UnknownRecord } from "../foundation/structure.ts";
import { dependenciesOf, installed } from "./packages.ts";

const WHOLE_SDK = "@opentelemetry/sdk-node";
const TRACING_SDK = "@opentelemetry/sdk-trace-node";

/**
 * Registers a tracer provider, a context manager and a propagator with `@opentelemetry/api`: by
 * `@opentelemetry/sdk-node`, else by `@opentelemetry/sdk-trace-node` 2 with an OTLP exporter.
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
 * Leaves out the AI SDK's own spans: they hold prompts and answers, and repeat the spans of each call. The provider is the
 * one that was just set up here. A program that wants these spans sets up an SDK itself.
 */
function leaveOutSDKSpans(): void {
  // The API returns a proxy of the registered provider.
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
  // `@opentelemetry/sdk-node` reads these two variables itself.
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

/** JSON over HTTP where the program asks for it, else OpenTelemetry's default, protobuf over HTTP. */
function exporterPackage(): string {
  const protocol =
    readVariable("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ?? readVariable("OTEL_EXPORTER_OTLP_PROTOCOL");
  return `@opentelemetry/exporter-trace-otlp-${protocol === "http/json" ? "http" : "proto"}`;
}

/** `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`, over the SDK's defaults. */
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
