/**
 * docs/guide/backends.md is what `npm run docs` builds from docs/backends. OpenTelemetry's own exporter takes the
 * variables of each backend: a span that is sent with them has the address and the headers that the page states.
 *
 * Holds: backends.
 */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, Agent, type IncomingHttpHeaders } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterEach, expect, test, vi } from "vitest";
import { OURS, READ_ON } from "../../docs/backends/backend.ts";
import { backends } from "../../docs/backends/backends.ts";
import { packages } from "../../docs/backends/packages.ts";
import { backendsPage, variableLine } from "../../docs/backends/page.ts";
import { SEMCONV_VERSIONS } from "../../src/semconv/vocabulary.ts";
import { attributeKeys, DEFAULT_NAMESPACE } from "../../src/semconv/span-attributes.ts";

afterEach(() => vi.unstubAllEnvs());

interface Sent {
  readonly protocol: string;
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Sends a span with the variables. Every connection of the exporter ends at a server here, so nothing leaves the
 * machine.
 */
async function sendSpan(variables: Readonly<Record<string, string>>): Promise<Sent> {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const requests: { readonly address: string; readonly headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    requests.push({ address: `${request.headers.host}${request.url}`, headers: request.headers });
    response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  let protocol = "";
  const exporter = new OTLPTraceExporter({
    httpAgentOptions: (used) => {
      protocol = used;
      const agent = new Agent();
      // `https` asks the agent for the protocol that it speaks. This one speaks neither: it leads to the server.
      return Object.assign(agent, { protocol: used, createConnection: () => connect(port, "127.0.0.1") });
    },
  });
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.getTracer("test").startSpan("chat").end();
  await provider.shutdown();
  server.closeAllConnections();
  server.close();
  const [request] = requests;
  if (request === undefined) throw new Error("the exporter sent nothing");
  return { protocol, ...request };
}

/** Headers that the exporter and Node add. */
const OWN = new Set([
  "host",
  "connection",
  "content-type",
  "content-length",
  "user-agent",
  "accept-encoding",
  "transfer-encoding",
]);

/** By the name of the backend: what a span is sent to, and with which headers. */
const expected: Readonly<Record<string, { readonly url: string; readonly headers?: object }>> = {
  Jaeger: { url: "http://localhost:4318/v1/traces" },
  Tempo: { url: "http://localhost:4318/v1/traces" },
  "Grafana Cloud": {
    url: "https://otlp-gateway-prod-us-west-0.grafana.net/otlp/v1/traces",
    headers: { authorization: "Basic BASE64_OF_INSTANCE_AND_TOKEN" },
  },
  Honeycomb: {
    url: "https://api.honeycomb.io/v1/traces",
    headers: { "x-honeycomb-team": "YOUR_API_KEY" },
  },
  Datadog: {
    url: "https://otlp.datadoghq.com/v1/traces",
    headers: { "dd-api-key": "YOUR_API_KEY", "dd-otlp-source": "llmobs" },
  },
  "New Relic": { url: "https://otlp.nr-data.net/v1/traces", headers: { "api-key": "YOUR_LICENSE_KEY" } },
  Axiom: {
    url: "https://api.axiom.co/v1/traces",
    headers: { authorization: "Bearer YOUR_API_TOKEN", "x-axiom-dataset": "YOUR_DATASET" },
  },
  Sentry: {
    url: "https://YOUR_HOST.ingest.sentry.io/api/YOUR_PROJECT/integration/otlp/v1/traces/",
    headers: { "x-sentry-auth": "sentry sentry_key=YOUR_PUBLIC_KEY" },
  },
  Langfuse: {
    url: "https://cloud.langfuse.com/api/public/otel/v1/traces",
    headers: {
      authorization: "Basic BASE64_OF_PUBLIC_AND_SECRET_KEY",
      "x-langfuse-ingestion-version": "4",
    },
  },
  "Phoenix (Arize)": {
    url: "http://localhost:6006/v1/traces",
    headers: { authorization: "Bearer YOUR_API_KEY" },
  },
  Braintrust: {
    url: "https://api.braintrust.dev/otel/v1/traces",
    headers: { authorization: "Bearer YOUR_API_KEY", "x-bt-parent": "project_name:YOUR_PROJECT" },
  },
  LangSmith: {
    url: "https://api.smith.langchain.com/otel/v1/traces",
    headers: { "x-api-key": "YOUR_API_KEY", "langsmith-project": "YOUR_PROJECT" },
  },
  PostHog: {
    url: "https://us.i.posthog.com/i/v0/ai/otel",
    headers: { authorization: "Bearer YOUR_PROJECT_TOKEN" },
  },
};

test("the page is what the tables say", async () => {
  const page = await readFile(new URL("../../docs/guide/backends.md", import.meta.url), "utf8");
  expect(page, "run npm run docs").toBe(backendsPage());
});

test.each(backends)("OpenTelemetry's exporter takes the variables of $name", async ({ name, variables }) => {
  const { protocol, address, headers } = await sendSpan(variables);
  // A URL has its host in small letters.
  expect(`${protocol}//${address}`.toLowerCase()).toBe(expected[name]?.url.toLowerCase());
  const own = Object.entries(headers).filter(([header]) => !OWN.has(header));
  expect(Object.fromEntries(own)).toEqual(expected[name]?.headers ?? {});
});

test("each backend has an expectation, and no other has", () => {
  expect(Object.keys(expected)).toEqual(backends.map(({ name }) => name));
});

test("a line for a shell has quotes where its value has spaces", () => {
  expect(variableLine("A", "http://localhost:4318")).toBe("A=http://localhost:4318");
  expect(variableLine("A", "authorization=Bearer x")).toBe('A="authorization=Bearer x"');
});

test("the options are those that ai-spans knows", () => {
  expect(
    backends.map(({ semconv }) => semconv).filter((version) => !SEMCONV_VERSIONS.includes(version)),
  ).toEqual([]);
});

/** Attributes that a query names. Sentry and PostHog derive some, and Phoenix has names of its own. */
function attributesIn(text: string): string[] {
  return [...text.matchAll(/\b(?:gen_ai|ai_spans|error|user)\.[a-z_]+(?:\.[a-z_]+)*/g)].map(([key]) => key);
}

const known = new Set<string>(attributeKeys(DEFAULT_NAMESPACE).values());

test.each(backends)("the queries for $name name attributes that ai-spans records", ({ queries }) => {
  expect(queries.length).toBeGreaterThan(0);
  const named = queries.flatMap(({ text }) => attributesIn(text));
  expect(named.filter((key) => !known.has(key))).toEqual([]);
});

test("a query that names an unknown attribute is found", () => {
  const named = attributesIn("gen_ai.operation.name:chat ai_spans.canceled:true gen_ai.usage.tokens:>1");
  expect(named.filter((key) => !known.has(key))).toEqual(["gen_ai.usage.tokens"]);
});

test("each source is a page, with the version that was read where it is a file", () => {
  expect(READ_ON).toMatch(/^\d{4}-\d\d-\d\d$/);
  const facts = backends.flatMap(({ setup, why, shows, empty, tokens }) => [
    setup,
    why,
    ...shows,
    empty,
    tokens,
  ]);
  const sources = facts.flatMap(({ source }) => (source === undefined || source === OURS ? [] : [source]));
  expect(sources.length).toBeGreaterThan(30);
  for (const source of sources) {
    expect(source).toMatch(/^https:\/\//);
    if (source.includes("/blob/")) expect(source).toMatch(/\/blob\/[0-9a-f]{40}\//);
  }
});

test("each package belongs to a backend of the page, or is Traceloop's", () => {
  const names = new Set(["Traceloop", ...backends.map(({ name }) => name)]);
  expect(packages.map(({ backend }) => backend).filter((name) => !names.has(name))).toEqual([]);
});
