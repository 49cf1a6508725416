/**
 * A function as a platform runs it that freezes what it does not need: it handles the events it is sent, one after the
 * other, and stops its own process in the very moment a handler has settled. Run by `freezing.test.ts` with a major, the
 * receiver's address and whether to flush.
 */
import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { flushHandler } from "ai-spans/serverless";
import { majors } from "../support/majors.ts";
import { Agent } from "./agent.ts";
import { registerExporting } from "./exporting.ts";

export type Trigger = "queue" | "cron" | "webhook" | "stream";

export interface FunctionEvent {
  readonly trigger: Trigger;
  readonly traceparent?: string;
}

const [, , majorName, url = "", flushing] = process.argv;
const major = majors.find(({ name }) => name === majorName);
if (major === undefined) throw new Error(`no such major: ${majorName}`);
const { diagnostics } = registerExporting(url, { plainProcessor: flushing === "unflushed" });
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
const agent = new Agent(major);

/** The trigger's own span, in the trace it was sent with, and the agent run it starts. */
async function handleEvent({ trigger, traceparent }: FunctionEvent): Promise<unknown> {
  const sender = propagation.extract(ROOT_CONTEXT, { traceparent });
  const name = `process ${trigger}`;
  return context.with(sender, async () =>
    trace.getTracer("application").startActiveSpan(name, { kind: SpanKind.CONSUMER }, async (span) => {
      try {
        return trigger === "stream" ? agent.stream() : await agent.loop();
      } finally {
        span.end();
      }
    }),
  );
}

const handler = flushing === "unflushed" ? handleEvent : flushHandler(handleEvent);

process.on("message", (event: FunctionEvent) => {
  void (async () => {
    const result = await handler(event);
    // The platform of a streaming function reads its answer to the end; then it is done.
    const answer = result instanceof Response ? await result.text() : result;
    process.send?.({ answer, diagnostics });
    process.kill(process.pid, "SIGSTOP");
  })();
});
process.send?.("ready");
