/**
 * A function on a platform that freezes its process. It handles one event after the other, and stops its process at
 * once when a handler has settled. `freezing.test.ts` runs it with a major, the receiver's address and whether to
 * flush.
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

/** Starts the span of the trigger in the sender's trace, and runs the agent in it. */
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
    // The platform of a streaming function reads the response to its end, and then freezes the process.
    const answer = result instanceof Response ? await result.text() : result;
    process.send?.({ answer, diagnostics });
    process.kill(process.pid, "SIGSTOP");
  })();
});
process.send?.("ready");
