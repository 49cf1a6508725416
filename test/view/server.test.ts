/**
 * The server of the viewer: who gets an answer, with which headers; what is kept; that the program and its traces are as
 * without it.
 *
 * Holds: view-private.
 */
import { once } from "node:events";
import { request, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { SpanStatusCode } from "@opentelemetry/api";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { createViewer, renderTrace, type ViewedSpan } from "ai-spans/view";
import { afterEach, describe, expect, it } from "vitest";
import { readSpan } from "../../src/view/viewed-span.ts";
import { buildPage, pageModule } from "./build-page.ts";
import { addRun, startProgram, type Program } from "./program.ts";
import { readEvents, readLimits, readSpans } from "./read-events.ts";
import { PAGE, PAGE_POLICY } from "../../src/view/built-page.ts";

let program: Program | undefined;
afterEach(async () => {
  await program?.viewer.close();
  program = undefined;
});

async function listen(options = {}): Promise<{ page: URL } & Program> {
  program = startProgram(options);
  return { ...program, page: new URL(await program.viewer.listen()) };
}

interface PageResponse {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** `fetch` does not allow another `Host`. */
async function ask(
  page: URL,
  path = "/",
  headers: OutgoingHttpHeaders = {},
  method = "GET",
): Promise<PageResponse> {
  const asked = request(new URL(path, page), { headers, method });
  asked.end();
  const [message] = (await once(asked, "response")) as [IncomingMessage];
  return { status: message.statusCode, headers: message.headers, body: await text(message) };
}

describe("the page", () => {
  it("is built from its sources", async () => {
    const built = await buildPage();
    expect(built.page === PAGE && built.policy === PAGE_POLICY, "run `npm run docs`").toBe(true);
    expect(pageModule(built)).toContain("PAGE_POLICY");
  });

  it("is served with a policy that allows its own script, style and events only", async () => {
    const { page } = await listen();
    const { status, headers, body } = await ask(page);
    expect({ status, type: headers["content-type"] }).toEqual({
      status: 200,
      type: "text/html; charset=utf-8",
    });
    expect(body).toBe(PAGE);
    expect(headers).toMatchObject({
      "content-security-policy": expect.stringMatching(
        /^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'$/,
      ),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  });
});

describe("a request", () => {
  it.each(["/", "/events"])("for another host gets nothing of %s", async (path) => {
    const { page } = await listen();
    for (const host of ["evil.example", `evil.example:${page.port}`, "127.0.0.1", "localhost:1"]) {
      const { status, body } = await ask(page, path, { host });
      expect({ host, status, body }).toEqual({
        host,
        status: expect.toBeOneOf([400, 403]),
        body: expect.not.stringContaining("<"),
      });
    }
  });

  it("for a name of this machine is answered", async () => {
    const { page } = await listen();
    for (const name of ["127.0.0.1", "localhost", "[::1]"]) {
      expect((await ask(page, "/", { host: `${name}:${page.port}` })).status).toBe(200);
    }
  });

  it("that a page of another site makes is refused", async () => {
    const { page } = await listen();
    for (const site of ["cross-site", "same-site"]) {
      expect((await ask(page, "/events", { "sec-fetch-site": site })).status).toBe(403);
    }
  });

  it("of another method or path is refused", async () => {
    const { page } = await listen();
    expect((await ask(page, "/", {}, "POST")).status).toBe(405);
    expect((await ask(page, "/../etc/passwd")).status).toBe(404);
  });

  it("of too many pages is refused, and answered again when one has closed", async () => {
    const { page } = await listen();
    const stops = Array.from({ length: 16 }, () => new AbortController());
    for (const { signal } of stops) {
      const events = readEvents(page, signal);
      expect((await events.next()).value).toMatchObject({ event: "hello" });
    }
    expect((await ask(page, "/events")).status).toBe(503);
    for (const stop of stops) stop.abort();
    await expect
      .poll(() => readEvents(page).next(), { timeout: 15_000 })
      .toMatchObject({ value: { event: "hello" } });
  });
});

describe("the address", () => {
  it("is one of this machine only", async () => {
    const { page } = await listen();
    expect(page.hostname).toBe("127.0.0.1");
  });

  it("can be listened to once, and again after close", async () => {
    const { viewer } = await listen();
    await expect(viewer.listen()).rejects.toThrow("listens already");
    await viewer.close();
    await expect(viewer.listen()).resolves.toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  });

  it("that is in use makes listen reject", async () => {
    const { page } = await listen();
    const other = createViewer();
    await expect(other.listen({ port: Number(page.port) })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await expect(other.listen({ port: 70_000 })).rejects.toThrow("from 0 to 65535");
  });
});

describe("what is kept", () => {
  it("is each span from its start to its end", async () => {
    const { page, tracer } = await listen();
    const span = tracer.startSpan("invoke_agent a", {
      attributes: { "gen_ai.operation.name": "invoke_agent" },
    });
    const [open] = await readSpans(page, (spans) => spans.length === 1);
    expect(open).toMatchObject({ name: "invoke_agent a", status: "UNSET" });
    expect(open).not.toHaveProperty("end");
    span.addEvent("retry", { attempt: 2 });
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    const [ended] = await readSpans(page, ([first]) => first?.end !== undefined);
    expect(ended).toMatchObject({ status: "ERROR", events: [{ name: "retry", attributes: { attempt: 2 } }] });
  });

  it("is the last runs, with their traces", async () => {
    const { page, tracer } = await listen({ maxRuns: 5 });
    for (let run = 0; run < 20; run++) addRun(tracer, { agent: `agent-${run}` });
    tracer.startSpan("the last").end();
    const spans = await readSpans(page, (all) => all.some(({ name }) => name === "the last"));
    const agents = spans.flatMap((span) => span.attributes["gen_ai.agent.name"] ?? []);
    expect(agents).toEqual(["agent-15", "agent-16", "agent-17", "agent-18", "agent-19"]);
    expect(spans).toHaveLength(11);
    expect(await readLimits(page)).toEqual({ removedRuns: 15, droppedSpans: {} });
  });

  it("is bounded for traces without a run, and for texts", async () => {
    const { page, tracer, provider } = await listen();
    for (let at = 0; at < 300; at++) tracer.startSpan(`GET /${at}`).end();
    const long = provider.getTracer("other").startSpan("chat", {
      attributes: { "gen_ai.operation.name": "chat", text: "x".repeat(1_048_576) },
    });
    for (let at = 0; at < 100; at++) long.setAttribute(`more.${at}`, "y".repeat(100_000));
    long.end();
    const spans = await readSpans(page, (all) => all.some(({ name }) => name === "chat"));
    expect(spans).toHaveLength(101);
    const kept = String(spans.at(-1)?.attributes["text"]);
    expect(kept).toBe(`${"x".repeat(4_096)}… (1048576 characters)`);
    expect(JSON.stringify(spans.at(-1)).length).toBeLessThan(100_000);
  });

  it("is the first spans of a trace that does not end, and whole traces after it", async () => {
    const { page, tracer } = await listen();
    const tools = Array.from({ length: 10_050 }, (_, at) => `tool-${at}`);
    addRun(tracer, { agent: "endless", tools });
    addRun(tracer, { agent: "after" });
    const spans = await readSpans(page, (all) => all.at(-1)?.parentId !== undefined && all.length > 10_001);
    expect(spans).toHaveLength(10_002);
    expect(spans[0]).toMatchObject({ name: "invoke_agent endless", end: expect.any(Number) });
    expect(spans.map(({ name }) => name).slice(-2)).toEqual(["invoke_agent after", "chat gpt-5"]);
    expect(await readLimits(page)).toEqual({
      removedRuns: 0,
      droppedSpans: { [spans[0]?.traceId ?? ""]: 52 },
    });
  });

  it("keeps a key that objects have, as a plain key", () => {
    const { tracer } = startProgram();
    const span = tracer.startSpan("chat", { attributes: { constructor: "y" } }) as never as ViewedSpan;
    Object.defineProperty(span.attributes, "__proto__", { value: "x", enumerable: true });
    expect(Object.entries(readSpan(span).attributes)).toEqual([
      ["constructor", "y"],
      ["__proto__", "x"],
    ]);
  });

  it("says how many attributes, events and links are not kept, by the viewer's limits and the SDK's", () => {
    const { tracer } = startProgram();
    const span = tracer.startSpan("chat");
    for (let at = 0; at < 130; at++) span.setAttribute(`key.${at}`, at).addEvent(`event ${at}`);
    // The SDK keeps 128 attributes and events, and the viewer 64 events.
    const record = readSpan(span as never);
    expect(record.droppedCount).toBe(2 + 2 + 64);
    expect(readSpan(tracer.startSpan("chat") as never)).not.toHaveProperty("droppedCount", 0);
  });

  it("rejects options that are malformed", () => {
    for (const maxRuns of [0, -1, 1.5, Number.NaN])
      expect(() => createViewer({ maxRuns })).toThrow(TypeError);
  });
});

describe("the program's traces", () => {
  it("have the same spans at the other processors, and none of the page's requests", async () => {
    const instrumentation = new HttpInstrumentation();
    const exporter = new InMemorySpanExporter();
    const viewer = createViewer();
    const provider = new BasicTracerProvider({
      spanProcessors: [viewer.spanProcessor, new SimpleSpanProcessor(exporter)],
    });
    instrumentation.setTracerProvider(provider);
    instrumentation.enable();
    const page = new URL(await viewer.listen());
    try {
      addRun(provider.getTracer("agents"), { tools: ["searchRooms"] });
      const spans = await readSpans(page, (all) => all.filter(({ end }) => end !== undefined).length === 3);
      expect(spans.map(({ name }) => name)).toEqual([
        "invoke_agent booking-agent",
        "chat gpt-5",
        "execute_tool searchRooms",
      ]);
      const exported = exporter.getFinishedSpans();
      expect(exported.map(({ name }) => name)).toEqual([
        "chat gpt-5",
        "execute_tool searchRooms",
        "invoke_agent booking-agent",
      ]);
      expect(exported.map((span) => readSpan(span).attributes)).toEqual(
        [1, 2, 0].map((at) => spans[at]?.attributes),
      );
    } finally {
      instrumentation.disable();
      await viewer.close();
    }
  });

  it("are not changed by a processor that fails", () => {
    const { viewer } = startProgram();
    const broken = new Proxy(
      {},
      {
        get: () => {
          throw new Error("no such span");
        },
      },
    );
    expect(() => viewer.spanProcessor.onStart(broken as never)).not.toThrow();
    expect(() => viewer.spanProcessor.onEnd(broken as never)).not.toThrow();
  });
});

describe("a saved page", () => {
  it("has the spans as data that cannot become a script", () => {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const name = "</script><script>alert(1)</script><!-- $& $1";
    addRun(provider.getTracer("agents"), { agent: name });
    const saved = renderTrace(exporter.getFinishedSpans());
    expect(saved.match(/<script/g)).toHaveLength(PAGE.match(/<script/g)?.length ?? 0);
    expect(saved).toContain("connect-src 'none'");
    const [, json = ""] = /id="saved-spans">(.*?)<\/script>/s.exec(saved) ?? [];
    expect(JSON.parse(json).map(({ name: each }: { name: string }) => each)).toContain(
      `invoke_agent ${name}`,
    );
  });
});
