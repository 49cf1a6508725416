/**
 * Real telemetry that throws in one place. Each fault wraps the real object, and nothing imitates it.
 */
import { context, diag, DiagLogLevel, trace, type TracerProvider } from "@opentelemetry/api";
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { excuseFindings } from "../registry/excused.ts";
import { enabledContextManager } from "./context-manager.ts";

const SPAN_METHODS = [
  "spanContext",
  "isRecording",
  "setAttribute",
  "setAttributes",
  "addEvent",
  "addLink",
  "addLinks",
  "setStatus",
  "updateName",
  "recordException",
  "end",
] as const;
const CONTEXT_METHODS = ["active", "with", "bind"] as const;

type Place =
  | "none"
  | "provider.getTracer"
  | "tracer.startSpan"
  | `span.${(typeof SPAN_METHODS)[number]}`
  | `context manager.${(typeof CONTEXT_METHODS)[number]}`
  | "processor.onStart"
  | "processor.onEnd"
  | "sampler.shouldSample"
  | "exporter.export";

export interface Fault {
  readonly place: Place;
  /** ai-spans must report this fault, because then it can record nothing. */
  readonly reported?: boolean;
}

export const FAULTS: readonly Fault[] = [
  { place: "provider.getTracer", reported: true },
  { place: "tracer.startSpan", reported: true },
  { place: "processor.onStart", reported: true },
  { place: "processor.onEnd", reported: true },
  { place: "sampler.shouldSample", reported: true },
  { place: "exporter.export" },
  ...SPAN_METHODS.map((method): Fault => ({ place: `span.${method}` })),
  ...CONTEXT_METHODS.map((method): Fault => ({ place: `context manager.${method}` })),
];

function fail(): never {
  throw new Error("telemetry is broken");
}

/** The object, except that this method throws. */
function breaking<T extends object>(target: T, method: PropertyKey): T {
  return new Proxy(target, {
    get: (object, key) => {
      if (key === method) return fail;
      const value: unknown = Reflect.get(object, key, object);
      // Methods of SDK classes use private state, so they must run on the real object.
      return typeof value === "function" ? value.bind(object) : value;
    },
  });
}

/** The object, except that the result of this method is mapped. */
function mapping<T extends object, R extends object>(target: T, method: string, map: (value: R) => R): T {
  return new Proxy(target, {
    get: (object, key) => {
      const value: unknown = Reflect.get(object, key, object);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        const result: unknown = value.apply(object, given);
        // The caller names a method whose result is an R.
        return key === method ? map(result as R) : result;
      };
    },
  });
}

function processorFor(place: Place): SpanProcessor {
  if (place === "exporter.export")
    return new SimpleSpanProcessor(breaking(new InMemorySpanExporter(), "export"));
  const processor = new SimpleSpanProcessor(new InMemorySpanExporter());
  if (place === "processor.onStart") return breaking(processor, "onStart");
  return place === "processor.onEnd" ? breaking(processor, "onEnd") : processor;
}

function providerFor(place: Place): TracerProvider {
  const sampler = new AlwaysOnSampler();
  const provider: TracerProvider = new BasicTracerProvider({
    sampler: place === "sampler.shouldSample" ? breaking(sampler, "shouldSample") : sampler,
    spanProcessors: [processorFor(place)],
  });
  const [object, method] = place.split(".", 2);
  if (method === undefined) return provider;
  if (object === "provider") return breaking(provider, method);
  if (object === "tracer") return mapping(provider, "getTracer", (tracer) => breaking(tracer, method));
  if (object !== "span") return provider;
  return mapping(provider, "getTracer", (tracer) =>
    mapping(tracer, "startSpan", (span) => breaking(span, method)),
  );
}

/** How our reports begin. OpenTelemetry's SDK reports to the same logger. */
const OWN_REPORT = /^ai-spans/;

/**
 * Registers global telemetry with the fault instead of the earlier one. Returns our reports.
 */
export function installFault({ place }: Fault): { readonly diagnostics: readonly string[] } {
  // If one of the two methods throws, a failed span has only its status or only its `error.type`.
  excuseFindings(/^span\.set(Attribute|Status)$/.test(place) ? [{ rule: "error.type" }] : []);
  trace.disable();
  context.disable();
  diag.disable();
  const diagnostics: string[] = [];
  const report = (...words: unknown[]): void => {
    const message = words.map(String).join(" ");
    if (OWN_REPORT.test(message)) diagnostics.push(message);
  };
  const silent = (): void => {};
  diag.setLogger(
    { error: report, warn: report, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN },
  );
  const manager = enabledContextManager();
  const [object, method] = place.split(".", 2);
  context.setGlobalContextManager(
    object === "context manager" && method !== undefined ? breaking(manager, method) : manager,
  );
  trace.setGlobalTracerProvider(providerFor(place));
  return { diagnostics };
}
