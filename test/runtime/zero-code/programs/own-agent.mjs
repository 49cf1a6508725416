// Wraps agents with a provider and a namespace of their own, and prints the names and keys of the spans that this provider
// gets: one of the SDK's class, one of a class that overrides a method.
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import * as sdk from "ai";
import { wrapAgent } from "ai-spans";
import agent from "./agent.js";
import workload from "./workload.cjs";

const exporter = new InMemorySpanExporter();
const tracerProvider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const Agent = sdk.ToolLoopAgent ?? sdk.Experimental_Agent;
class BookingAgent extends Agent {
  generate(parameters) {
    return super.generate(parameters);
  }
}
const searchRooms = sdk.tool({
  inputSchema: sdk.jsonSchema({ type: "object", properties: {} }),
  execute: () => ({ rooms: 2 }),
});
const toolCall = { type: "tool-call", toolCallId: "call-1", toolName: "searchRooms", input: "{}" };

for (const AgentClass of [Agent, BookingAgent]) {
  const model = agent.modelOf(workload.majorOf(sdk), [toolCall, { type: "text", text: "two rooms" }]);
  const stopWhen = ({ steps }) => steps.length === 2;
  const booking = new AgentClass({ model, tools: { searchRooms }, stopWhen });
  await wrapAgent(booking, { tracerProvider, namespace: "booking" }).generate({ prompt: "a room in Paris" });
}
const spans = exporter.getFinishedSpans();
const keys = spans
  .flatMap(({ attributes }) => Object.keys(attributes))
  .filter((key) => /^(booking|ai_spans)\./.test(key));
console.log(JSON.stringify({ names: spans.map(({ name }) => name), keys: [...new Set(keys)] }));
