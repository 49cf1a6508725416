// Prints two runs when its input ends, and says on standard error that it is still there.
import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { createTreeExporter } from "ai-spans/console";

const spanProcessors = [new SimpleSpanProcessor(createTreeExporter())];
const tracer = new BasicTracerProvider({ spanProcessors }).getTracer("application");

process.stderr.write("ready");
await once(process.stdin.resume(), "end");
for (const name of ["chat one", "chat two"]) {
  tracer.startSpan(name, { attributes: { "gen_ai.operation.name": "chat" } }).end();
  await nextTurn();
}
process.stderr.write(", survived");
