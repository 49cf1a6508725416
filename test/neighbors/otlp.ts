/**
 * Reads spans from requests with OTLP as JSON.
 */
import { inOrder, spansIn, type OtlpRequest } from "../support/otlp-spans.ts";
import type { ReceivedRequest } from "./receiver.ts";
import type { SentSpan } from "../support/sent-span.ts";

/** The spans in the order of their starts. */
export function otlpSpans(requests: readonly ReceivedRequest[], path = "/v1/traces"): SentSpan[] {
  const sent = requests
    .filter((request) => request.path === path)
    .flatMap(({ body }) => spansIn(JSON.parse(body.toString()) as OtlpRequest));
  return inOrder(sent);
}
