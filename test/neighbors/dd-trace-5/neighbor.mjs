// dd-trace is started before the program, and sends what it has when the process ends. DATADOG_VARIANT chooses.
import tracer from "dd-trace";

/** Datadog's tracer provider is OpenTelemetry's. */
export const registersOpenTelemetry = process.env.DATADOG_VARIANT === "provider";

/** dd-trace allows telemetry to have every key of the runtime context that is not forbidden. */
export const parameters = registersOpenTelemetry
  ? { telemetry: { includeRuntimeContext: { internal: false } } }
  : {};

export function start() {
  if (registersOpenTelemetry) new tracer.TracerProvider().register();
}

export const inSpan = (work) => tracer.trace("request", work);
