/**
 * Records the floor's chat span over a model stream. It observes the stream with a TransformStream, which the SDK's
 * documentation recommends, and ends the span at the finish part.
 */
import type { Attributes, Span } from "@opentelemetry/api";
import { fail, finishAttributes } from "./floor-answer.ts";
import { modelAttributes, type FloorMetrics } from "./floor-metrics.ts";
import type { Model, StreamPart } from "./mock-model.ts";

export interface FloorChat {
  readonly span: Span;
  /** Monotonic milliseconds. */
  readonly startedMs: number;
  readonly metrics: FloorMetrics | undefined;
  readonly model: Model;
}

export function streamWithChat(
  stream: ReadableStream<StreamPart>,
  chat: FloorChat,
): ReadableStream<StreamPart> {
  const { span, startedMs, metrics, model } = chat;
  const isRecording = span.isRecording();
  let lastChunkMs: number | undefined;
  let firstChunkSeconds: number | undefined;
  let responseModel: string | undefined;
  // The chunks come before the answer names its model, except for the response metadata.
  let attributes: Attributes | undefined;
  const onChunk = (): void => {
    if (lastChunkMs !== undefined && !metrics) return;
    const nowMs = performance.now();
    if (lastChunkMs === undefined) {
      firstChunkSeconds = (nowMs - startedMs) / 1000;
      if (isRecording) span.setAttribute("gen_ai.response.time_to_first_chunk", firstChunkSeconds);
    } else {
      metrics?.recordChunk(
        (nowMs - lastChunkMs) / 1000,
        (attributes ??= modelAttributes(model, responseModel)),
      );
    }
    lastChunkMs = nowMs;
  };
  const onFinish = (part: StreamPart): void => {
    if (metrics) {
      attributes ??= modelAttributes(model, responseModel);
      metrics.recordChat((performance.now() - startedMs) / 1000, attributes, part);
      if (firstChunkSeconds !== undefined) metrics.recordFirstChunk(firstChunkSeconds, attributes);
    }
    if (isRecording && part.finishReason !== undefined && part.usage !== undefined) {
      span.setAttributes(finishAttributes(part.finishReason, part.usage));
    }
    span.end();
  };
  return stream.pipeThrough(
    new TransformStream<StreamPart, StreamPart>({
      transform(part, controller) {
        switch (part.type) {
          case "text-delta":
            onChunk();
            break;
          case "response-metadata":
            responseModel = part.modelId;
            if (isRecording)
              span.setAttributes({ "gen_ai.response.id": part.id, "gen_ai.response.model": part.modelId });
            break;
          case "finish":
            onFinish(part);
            break;
          case "error":
            fail(span, part);
        }
        controller.enqueue(part);
      },
      flush() {
        if (span.isRecording()) span.end();
      },
    }),
  );
}
