// Elastic's agent starts before the program. ELASTIC_APM_OPENTELEMETRY_BRIDGE_ENABLED makes it OpenTelemetry's provider.
import apm from "elastic-apm-node";

export const registersOpenTelemetry = process.env.ELASTIC_APM_OPENTELEMETRY_BRIDGE_ENABLED === "true";

export const flush = () => apm.flush();

/** As the agent does for each request that a server gets. */
export async function inSpan(work) {
  const transaction = apm.startTransaction("request");
  try {
    return await work();
  } finally {
    transaction.end();
  }
}
