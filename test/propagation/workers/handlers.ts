/**
 * A Worker that runs an agent in each handler that the platform calls itself, and keeps the names of the exported
 * spans.
 */
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, BatchSpanProcessor, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { flushAfter, flushHandler } from "ai-spans/serverless";
import { DurableObject } from "cloudflare:workers";
import { runAgent } from "./agent.ts";

const exported: string[] = [];
const exporter = {
  export: (spans: ReadableSpan[], done: (result: { code: number }) => void) => {
    exported.push(...spans.map(({ name }) => name));
    done({ code: 0 });
  },
  shutdown: async () => {},
};
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const provider = new BasicTracerProvider({
  // The delay is so long that only a flush exports spans.
  spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 600_000 })],
});
trace.setGlobalTracerProvider(provider);

interface Invocation {
  waitUntil(work: Promise<unknown>): void;
}

const runIn = (handler: string, invocation: Invocation): Promise<string> =>
  flushAfter(() => runAgent(handler), { waitUntil: invocation, provider });

interface ObjectContext extends Invocation {
  acceptWebSocket(socket: unknown): void;
  readonly storage: { setAlarm(atMs: number): Promise<void> };
}

export class Room extends DurableObject {
  readonly #context: ObjectContext;

  constructor(objectContext: ObjectContext, environment: unknown) {
    super(objectContext, environment);
    this.#context = objectContext;
  }

  override async fetch(): Promise<Response> {
    await this.#context.storage.setAlarm(Date.now());
    const { 0: client, 1: server } = new WebSocketPair();
    this.#context.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client } as ResponseInit);
  }

  async alarm(): Promise<void> {
    await runIn("alarm", this.#context);
  }

  override async webSocketMessage(socket: { send(text: string): void }): Promise<void> {
    socket.send(await runIn("message", this.#context));
  }
}

interface Environment {
  readonly ROOM: { getByName(name: string): { fetch(request: Request): Promise<Response> } };
}

export default {
  async fetch(request: Request, { ROOM }: Environment): Promise<Response> {
    return new URL(request.url).pathname === "/exported"
      ? Response.json(exported)
      : ROOM.getByName("room").fetch(request);
  },
  async queue(_batch: unknown, _environment: Environment, invocation: Invocation): Promise<void> {
    await runIn("queue", invocation);
  },
  scheduled: flushHandler(
    async (_event: unknown, _environment: Environment, _invocation: Invocation) => {
      await runAgent("scheduled");
    },
    { provider },
  ),
};
