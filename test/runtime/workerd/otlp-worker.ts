/**
 * A Worker with the OpenTelemetry SDK, an AsyncLocalStorage context manager and OTLP over HTTP, flushed through each
 * invocation's own `ctx`. Bundled with one major of the AI SDK.
 */
import { context, propagation, ROOT_CONTEXT, SpanKind, trace, type Context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { createServerlessSpanProcessor, flushAfter, flushHandler } from "ai-spans/serverless";
import { Agent } from "../../serverless/agent.ts";
import type { Major } from "../../support/majors.ts";

interface Environment {
  readonly OTLP_URL: string;
}

interface ExecutionContext {
  waitUntil(promise: Promise<unknown>): void;
}

interface QueueBatch {
  readonly messages: ReadonlyArray<{ readonly body: { readonly traceparent?: string } }>;
}

let isRegistered = false;

function register({ OTLP_URL }: Environment): void {
  if (isRegistered) return;
  isRegistered = true;
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const processor = createServerlessSpanProcessor(
    new OTLPTraceExporter({ url: OTLP_URL }),
    BatchSpanProcessor,
  );
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
}

function triggered<T>(name: string, sender: Context, work: () => Promise<T>): Promise<T> {
  return trace
    .getTracer("application")
    .startActiveSpan(`process ${name}`, { kind: SpanKind.CONSUMER }, sender, async (span) => {
      try {
        return await work();
      } finally {
        span.end();
      }
    });
}

export function createWorker(major: Major): object {
  const agent = new Agent(major);
  const handle = flushHandler(
    async (request: Request, environment: Environment, _context: ExecutionContext) => {
      register(environment);
      switch (new URL(request.url).pathname) {
        case "/stream":
          return agent.stream();
        case "/endless":
          return agent.endless();
        default: {
          const sender = propagation.extract(ROOT_CONTEXT, Object.fromEntries(request.headers));
          return triggered("webhook", sender, async () => new Response(await agent.loop()));
        }
      }
    },
  );
  return {
    fetch(request: Request, environment: Environment, executionContext: ExecutionContext) {
      if (!request.url.endsWith("/implied")) return handle(request, environment, executionContext);
      register(environment);
      return flushAfter(() => agent.stream());
    },
    scheduled: flushHandler(async (_event: unknown, environment: Environment, _context: ExecutionContext) => {
      register(environment);
      await triggered("cron", ROOT_CONTEXT, () => agent.loop());
    }),
    queue: flushHandler(
      async ({ messages }: QueueBatch, environment: Environment, _context: ExecutionContext) => {
        register(environment);
        for (const { body } of messages) {
          await triggered("queue", propagation.extract(ROOT_CONTEXT, body), () => agent.loop());
        }
      },
    ),
  };
}
