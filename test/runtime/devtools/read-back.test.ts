/**
 * The demo's turns, exported by OTLP over HTTP as protobuf and as JSON to a receiver that is not ours, and read back
 * from it: the same spans, the same tree, the same attributes.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from "@opentelemetry/sdk-trace-base";
import { createServerlessSpanProcessor, flushAfter } from "ai-spans/serverless";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadMajor } from "../../../examples/demo/majors.ts";
import { scriptedModels } from "../../../examples/demo/models.ts";
import { runScenario, scenarios } from "../../../examples/demo/scenarios.ts";
import { startProviderServer } from "../../../fixtures/provider-server.ts";
import { kill, printed } from "../printed.ts";

const packages = new URL("node_modules/", import.meta.url);

interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code: string };
}

let receiver: ChildProcess;
let url: string;

beforeAll(async () => {
  const ports = [String(await freePort()), "--grpc-port", String(await freePort())];
  const cli = fileURLToPath(new URL("autotel-devtools/dist/cli.js", packages));
  receiver = spawn(fileURLToPath(new URL("node-24/bin/node", packages)), [cli, ...ports], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  url = await printed(receiver, (text) => {
    const address = /(http:\S+)\/v1\/traces/.exec(text)?.[1];
    return address && `${address}/v1/traces`;
  });
});
afterAll(() => kill(receiver));

test.each([
  ["protobuf", ProtobufExporter],
  ["JSON", JsonExporter],
])("every span of the demo is read back as it was, sent as %s", async (_encoding, Exporter) => {
  await fetch(url, { method: "DELETE" });
  const memory = new InMemorySpanExporter();
  const exporting = createServerlessSpanProcessor(new Exporter({ url }), BatchSpanProcessor);
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory), exporting] });
  context.disable();
  trace.disable();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);

  const major = await loadMajor("v7");
  const server = await startProviderServer();
  try {
    for (const scenario of scenarios) {
      await flushAfter(() => runScenario(scenario, major, scriptedModels(major, server)));
    }
  } finally {
    await server.close();
  }

  const sent = memory.getFinishedSpans();
  expect(sent.length).toBeGreaterThan(10);
  const { traces } = (await (await fetch(url)).json()) as {
    traces: ReadonlyArray<{ spans: ReceivedSpan[] }>;
  };
  const received = traces.flatMap(({ spans }) => spans);
  expect(byId(received.map(readBack))).toEqual(byId(sent.map(asSent)));
});

function byId<T extends { readonly spanId: string }>(spans: readonly T[]): T[] {
  return spans.toSorted((left, right) => left.spanId.localeCompare(right.spanId));
}

function asSent(span: ReadableSpan) {
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    name: span.name,
    kind: SpanKind[span.kind],
    status: SpanStatusCode[span.status.code],
    // The receiver shows those of the resource with each span.
    attributes: { ...span.resource.attributes, ...span.attributes },
  };
}

function readBack({ traceId, spanId, parentSpanId, name, kind, status, attributes }: ReceivedSpan) {
  return { traceId, spanId, parentSpanId, name, kind, status: status.code, attributes };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}
