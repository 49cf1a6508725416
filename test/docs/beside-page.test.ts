/**
 * The snippets of docs/guide/beside.md are the files of examples/beside. They pass ai-spans a separate tracer provider,
 * and no backend gets an orphan: a span whose parent was not sent to it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { context, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  ParentBasedSampler,
  SimpleSpanProcessor,
  type Sampler,
} from "@opentelemetry/sdk-trace-base";
import { wrapAISDK } from "ai-spans";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { createTracerProvider } from "../../examples/beside/two-backends.ts";
import { callsTool, says } from "../conformance/script.ts";
import { otlpSpans } from "../neighbors/otlp.ts";
import { outline } from "../neighbors/outline.ts";
import { startReceiver, type Receiver } from "../neighbors/receiver.ts";
import { enabledContextManager } from "../support/context-manager.ts";
import { v7, type SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";

const page = readFileSync(new URL("../../docs/guide/beside.md", import.meta.url), "utf8");
const examples = new URL("../../examples/beside/", import.meta.url);

test.each(readdirSync(examples))("%s is on the page", (file) => {
  const [, code = ""] = /^(?:\/\/.*\n)+([\s\S]*)$/.exec(readFileSync(new URL(file, examples), "utf8")) ?? [];
  expect(page).toContain(`\`\`\`ts\n${code}\`\`\``);
});

let apm: Receiver;
let aiBackend: Receiver;
beforeEach(async () => {
  context.setGlobalContextManager(enabledContextManager());
  [apm, aiBackend] = await Promise.all([startReceiver(), startReceiver()]);
});
afterEach(async () => {
  trace.disable();
  context.disable();
  vi.unstubAllEnvs();
  await Promise.all([apm.close(), aiBackend.close()]);
});

const exporterTo = ({ url }: Receiver): OTLPTraceExporter =>
  new OTLPTraceExporter({ url: `${url}/v1/traces` });

/** A provider as an APM registers it: a child follows the decision of its parent. */
function registerProvider(root: Sampler): BasicTracerProvider {
  const provider = new BasicTracerProvider({
    sampler: new ParentBasedSampler({ root }),
    spanProcessors: [new SimpleSpanProcessor(exporterTo(apm))],
  });
  trace.setGlobalTracerProvider(provider);
  return provider;
}

/** A request whose tool calls another agent. The APM starts spans where it instruments something. */
async function serveRequest(sdk: SDK): Promise<void> {
  const instrumented = (name: string): void => trace.getTracer("apm").startSpan(name).end();
  const onCall = (): void => instrumented("fetch");
  const { model } = scriptedModel(v7, [callsTool("ask", "1", { onCall }), says("done", { onCall })]);
  const { model: asked } = scriptedModel(v7, [says("two rooms", { onCall })]);
  const execute = async (): Promise<string> => {
    instrumented("query");
    return (await sdk.generateText({ model: asked, prompt: "rooms" })).text;
  };
  const tools = { ask: { inputSchema: z.object({}), execute } };
  await trace.getTracer("apm").startActiveSpan("request", async (span) => {
    await sdk.generateText({ model, prompt: "a room", tools, stopWhen: v7.stepCount(2) });
    span.end();
  });
}

const sentTo = ({ requests }: Receiver): string =>
  outline(
    otlpSpans(requests).map(({ name, spanId, parentSpanId }) => ({
      id: spanId,
      parentId: parentSpanId,
      text: name,
    })),
  );

const indented = (text: string): string => text.replaceAll(/^/gm, "  ");

const AI_SPANS = `invoke_agent
  chat mock-model
  chat mock-model
  execute_tool ask
    invoke_agent
      chat mock-model`;

/** The same spans with the APM's spans below them. */
const ALL_SPANS = `invoke_agent
  chat mock-model
    fetch
  chat mock-model
    fetch
  execute_tool ask
    invoke_agent
      chat mock-model
        fetch
    query`;

const IN_REQUEST = `request\n${indented(ALL_SPANS)}`;

describe("own-provider.ts", () => {
  async function serve(root: Sampler): Promise<void> {
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", apm.url);
    vi.resetModules();
    const { tracerProvider, generateText } = await import("../../examples/beside/own-provider.ts");
    const registered = registerProvider(root);
    await serveRequest({ ...v7.ai, generateText });
    await Promise.all([registered.forceFlush(), tracerProvider.forceFlush()]);
    await tracerProvider.shutdown();
  }

  test("sends the runs of a sampled request in its trace", async () => {
    await serve(new AlwaysOnSampler());
    expect(sentTo(apm)).toBe(IN_REQUEST);
  });

  test("sends no run of a request that is not sampled", async () => {
    await serve(new AlwaysOffSampler());
    expect(sentTo(apm)).toBe("");
  });
});

describe("two-backends.ts", () => {
  async function serve(root: Sampler): Promise<void> {
    const registered = registerProvider(root);
    const tracerProvider = createTracerProvider(exporterTo(aiBackend), exporterTo(apm));
    await serveRequest(wrapAISDK(v7.ai, { tracerProvider }));
    await Promise.all([registered.forceFlush(), tracerProvider.forceFlush()]);
    await tracerProvider.shutdown();
  }

  test("sends runs as roots to the AI backend, and below their request to the APM's", async () => {
    await serve(new AlwaysOnSampler());
    expect(sentTo(aiBackend)).toBe(AI_SPANS);
    expect(sentTo(apm)).toBe(IN_REQUEST);
  });

  test("sends runs as roots to both if the request is not sampled", async () => {
    await serve(new AlwaysOffSampler());
    expect(sentTo(aiBackend)).toBe(AI_SPANS);
    expect(sentTo(apm)).toBe(ALL_SPANS);
  });
});
