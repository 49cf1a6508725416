/**
 * A viewer with a tracer provider of a real SDK, and spans of any shape.
 */
import { context, trace, type Attributes, type SpanStatusCode, type Tracer } from "@opentelemetry/api";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { createViewer, type Viewer, type ViewerOptions } from "ai-spans/view";

export interface Program {
  readonly viewer: Viewer;
  readonly provider: BasicTracerProvider;
  readonly tracer: Tracer;
}

export function startProgram(options: ViewerOptions = {}): Program {
  const viewer = createViewer(options);
  const provider = new BasicTracerProvider({ spanProcessors: [viewer.spanProcessor] });
  return { viewer, provider, tracer: provider.getTracer("agents") };
}

export interface RunShape {
  readonly agent?: string;
  readonly conversation?: string;
  readonly model?: string;
  /** The name of a tool for each execution. */
  readonly tools?: readonly string[];
  readonly attributes?: Attributes;
  /** Attributes of the model call. */
  readonly call?: Attributes;
  /** Of the run. */
  readonly status?: SpanStatusCode;
}

/** A run with one model call, and an execution of each tool. */
export function addRun(tracer: Tracer, shape: RunShape = {}): void {
  const {
    agent = "booking-agent",
    conversation,
    model = "gpt-5",
    tools = [],
    attributes,
    call,
    status,
  } = shape;
  const run = tracer.startSpan(`invoke_agent ${agent}`, {
    attributes: {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": agent,
      ...(conversation !== undefined && { "gen_ai.conversation.id": conversation }),
      ...attributes,
    },
  });
  const below = trace.setSpan(context.active(), run);
  const requested = { "gen_ai.operation.name": "chat", "gen_ai.request.model": model };
  tracer.startSpan(`chat ${model}`, { attributes: { ...requested, ...call } }, below).end();
  for (const tool of tools) {
    const execution = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool };
    tracer.startSpan(`execute_tool ${tool}`, { attributes: execution }, below).end();
  }
  if (status !== undefined) run.setStatus({ code: status });
  run.end();
}
