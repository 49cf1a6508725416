/**
 * Deterministic models: plain objects of each major's provider specification. They use no network, no clock and no
 * randomness, and do as little work as the SDK allows.
 */
import type { Major } from "./majors.ts";

/** The options that the SDK passes to a model, as far as these models and the floor read them. */
export interface ModelCallOptions {
  readonly prompt: readonly unknown[];
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
}

export interface Usage {
  readonly inputTokens: number | { readonly total: number; readonly cacheRead: number };
  readonly outputTokens: number | { readonly total: number; readonly reasoning: number };
  readonly cachedInputTokens?: number;
  readonly reasoningTokens?: number;
}

export type FinishReason = string | { readonly unified: string; readonly raw: string };

export interface GenerateAnswer {
  readonly content: readonly object[];
  readonly finishReason: FinishReason;
  readonly usage: Usage;
  readonly response: { readonly id: string; readonly modelId: string };
  readonly warnings: readonly object[];
}

export interface StreamPart {
  readonly type: string;
  readonly id?: string;
  readonly delta?: string;
  readonly modelId?: string;
  readonly finishReason?: FinishReason;
  readonly usage?: Usage;
}

export interface StreamAnswer {
  readonly stream: ReadableStream<StreamPart>;
}

export interface Model {
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
  readonly supportedUrls: object;
  doGenerate(options: ModelCallOptions): PromiseLike<GenerateAnswer>;
  doStream(options: ModelCallOptions): PromiseLike<StreamAnswer>;
}

export const MODEL_ID = "gpt-4o";
const RESPONSE_MODEL_ID = "gpt-4o-2024-08-06";
const RESPONSE_ID = "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT";
export const TOOL_NAME = "searchRooms";

/** Calls a tool in its first `toolSteps` answers. The length of the conversation selects the answer. */
export function generatingModel(major: Major, toolSteps: number): Model {
  const response = { id: RESPONSE_ID, modelId: RESPONSE_MODEL_ID };
  const usage = usageOf(major);
  const answers: GenerateAnswer[] = Array.from({ length: toolSteps }, (_, step) => ({
    content: [toolCall(step)],
    finishReason: finishReason(major, "tool-calls"),
    usage,
    response,
    warnings: [],
  }));
  const last: GenerateAnswer = {
    content: [{ type: "text", text: "The hotel has three free rooms." }],
    finishReason: finishReason(major, "stop"),
    usage,
    response,
    warnings: [],
  };
  return model(major, {
    // A tool step adds the call and its result to a conversation that began with one message.
    doGenerate: async ({ prompt }) => answers[(prompt.length - 1) / 2] ?? last,
    doStream: () => Promise.reject(new Error("this model does not stream")),
  });
}

/** Streams `chunkCount` text deltas, one per pull. */
export function streamingModel(major: Major, chunkCount: number): Model {
  const parts: StreamPart[] = [
    { type: "stream-start", warnings: [] } as StreamPart, // No part of the stream is read for its warnings.
    { type: "response-metadata", id: RESPONSE_ID, modelId: RESPONSE_MODEL_ID },
    { type: "text-start", id: "0" },
    ...Array.from({ length: chunkCount }, (): StreamPart => ({
      type: "text-delta",
      id: "0",
      delta: "word ",
    })),
    { type: "text-end", id: "0" },
    { type: "finish", finishReason: finishReason(major, "stop"), usage: usageOf(major) },
  ];
  return model(major, {
    doGenerate: () => Promise.reject(new Error("this model only streams")),
    doStream: async () => ({ stream: streamOf(parts) }),
  });
}

function streamOf(parts: readonly StreamPart[]): ReadableStream<StreamPart> {
  let next = 0;
  return new ReadableStream<StreamPart>(
    {
      pull(controller) {
        const part = parts[next++];
        if (part === undefined) controller.close();
        else controller.enqueue(part);
      },
    },
    { highWaterMark: 0 },
  );
}

function model(major: Major, methods: Pick<Model, "doGenerate" | "doStream">): Model {
  return {
    specificationVersion: major.specificationVersion,
    provider: "openai.responses",
    modelId: MODEL_ID,
    supportedUrls: {},
    ...methods,
  };
}

function toolCall(step: number): object {
  return { type: "tool-call", toolCallId: `call-${step}`, toolName: TOOL_NAME, input: '{"city":"Lisbon"}' };
}

function finishReason(major: Major, reason: string): FinishReason {
  return major.specificationVersion === "v2" ? reason : { unified: reason, raw: reason };
}

function usageOf(major: Major): Usage {
  return major.specificationVersion === "v2"
    ? ({
        inputTokens: 120,
        outputTokens: 30,
        totalTokens: 150,
        cachedInputTokens: 100,
        reasoningTokens: 8,
      } as Usage)
    : ({
        inputTokens: { total: 120, noCache: 20, cacheRead: 100, cacheWrite: undefined },
        outputTokens: { total: 30, text: 22, reasoning: 8 },
      } as Usage);
}
