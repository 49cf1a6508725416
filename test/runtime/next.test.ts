/**
 * The Next.js example, over HTTP and in a browser, with routes of the Node.js and of the edge runtime. An answer is
 * stopped, left, or resumed by a page that was loaded again.
 */
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { scriptedAnswers, startProviderServer, type ProviderServer } from "../../fixtures/provider-server.ts";
import { readAnswer, type EventStreamAnswer, type ScriptedAnswer } from "../../fixtures/scripted-answer.ts";
import { agentSpan, chatSpan, ownSpan, toolSpan } from "../conformance/expected-spans.ts";
import { startOtlpReceiver, type OtlpReceiver } from "../support/otlp-receiver.ts";
import { completeSpan, type ExpectedSpan, type SpanNode } from "../support/span-tree.ts";
import { startNextApplication, type NextApplication } from "./next-application.ts";

/** The path at which Debian installs it: `.ci/chromium`. */
const CHROMIUM = "/usr/bin/chromium";
const BUILD_TIMEOUT_MS = 400_000;
// Long, because other tests run at the same time and share the processor with a page and a server.
vi.setConfig({ testTimeout: 60_000 });

/** What the model answers after the tool's result. A test may replace it. */
const answers: Record<string, ScriptedAnswer> = {};
const LAST_ANSWER = "last-answer";

let provider: ProviderServer;
let receiver: OtlpReceiver;
let application: NextApplication;
let browser: Browser;

beforeAll(async () => {
  provider = await startProviderServer({ answers });
  receiver = await startOtlpReceiver();
  application = await startNextApplication({
    OPENAI_API_KEY: "not-a-key",
    OPENAI_BASE_URL: provider.baseUrl.openai,
    OPENAI_HEADERS: JSON.stringify(scriptedAnswers("search-rooms", LAST_ANSWER)),
    OTEL_EXPORTER_OTLP_ENDPOINT: new URL(receiver.url).origin,
    // @vercel/otel sends protobuf by default, and the receiver takes JSON.
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  });
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
}, BUILD_TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await application?.close();
  await receiver?.close();
  await provider?.close();
});

async function answerWith(name: string, change = (answer: EventStreamAnswer) => answer): Promise<void> {
  const answer = await readAnswer("openai-responses", name, true);
  if (answer?.kind !== "sse") throw new Error(`${name} is no stream`);
  answers[LAST_ANSWER] = change(answer);
}

const BOOKED =
  "Your room in Lisbon is booked for three nights from 12 March. Expect mild weather with some rain, and no visa is needed. The guide suggests the castle gardens first.";
const model = "gpt-5.4-mini";
const response = { model: "gpt-5.4-mini-2026-03-17" };
/** The model has the URL of the server that replaces the provider. */
const attributes = { "server.address": "127.0.0.1", "server.port": expect.any(Number) };
const chat = { model, provider: "openai", streaming: true, attributes };

/** A run of the example: the model calls the tool, gets its result, and answers. */
function expectedRun(canceled?: "abort" | "consumer"): ExpectedSpan {
  const requests = [ownSpan(`fetch POST ${provider.baseUrl.openai}/responses`)];
  const question = {
    ...chat,
    response: { ...response, id: "resp_3cfb68b1efab24e1d66ea51f514bccc3b52ebb58" },
    usage: { input: 1184, output: 92, cacheRead: 0, reasoning: 64 },
    finish: "tool_call",
  };
  const id = canceled
    ? "resp_c9aafc2f9cd70fd3ed7e96d6f9e203219f4e4493"
    : "resp_e51b0a5af6ffe450d2c11f19a579bb7b57543ee1";
  const answer = {
    ...chat,
    response: { ...response, id },
    ...(canceled
      ? { canceled, usage: null, finish: null }
      : { usage: { input: 1731, output: 44, cacheRead: 1536, reasoning: 0 } }),
  };
  const spans = [
    chatSpan(question, requests),
    toolSpan("searchRooms", "call_d6dc8cb3c84563f988950320"),
    chatSpan(answer, requests),
  ];
  return agentSpan(canceled ? { model, canceled, finish: "tool_call" } : { model }, spans);
}

interface FoundRun {
  readonly parent: string | undefined;
  readonly run: SpanNode;
}

function runsIn(spans: readonly SpanNode[], parent?: string): FoundRun[] {
  return spans.flatMap((span) =>
    span.name.startsWith("invoke_agent")
      ? [{ parent, run: withoutAttributesOfOthers(span) }]
      : runsIn(span.children, span.name),
  );
}

/** Removes the attributes of spans of @vercel/otel. The test checks only that these spans are there, and where. */
function withoutAttributesOfOthers(span: SpanNode): SpanNode {
  const children = span.children.map(withoutAttributesOfOthers);
  if ("gen_ai.operation.name" in span.attributes) return { ...span, children };
  return { ...completeSpan(ownSpan(span.name)), children };
}

