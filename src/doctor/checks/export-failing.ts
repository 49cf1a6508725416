/** Finds exporters that fail. */
import type { Check } from "../check.ts";

export const exportFailing: Check = {
  id: "export-failing",
  lookedAt: "the answers that exporters give, and the requests of OTLP exporters",
  means: "An exporter could not send spans, so these are lost. OpenTelemetry reports it to `diag` only.",
  toDo: "`ECONNREFUSED` and `ENOTFOUND`: nothing listens there; see `OTEL_EXPORTER_OTLP_ENDPOINT`. `401` and `403`: see the credentials in `OTEL_EXPORTER_OTLP_HEADERS`. `404`: the path is wrong; OTLP over HTTP ends in `/v1/traces`. `413`: make batches smaller with `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`. `429` and `503`: the backend refuses so many. `ERR_INVALID_PROTOCOL`: the endpoint begins with no `http://`. `14` of gRPC: the port speaks another protocol; gRPC has 4317, HTTP has 4318, and `OTEL_EXPORTER_OTLP_PROTOCOL` chooses. `timeout`: it does not answer within `OTEL_EXPORTER_OTLP_TIMEOUT`.",
  examine({ exporters, failedRequests, ledger: { counts } }) {
    const isRepeated = failedRequests.size > 0 && counts.waiting > 0;
    if (exporters.failures.size === 0 && !isRepeated) return undefined;
    const failures = listed(exporters.failures);
    const requests = listed(failedRequests);
    const parts = [
      ...(failures.length > 0 ? [`spans that were not exported: ${failures.join(", ")}`] : []),
      ...(requests.length > 0 ? [`failed requests: ${requests.join(", ")}`] : []),
    ];
    return { found: parts.join("; "), details: { failures, requests, exporters: exporters.names } };
  },
};

/** One text per code, with how often it occurred: `401 (12)`. */
function listed(counts: ReadonlyMap<string, number>): string[] {
  return [...counts].map(([code, count]) => `${code} (${count})`);
}
