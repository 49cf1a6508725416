/**
 * A Durable Object with a hibernatable WebSocket. A message names the work to do. The answer has the number of
 * constructions, which grows when the object has hibernated.
 */
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import * as ai from "ai";
import { createAISDKTelemetry, wrapAISDK } from "ai-spans";
import { flushAfter } from "ai-spans/serverless";
import { DurableObject } from "cloudflare:workers";
import { processorOf } from "../../support/span-processor.ts";

const ended: string[] = [];
const processor = processorOf({
  onEnd: ({ name, attributes }) => void ended.push(`${name} ${String(attributes["ai_spans.cancel.cause"])}`),
});
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const provider = new BasicTracerProvider({ spanProcessors: [processor] });
trace.setGlobalTracerProvider(provider);

const model: Exclude<ai.LanguageModel, string> = {
  specificationVersion: "v4",
  provider: "mock-provider",
  modelId: "mock-model",
  supportedUrls: {},
  doGenerate: async () => Promise.reject(new Error("not asked for")),
  doStream: async () => ({
    stream: ai.simulateReadableStream({
      chunks: [
        { type: "stream-start", warnings: [] },
        { type: "text-start", id: "1" },
        { type: "text-delta", id: "1", delta: "booked" },
        { type: "text-end", id: "1" },
      ],
    }),
  }),
};

const traced = wrapAISDK(ai);

/** Each work starts a stream and leaves its result unread. */
const WORK: Readonly<Record<string, () => void>> = {
  nothing: () => {},
  wrapper: () => void traced.streamText({ model, prompt: "book" }),
  adapter: () =>
    void ai.streamText({ model, prompt: "book", telemetry: { integrations: [createAISDKTelemetry()] } }),
};

// Module state survives the object, but not the isolate.
let constructions = 0;

export class Room extends DurableObject {
  constructor(objectContext: unknown, environment: unknown) {
    super(objectContext, environment);
    constructions += 1;
  }

  override async fetch(): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client } as ResponseInit);
  }

  override async webSocketMessage(socket: { send(text: string): void }, message: string): Promise<void> {
    const options = { waitUntil: this.ctx, timeoutMs: 500, provider };
    await flushAfter(() => Promise.resolve(WORK[message]?.()), options);
    socket.send(JSON.stringify({ constructions, ended }));
  }
}

interface Environment {
  readonly ROOM: { getByName(name: string): { fetch(request: Request): Promise<Response> } };
}

export default {
  fetch: (request: Request, { ROOM }: Environment): Promise<Response> =>
    ROOM.getByName(new URL(request.url).pathname).fetch(request),
};