/** Expects one run with all its spans, below the span of Next.js for the route. */
async function expectRun(route: string, expected: ExpectedSpan): Promise<void> {
  const parent = `executing api route (app) ${route}`;
  await vi.waitFor(
    () => expect(runsIn(receiver.trees())).toEqual([{ parent, run: completeSpan(expected) }]),
    { timeout: 20_000, interval: 100 },
  );
}

beforeEach(async () => {
  await answerWith("booking-confirmed");
  receiver.reset();
});

describe("over HTTP", () => {
  const body = JSON.stringify({
    id: "over-http",
    messages: [{ id: "message-1", role: "user", parts: [{ type: "text", text: "a room in Lisbon" }] }],
  });

  test.each(["/api/chat", "/api/edge", "/api/resumable"])(
    "%s streams an answer, and its spans arrive with the requests to the model",
    async (route) => {
      const streamed = await fetch(new URL(route, application.url), { method: "POST", body });
      expect(await streamed.text()).toContain("castle gardens first.");
      await expectRun(route, expectedRun());
    },
  );

  test("a client that disconnects aborts the run", async () => {
    await answerWith("endless-tour");
    const posted = request(new URL("/api/chat", application.url), { method: "POST" });
    posted.end(body);
    // The event has one argument: the response.
    const [message] = (await once(posted, "response")) as [IncomingMessage];
    for await (const chunk of message) if (String(chunk).includes("market")) break;
    posted.destroy();
    await expectRun("/api/chat", expectedRun("abort"));
    expect(provider.requests.at(-1)?.ending).toBe("client-left");
  });
});

describe("by a browser", () => {
  let page: Page;
  const answerOn = (ofPage: Page) => ofPage.locator("[data-role=assistant]");

  beforeEach(async () => {
    page = await browser.newPage();
  });
  afterEach(() => page.close());

  async function ask(path: string): Promise<void> {
    await page.goto(new URL(path, application.url).href);
    await page.getByLabel("Prompt").fill("a room in Lisbon");
    await page.getByRole("button", { name: "Send" }).click();
  }

  async function expectAnswer(text: string | RegExp, status: string): Promise<void> {
    await answerOn(page).filter({ hasText: text }).waitFor();
    await page.getByRole("status").filter({ hasText: status }).waitFor();
  }

  test.each([
    ["/", "/api/chat"],
    ["/edge", "/api/edge"],
  ])("the chat of %s shows the answer", async (path, route) => {
    await ask(path);
    await expectAnswer(BOOKED, "ready");
    await expectRun(route, expectedRun());
  });

  test("the stop button aborts the run", async () => {
    await answerWith("endless-tour");
    await ask("/");
    await expectAnswer("afternoon usually ends.", "streaming");
    await page.getByRole("button", { name: "Stop" }).click();
    await expectAnswer("afternoon usually ends.", "ready");
    await expectRun("/api/chat", expectedRun("abort"));
    expect(provider.requests.at(-1)?.ending).toBe("client-left");
  });

  test("a page that is loaded again resumes the answer, and the run ends once", async () => {
    const asked = provider.requests.length;
    await answerWith("booking-confirmed", pausedBefore("and no visa ", 8_000));
    await ask("/resumable");
    await expectAnswer("with some rain,", "streaming");
    const resumed = page.waitForResponse(/\/stream$/);
    await page.reload();
    expect((await resumed).status()).toBe(200);
    await expectAnswer(/^Your room in Lisbon .* with some rain, $/, "streaming");
    expect(runsIn(receiver.trees())).toEqual([]);
    await expectAnswer(BOOKED, "ready");
    expect(await answerOn(page).allTextContents()).toEqual([BOOKED]);
    await expectRun("/api/resumable", expectedRun());
    expect(provider.requests.slice(asked).map(({ ending }) => ending)).toEqual(["answered", "answered"]);
  });

  test("the stop button of a resumed answer aborts the run", async () => {
    await answerWith("endless-tour");
    await ask("/resumable");
    await expectAnswer("afternoon usually ends.", "streaming");
    await page.reload();
    await expectAnswer("afternoon usually ends.", "streaming");
    await page.getByRole("button", { name: "Stop" }).click();
    await expectAnswer("afternoon usually ends.", "ready");
    await expectRun("/api/resumable", expectedRun("abort"));
    expect(provider.requests.at(-1)?.ending).toBe("client-left");
  });
});

function pausedBefore(text: string, milliseconds: number): (answer: EventStreamAnswer) => EventStreamAnswer {
  return (answer) => ({
    ...answer,
    events: answer.events.map((event) =>
      typeof event.data === "object" && event.data["delta"] === text
        ? { ...event, afterMs: milliseconds }
        : event,
    ),
  });
}
