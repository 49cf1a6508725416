/**
 * The receiver of the load: OTLP over HTTP as JSON, in a process of its own. It counts spans by their ids, and has the
 * fault that it was told to have. A request that a fault meets is not counted.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { OtlpRequest } from "../../test/support/otlp-spans.ts";
import type { Fault } from "./faults.ts";
import { answerRequests } from "./messages.ts";

export interface Received {
  readonly spans: number;
  /** Spans that came again. */
  readonly repeated: number;
  /** Spans without an end time. */
  readonly endless: number;
  /** By operation, and by the cause of a cancellation or the type of an error. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly batches: number;
  readonly bytes: number;
  readonly metricRequests: number;
  /** Requests by the fault that they met. */
  readonly faulty: Readonly<Record<string, number>>;
}

const SLOW_MS = 1_500;

let ids = new Set<string>();
let counts = emptyCounts();
let fault: Fault = "healthy";
let port = 0;
let server: Server | undefined;

function emptyCounts() {
  return {
    repeated: 0,
    endless: 0,
    outcomes: {} as Record<string, number>,
    batches: 0,
    bytes: 0,
    metricRequests: 0,
    faulty: {} as Record<string, number>,
  };
}

async function receive(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(incoming);
  if (fault !== "healthy") counts.faulty[fault] = (counts.faulty[fault] ?? 0) + 1;
  if (fault === "hanging") return;
  if (fault === "reset") return void response.destroy();
  if (fault === "429") return void response.writeHead(429, { "retry-after": "1" }).end();
  if (fault === "slow") await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
  // The exporter has given up meanwhile, and counts the batch as failed.
  if (response.destroyed) return;
  if (incoming.url === "/v1/metrics") counts.metricRequests += 1;
  else count(JSON.parse(body.toString()) as OtlpRequest, body.byteLength);
  response.writeHead(200, { "content-type": "application/json" }).end("{}");
}

function count({ resourceSpans = [] }: OtlpRequest, bytes: number): void {
  counts.batches += 1;
  counts.bytes += bytes;
  const spans = resourceSpans.flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap((scope) => scope.spans ?? []),
  );
  for (const span of spans) {
    if (ids.has(span.spanId)) counts.repeated += 1;
    ids.add(span.spanId);
    const { endTimeUnixNano } = span as { readonly endTimeUnixNano?: string };
    if (!(Number(endTimeUnixNano) > 0)) counts.endless += 1;
    const valueOf = (key: string): string | undefined =>
      span.attributes?.find((attribute) => attribute.key === key)?.value.stringValue;
    const outcome = valueOf("ai_spans.cancel.cause") ?? valueOf("error.type") ?? "ok";
    const key = `${valueOf("gen_ai.operation.name")} ${outcome}`;
    counts.outcomes[key] = (counts.outcomes[key] ?? 0) + 1;
  }
}

async function listen(): Promise<void> {
  server = createServer(
    (incoming, response) => void receive(incoming, response).catch(() => response.destroy()),
  );
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  // The type of an address that is no pipe's.
  ({ port } = server.address() as AddressInfo);
}

async function stopListening(): Promise<void> {
  const stopped = server;
  server = undefined;
  if (!stopped) return;
  const closed = once(stopped, "close");
  stopped.close();
  stopped.closeAllConnections();
  await closed;
}

await listen();
answerRequests({
  url: () => `http://127.0.0.1:${port}`,
  fault: async (next: Fault) => {
    fault = next;
    if (fault === "down") await stopListening();
    else if (!server) await listen();
    // What hangs is given up when the fault is over.
    if (fault === "healthy") server?.closeIdleConnections();
    return true;
  },
  counts: (): Received => ({ ...counts, spans: ids.size }),
  reset: () => {
    ids = new Set();
    counts = emptyCounts();
    return true;
  },
});
