/**
 * Runs program.mjs with one backend of backends.mjs in its own process, against a server that keeps what arrives.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { decode } from "@msgpack/msgpack";
import type { Attributes } from "@opentelemetry/api";
import { inject } from "vitest";
import { startModelServer } from "../neighbors/model-server.ts";
import { startReceiver, type ReceivedRequest } from "../neighbors/receiver.ts";
import { attributesOf, type OtlpRequest } from "../support/otlp-spans.ts";
import { requestOf } from "./otlp-protobuf.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of the installed package. */
    readonly packageFolder: string;
  }
}

export interface BackendSpan {
  readonly id: string;
  readonly name: string;
  readonly attributes: Attributes;
}

export interface BackendRun {
  /** Every span of the tracer provider, in order of their starts. */
  readonly recorded: readonly BackendSpan[];
  /** The spans that arrived. */
  readonly arrived: readonly BackendSpan[];
  /** The paths of the requests with spans. */
  readonly paths: ReadonlySet<string>;
  readonly headers: ReceivedRequest["headers"];
}

const here = fileURLToPath(new URL(".", import.meta.url));
const FILES = ["program.mjs", "recorder.mjs", "backends.mjs"];

/** Only ends what would hang for ever. */
const TIME_LIMIT_MS = 100_000;

export async function runBackend(backend: string): Promise<BackendRun> {
  const packages = join(here, "node_modules");
  mkdirSync(packages, { recursive: true });
  const folder = mkdtempSync(join(packages, ".program-"));
  const modelServer = await startModelServer();
  const receiver = await startReceiver();
  try {
    for (const file of FILES) cpSync(join(here, file), join(folder, file));
    cpSync(inject("packageFolder"), join(folder, "node_modules/ai-spans"), { recursive: true });
    const { stdout } = await promisify(execFile)(process.execPath, ["program.mjs"], {
      cwd: folder,
      env: {
        PATH: process.env["PATH"],
        BACKEND: backend,
        BACKEND_URL: receiver.url,
        MODEL_URL: modelServer.url,
        LANGFUSE_BASE_URL: receiver.url,
        LANGFUSE_PUBLIC_KEY: "pk-none",
        LANGFUSE_SECRET_KEY: "sk-none",
        LANGSMITH_TRACING: "true",
        LANGSMITH_ENDPOINT: receiver.url,
        LANGSMITH_API_KEY: "none",
        TRACELOOP_BASE_URL: receiver.url,
        TRACELOOP_API_KEY: "none",
        TRACELOOP_TELEMETRY: "false",
      },
      timeout: TIME_LIMIT_MS,
      maxBuffer: 64 * 1024 * 1024,
    });
    // A backend's package may print lines too.
    const line = stdout.split("\n").find((text) => /^\[[{\]]/.test(text));
    if (line === undefined) throw new Error(`the program printed no spans:\n${stdout}`);
    const withSpans = receiver.requests.map((request) => [request, spansOf(request)] as const);
    const requests = withSpans.filter(([, spans]) => spans.length > 0);
    return {
      recorded: JSON.parse(line) as BackendSpan[],
      arrived: requests.flatMap(([, spans]) => spans),
      paths: new Set(requests.map(([{ path }]) => path)),
      headers: requests[0]?.[0].headers ?? {},
    };
  } finally {
    await Promise.all([modelServer.close(), receiver.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function spansOf({ path, headers, body }: ReceivedRequest): BackendSpan[] {
  if (path.includes("/envelope/")) return sentrySpans(body);
  if (path === "/v0.4/traces") return datadogSpans(body);
  const type = headers["content-type"] ?? "";
  if (type.startsWith("application/x-protobuf")) return otlpSpans(requestOf(body));
  if (type.startsWith("application/json")) return otlpSpans(JSON.parse(body.toString()) as OtlpRequest);
  return [];
}

function otlpSpans({ resourceSpans = [] }: OtlpRequest): BackendSpan[] {
  return resourceSpans
    .flatMap(({ scopeSpans = [] }) => scopeSpans)
    .flatMap(({ spans = [] }) => spans)
    .map(({ spanId, name, attributes }) => ({ id: spanId, name, attributes: attributesOf(attributes) }));
}

/** A span in the form of the API of Datadog's agent. */
interface DatadogSpan {
  readonly span_id: bigint;
  readonly resource: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, bigint | number>>;
}

function datadogSpans(body: Buffer): BackendSpan[] {
  const traces = decode(body, { useBigInt64: true }) as DatadogSpan[][];
  return traces.flat().map(({ span_id: id, resource, meta, metrics }) => ({
    id: id.toString(16).padStart(16, "0"),
    name: resource,
    attributes: {
      ...meta,
      ...Object.fromEntries(Object.entries(metrics).map(([key, value]) => [key, Number(value)])),
    },
  }));
}

interface EnvelopeItem {
  readonly items?: readonly {
    readonly span_id: string;
    readonly name: string;
    readonly attributes: Readonly<Record<string, { readonly value: Attributes[string] }>>;
  }[];
}

/** An envelope has a header, and two lines for each item: the item's header and the item. */
function sentrySpans(body: Buffer): BackendSpan[] {
  const [, ...lines] = body.toString().trimEnd().split("\n");
  return lines
    .filter((_, index) => index % 2 === 1)
    .flatMap((line) => (JSON.parse(line) as EnvelopeItem).items ?? [])
    .map(({ span_id: id, name, attributes }) => ({
      id,
      name,
      attributes: Object.fromEntries(Object.entries(attributes).map(([key, { value }]) => [key, value])),
    }));
}
