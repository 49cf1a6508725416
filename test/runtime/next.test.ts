/**
 * The Next.js example, built with the packed package, started and driven over HTTP: its streaming route and `after`.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, rmSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { scriptedAnswers, startProviderServer, type ProviderServer } from "../../fixtures/provider-server.ts";
import { agentSpan, chatSpan } from "../conformance/expected-spans.ts";
import { installPackedPackage } from "../package/packed-project.ts";
import { startOtlpReceiver, type OtlpReceiver } from "../support/otlp-receiver.ts";
import { completeSpan, type SpanNode } from "../support/span-tree.ts";
import { kill, printed } from "./printed.ts";

const run = promisify(execFile);
const example = fileURLToPath(new URL("../../examples/next/", import.meta.url));
const next = `${example}node_modules/next/dist/bin/next`;
/** An answer slow enough to be left. */
const SCRIPT = "booking-confirmed";

let provider: ProviderServer;
let receiver: OtlpReceiver;
let server: ChildProcess;
let url: URL;

beforeAll(async () => {
  const project = await installPackedPackage();
  const installed = `${example}node_modules/ai-spans`;
  rmSync(installed, { recursive: true, force: true });
  cpSync(project.packageFolder, installed, { recursive: true });
  project.remove();
  provider = await startProviderServer();
  receiver = await startOtlpReceiver();
  const environment = {
    ...process.env,
    NODE_ENV: "production" as const,
    NEXT_TELEMETRY_DISABLED: "1",
    OPENAI_API_KEY: "not-a-key",
    OPENAI_BASE_URL: provider.baseUrl.openai,
    OPENAI_HEADERS: JSON.stringify(scriptedAnswers(SCRIPT)),
    OTEL_EXPORTER_OTLP_ENDPOINT: new URL("/", receiver.url).href,
  };
  await run(process.execPath, [next, "build"], { cwd: example, env: environment });
  server = spawn(process.execPath, [next, "start", "--hostname", "127.0.0.1", "--port", "0"], {
    cwd: example,
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  url = await printed(server, (text) => {
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
    return address && text.includes("Ready") ? new URL("/api/chat", address) : undefined;
  });
});
beforeEach(() => receiver.reset());
afterAll(async () => {
  await kill(server);
  await receiver.close();
  await provider.close();
});

const model = "gpt-5.4-mini";
/** What SCRIPT says of itself. */
const usage = { input: 1731, output: 44, cacheRead: 1536, reasoning: 0 };
const response = {
  id: "resp_e51b0a5af6ffe450d2c11f19a579bb7b57543ee1",
  model: "gpt-5.4-mini-2026-03-17",
};
/** The provider package keeps the URL of the server that stands in for it. */
const serverAttributes = { "server.address": "127.0.0.1", "server.port": expect.any(Number) };
const chat = { model, provider: "openai", streaming: true, response, attributes: serverAttributes };

/** Ours and, below them, what Next.js adds of its own. */
async function receivedRun(): Promise<SpanNode> {
  return vi.waitUntil(() => runIn(receiver.trees()), { timeout: 10_000 });
}

function runIn(spans: readonly SpanNode[]): SpanNode | undefined {
  for (const span of spans) {
    const found = span.name.startsWith("invoke_agent") ? span : runIn(span.children);
    if (found) return found;
  }
  return undefined;
}

function onlyOurs(span: SpanNode): SpanNode {
  const children = span.children.filter(({ attributes }) => "gen_ai.operation.name" in attributes);
  return { ...span, children: children.map(onlyOurs) };
}

test("a streamed answer and its spans both arrive, with Next.js's fetch below the model call", async () => {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify({ prompt: "a room in Lisbon" }) });
  expect((await answer.text()).length).toBeGreaterThan(100);
  const received = await receivedRun();
  const tree = agentSpan({ model, usage }, [chatSpan({ ...chat, usage })]);
  expect(onlyOurs(received)).toEqual(completeSpan(tree));
  const below = received.children[0]?.children.map(({ attributes }) => attributes["next.span_type"]);
  expect(below).toEqual(["AppRender.fetch"]);
});

test("a client that disconnects ends the run", async () => {
  const posted = request(url, { method: "POST" });
  posted.end(JSON.stringify({ prompt: "a room in Lisbon" }));
  // The event has one argument: the response.
  const [message] = (await once(posted, "response")) as [IncomingMessage];
  await once(message, "data");
  posted.destroy();
  const left = { canceled: "consumer", usage: null, finish: null } as const;
  const tree = agentSpan({ ...left, model }, [chatSpan({ ...chat, ...left })]);
  expect(onlyOurs(await receivedRun())).toEqual(completeSpan(tree));
});
