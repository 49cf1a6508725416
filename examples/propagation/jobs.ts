// A job that runs twice, and an approval that comes days later. Each attempt has its own trace, which links to the
// previous attempt (the delivery) and to the request that started the work (the origin).
import { SpanKind, trace } from "@opentelemetry/api";
import { carriers, forwardOrigin, injectContext, withLinkedTrace } from "ai-spans/propagation";
import { runHotelAgent } from "./agent.ts";
import { printTraces, startTelemetry } from "./telemetry.ts";

startTelemetry();

interface Job {
  readonly room: number;
  readonly attempt: number;
}

/** Replaces a job queue, and a table of jobs that wait for an approval. */
const jobs: Job[] = [];
const approvals = new Map<string, string>();

function enqueue(job: Job): void {
  jobs.push(forwardOrigin(job, { as: carriers.envelope }));
}

async function work(job: Job): Promise<void> {
  const options = { source: job, name: "book room", kind: SpanKind.CONSUMER };
  await withLinkedTrace({ ...options, attributes: { "booking.attempt": job.attempt } }, async () => {
    await runHotelAgent();
    if (job.attempt < 2) enqueue({ room: job.room, attempt: job.attempt + 1 });
    // A human is to approve: what continues the run is kept as text.
    else approvals.set("room 7", JSON.stringify(forwardOrigin({})));
  });
}

await trace.getTracer("application").startActiveSpan("request", async (request) => {
  jobs.push(injectContext({ room: 7, attempt: 1 }, { as: carriers.envelope }));
  request.end();
});
for (const job of jobs) await work(job);

const kept: unknown = JSON.parse(approvals.get("room 7") ?? "{}");
await withLinkedTrace({ source: kept, name: "resume after approval" }, runHotelAgent);
printTraces("booking.attempt");
