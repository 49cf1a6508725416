/**
 * Records the floor's chat span over a model stream. It observes the stream with a TransformStream, which the SDK's
 * documentation recommends, and ends the span at the finish part.
 */
import type { Span } from "@opentelemetry/api";
import { fail, finishAttributes } from "./floor-answer.ts";
import type { StreamPart } from "./mock-model.ts";

export function streamWithChat(
  stream: ReadableStream<StreamPart>,
  span: Span,
  startedMs: number,
): ReadableStream<StreamPart> {
  let isFirst = true;
  return stream.pipeThrough(
    new TransformStream<StreamPart, StreamPart>({
      transform(part, controller) {
        switch (part.type) {
          case "text-delta":
            if (isFirst) {
              isFirst = false;
              const seconds = (performance.now() - startedMs) / 1000;
              span.setAttribute("gen_ai.response.time_to_first_chunk", seconds);
            }
            break;
          case "response-metadata":
            span.setAttributes({ "gen_ai.response.id": part.id, "gen_ai.response.model": part.modelId });
            break;
          case "finish":
            if (part.finishReason !== undefined && part.usage !== undefined) {
              span.setAttributes(finishAttributes(part.finishReason, part.usage));
            }
            span.end();
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
