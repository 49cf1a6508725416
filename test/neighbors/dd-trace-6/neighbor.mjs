// dd-trace starts before the program, and sends its spans when the process ends. DATADOG_VARIANT chooses the variant.
import tracer from "dd-trace";

/** In this variant Datadog's tracer provider is registered with OpenTelemetry. */
export const registersOpenTelemetry = process.env.DATADOG_VARIANT === "provider";

/** dd-trace lets telemetry have every key of the runtime context that the program does not forbid. */
export const parameters = registersOpenTelemetry
  ? { telemetry: { includeRuntimeContext: { internal: false } } }
  : {};

export function start() {
  if (registersOpenTelemetry) new tracer.TracerProvider().register();
}

export const inSpan = (work) => tracer.trace("request", work);
