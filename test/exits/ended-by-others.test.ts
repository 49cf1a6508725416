/**
 * A processor ends every open span when the span of a request ends, as `@vercel/otel` does. The program notices
 * nothing, no span ends twice, and one warning states the solution.
 */
import { context, type Span, trace } from "@opentelemetry/api";
import { BasicTracerProvider, type ReadableSpan, type SpanProcessor } from "@opentelemetry/sdk-trace-base";
import type * as Package from "ai-spans";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { says } from "../conformance/script.ts";
import { enabledContextManager } from "../support/context-manager.ts";
import { receiveReports, textOf } from "../support/diag-logger.ts";
import { createGate } from "../support/gate.ts";
import { registerIntegrations } from "../support/integrations.ts";
import type { SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { WAYS } from "../support/ways.ts";

class EndsWithRequest implements SpanProcessor {
  readonly finished: ReadableSpan[] = [];
  readonly #open = new Set<Span>();

  onStart(span: Span): void {
    this.#open.add(span);
  }

  onEnd(span: ReadableSpan): void {
    this.finished.push(span);
    this.#open.delete(span as unknown as Span);
    if (span.name === "GET /") for (const open of this.#open) open.end();
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

let reports: string[] = [];
beforeEach(() => {
  reports = [];
  trace.disable();
  context.disable();
  receiveReports((...words) => void reports.push(textOf(words)));
  context.setGlobalContextManager(enabledContextManager());
});
afterEach(() => registerIntegrations());

/** Loads the package again, because it reports each warning once per process. */
async function freshCopy(): Promise<typeof Package> {
  vi.resetModules();
  return await import("ai-spans");
}

describe.each(WAYS)("$title", ({ major, entry }) => {
  async function playRequest(options: Package.TracingOptions): Promise<readonly string[]> {
    const { wrapAISDK, createAISDKTelemetry } = await freshCopy();
    const isAdapter = entry === "adapter";
    if (isAdapter) registerIntegrations(createAISDKTelemetry(options));
    const sdk: SDK = isAdapter ? major.ai : wrapAISDK(major.ai, options);
    const gate = createGate();
    const { model } = scriptedModel(major, [
      says("", { parts: [{ text: "a " }, { gate }, { text: "room" }] }),
    ]);
    const texts: string[] = [];
    // The response continues after the request's span has ended.
    await trace.getTracer("http").startActiveSpan("GET /", async (request) => {
      const { textStream } = sdk.streamText({ model, prompt: "a room" });
      await gate.reached;
      request.end();
      gate.open();
      for await (const text of textStream) texts.push(text);
    });
    return texts;
  }

  test("of the registered provider", async () => {
    const processor = new EndsWithRequest();
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
    expect(await playRequest({})).toEqual(["a ", "room"]);
    expect(processor.finished.map(({ name }) => String(name.split(" ")[0])).toSorted()).toEqual([
      "GET",
      "chat",
      "invoke_agent",
    ]);
    expect(reports).toEqual([
      "ai-spans: a span was ended by somebody else before its work was over, so its outcome and tokens are missing: pass ai-spans a separate tracer provider (the option tracerProvider)",
    ]);
  });

  test("but not of a separate provider for ai-spans", async () => {
    const [theirs, ours] = [new EndsWithRequest(), new EndsWithRequest()];
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [theirs] }));
    const tracerProvider = new BasicTracerProvider({ spanProcessors: [ours] });
    expect(await playRequest({ tracerProvider })).toEqual(["a ", "room"]);
    expect(theirs.finished).toHaveLength(1);
    const tokens = ours.finished.map(({ attributes }) => attributes["gen_ai.usage.output_tokens"]);
    expect(tokens).toEqual([5, 5]);
    expect(reports).toEqual([]);
  });
});
