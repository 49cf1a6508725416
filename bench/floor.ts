/**
 * The floor: what a careful engineer would write by hand with `@opentelemetry/api` to get the same spans from one known
 * program. It checks no unknown shapes, supports no other major, and has nothing that the program does not use.
 */
import { SpanKind, trace, type Attributes, type Tracer } from "@opentelemetry/api";
import type { Call, Tool } from "./cases.ts";
import { fail, FINISH_REASONS, finishAttributes } from "./floor-answer.ts";
import { FLOOR_SCOPE, floorMetrics, modelAttributes, type FloorMetrics } from "./floor-metrics.ts";
import { streamWithChat } from "./floor-stream.ts";
import type { Completion, Major, StreamResult } from "./majors.ts";
import type { GenerateAnswer, Model, ModelCallOptions } from "./mock-model.ts";

export interface FloorTelemetry {
  readonly tracer: Tracer;
  /** `undefined` where no meter provider is registered. */
  readonly metrics: FloorMetrics | undefined;
}

/** The tracer and the instruments of the providers that are registered now. */
export function floorTelemetry(): FloorTelemetry {
  return { tracer: trace.getTracer(FLOOR_SCOPE), metrics: floorMetrics() };
}

export function floorGenerate(
  major: Major,
  call: Call,
  telemetry: FloorTelemetry,
): () => Promise<Completion> {
  const { generateText } = major.ai;
  const { tracer, metrics } = telemetry;
  const attributes = agentAttributes(call, "generateText");
  const model = tracedModel(call, telemetry);
  const tools = call.tools && tracedTools(call, call.tools, telemetry);
  const parameters = { ...call.parameters, model, ...(tools && { tools }) };
  return () =>
    tracer.startActiveSpan(
      `invoke_agent ${call.functionId}`,
      { kind: SpanKind.INTERNAL, attributes },
      async (span) => {
        const startedMs = metrics && performance.now();
        try {
          const result = await generateText(parameters);
          if (span.isRecording()) span.setAttributes(completionAttributes(result));
          if (metrics) recordRun(metrics, call, result, startedMs);
          return result;
        } catch (error) {
          fail(span, error);
          throw error;
        } finally {
          span.end();
        }
      },
    );
}

/**
 * The SDK's callbacks end the span. No callback reports a reader that leaves early, so the floor does not notice it.
 */
export function floorStream(major: Major, call: Call, telemetry: FloorTelemetry): () => StreamResult {
  const { streamText } = major.ai;
  const { tracer, metrics } = telemetry;
  const attributes = agentAttributes(call, "streamText");
  const model = tracedModel(call, telemetry);
  const tools = call.tools && tracedTools(call, call.tools, telemetry);
  const parameters = { ...call.parameters, model, ...(tools && { tools }) };
  return () =>
    tracer.startActiveSpan(
      `invoke_agent ${call.functionId}`,
      { kind: SpanKind.INTERNAL, attributes },
      (span) => {
        if (!span.isRecording() && !metrics) {
          span.end();
          return streamText(parameters);
        }
        const startedMs = metrics && performance.now();
        return streamText({
          ...parameters,
          onFinish: (event: Completion) => {
            if (metrics) recordRun(metrics, call, event, startedMs);
            if (!span.isRecording()) return;
            span.setAttributes(completionAttributes(event, tools !== undefined));
            span.end();
          },
          onError: ({ error }: { error: unknown }) => {
            fail(span, error);
            span.end();
          },
          onAbort: () => span.end(),
        });
      },
    );
}

function recordRun(
  metrics: FloorMetrics,
  { functionId, model }: Call,
  { totalUsage, usage, steps }: Completion,
  startedMs = 0,
): void {
  const { inputTokens, outputTokens } = totalUsage ?? usage;
  metrics.recordRun({
    seconds: (performance.now() - startedMs) / 1000,
    agentName: functionId,
    requestModel: model.modelId,
    inferenceCalls: steps.length,
    toolCalls: steps.reduce((count, { toolCalls = [] }) => count + toolCalls.length, 0),
    inputTokens,
    outputTokens,
  });
}

function agentAttributes({ functionId, metadata, model, parameters }: Call, operation: string): Attributes {
  return {
    "ai_spans.operation.name": operation,
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.agent.name": functionId,
    "gen_ai.request.model": model.modelId,
    "gen_ai.request.max_tokens": Number(parameters["maxOutputTokens"]),
    "gen_ai.request.temperature": Number(parameters["temperature"]),
    ...(metadata && {
      "gen_ai.conversation.id": metadata["conversationId"],
      "user.id": metadata["userId"],
      "ai_spans.turn.request_id": metadata["requestId"],
      "ai_spans.metadata.plan": metadata["plan"],
    }),
  };
}

/** @param readsSteps `false` for a stream without tools, whose steps ai-spans does not read */
function completionAttributes(
  { finishReason, totalUsage, usage, steps }: Completion,
  readsSteps = true,
): Attributes {
  const total = totalUsage ?? usage;
  const callId = readsSteps ? steps[0]?.callId : undefined;
  return {
    // Only v7 has an id of the call.
    ...(callId !== undefined && { "ai_spans.call.id": callId }),
    "gen_ai.response.finish_reasons": [FINISH_REASONS[finishReason] ?? "other"],
    "gen_ai.usage.input_tokens": total.inputTokens,
    "gen_ai.usage.output_tokens": total.outputTokens,
    "gen_ai.usage.cache_read.input_tokens":
      total.inputTokenDetails?.cacheReadTokens ?? total.cachedInputTokens,
    "gen_ai.usage.reasoning.output_tokens":
      total.outputTokenDetails?.reasoningTokens ?? total.reasoningTokens,
  };
}

function tracedModel({ model, metadata }: Call, { tracer, metrics }: FloorTelemetry): Model {
  const chatOptions = ({ maxOutputTokens, temperature }: ModelCallOptions, isStream: boolean) => ({
    kind: SpanKind.CLIENT,
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": model.modelId,
      "gen_ai.request.max_tokens": maxOutputTokens,
      "gen_ai.request.temperature": temperature,
      ...(isStream && { "gen_ai.request.stream": true }),
      ...(metadata && { "gen_ai.conversation.id": metadata["conversationId"] }),
    },
  });
  return {
    ...model,
    doGenerate: (options) =>
      tracer.startActiveSpan(`chat ${model.modelId}`, chatOptions(options, false), async (span) => {
        const startedMs = metrics && performance.now();
        try {
          const answer = await model.doGenerate(options);
          if (span.isRecording()) span.setAttributes(answerAttributes(answer));
          if (startedMs !== undefined)
            metrics?.recordChat(
              (performance.now() - startedMs) / 1000,
              modelAttributes(model, answer.response.modelId),
              answer,
            );
          return answer;
        } catch (error) {
          fail(span, error);
          throw error;
        } finally {
          span.end();
        }
      }),
    doStream: (options) =>
      tracer.startActiveSpan(`chat ${model.modelId}`, chatOptions(options, true), async (span) => {
        const startedMs = performance.now();
        try {
          const { stream, ...rest } = await model.doStream(options);
          const isObserved = span.isRecording() || metrics !== undefined;
          return {
            ...rest,
            stream: isObserved ? streamWithChat(stream, { span, startedMs, metrics, model }) : stream,
          };
        } catch (error) {
          fail(span, error);
          span.end();
          throw error;
        }
      }),
  };
}

function answerAttributes({ response, finishReason, usage }: GenerateAnswer): Attributes {
  return {
    "gen_ai.response.id": response.id,
    "gen_ai.response.model": response.modelId,
    ...finishAttributes(finishReason, usage),
  };
}

function tracedTools(
  { functionId, metadata }: Call,
  tools: Readonly<Record<string, Tool>>,
  { tracer, metrics }: FloorTelemetry,
): Readonly<Record<string, Tool>> {
  const traced = (name: string, tool: Tool): Tool => ({
    ...tool,
    execute: (input, options) =>
      tracer.startActiveSpan(
        `execute_tool ${name}`,
        {
          kind: SpanKind.INTERNAL,
          attributes: {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": name,
            "gen_ai.tool.type": "function",
            "gen_ai.tool.call.id": options.toolCallId,
            "gen_ai.agent.name": functionId,
            ...(metadata && { "gen_ai.conversation.id": metadata["conversationId"] }),
          },
        },
        async (span) => {
          const startedMs = metrics && performance.now();
          try {
            const output = await tool.execute(input, options);
            if (startedMs !== undefined)
              metrics?.recordTool((performance.now() - startedMs) / 1000, {
                "gen_ai.tool.name": name,
                "gen_ai.tool.type": "function",
                "gen_ai.agent.name": functionId,
              });
            return output;
          } catch (error) {
            fail(span, error);
            throw error;
          } finally {
            span.end();
          }
        },
      ),
  });
  return Object.fromEntries(Object.entries(tools).map(([name, tool]) => [name, traced(name, tool)]));
}
