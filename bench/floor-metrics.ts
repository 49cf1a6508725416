/**
 * The metrics that the floor records by hand: those of the conventions, and the two counters of tokens by outcome. The
 * instruments are created once, and the points of one answer share their attributes.
 */
import {
  createNoopMeter,
  metrics,
  type Attributes,
  type Counter,
  type Histogram,
  type Meter,
} from "@opentelemetry/api";
import type { GenerateAnswer, Model, StreamPart, Usage } from "./mock-model.ts";

/** The name of the floor's instrumentation scope. */
export const FLOOR_SCOPE = "bench-floor";

const SECONDS = powers(0.01, 2, 14);
const RUN_SECONDS = powers(0.1, 2, 13);
const CALLS = powers(1, 2, 8);
const TOKENS = powers(1, 4, 14);

function powers(first: number, factor: number, count: number): number[] {
  return Array.from({ length: count }, (_, exponent) => first * factor ** exponent);
}

/** The parts of an answer whose tokens the metrics count. */
type Answer = Pick<GenerateAnswer, "usage"> | Pick<StreamPart, "usage">;

export interface FinishedRun {
  readonly seconds: number;
  readonly agentName: string;
  readonly requestModel: string;
  readonly inferenceCalls: number;
  readonly toolCalls: number;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
}

export class FloorMetrics {
  readonly #inferenceSeconds: Histogram;
  readonly #firstChunkSeconds: Histogram;
  readonly #chunkSeconds: Histogram;
  readonly #inputTokens: Histogram;
  readonly #outputTokens: Histogram;
  readonly #usedInputTokens: Counter;
  readonly #usedOutputTokens: Counter;
  readonly #usedCacheTokens: Counter;
  readonly #usedReasoningTokens: Counter;
  readonly #runSeconds: Histogram;
  readonly #inferenceCalls: Histogram;
  readonly #toolCalls: Histogram;
  readonly #runInputTokens: Counter;
  readonly #runOutputTokens: Counter;
  readonly #toolSeconds: Histogram;

  constructor(meter: Meter) {
    const histogram = (name: string, unit: string, explicitBucketBoundaries: number[]): Histogram =>
      meter.createHistogram(name, { unit, advice: { explicitBucketBoundaries } });
    const counter = (name: string): Counter => meter.createCounter(name, { unit: "{token}" });
    const inference = "gen_ai.client.inference";
    this.#inferenceSeconds = histogram(`${inference}.duration`, "s", SECONDS);
    this.#firstChunkSeconds = histogram(`${inference}.time_to_first_chunk`, "s", SECONDS);
    this.#chunkSeconds = histogram(`${inference}.time_per_output_chunk`, "s", SECONDS);
    this.#inputTokens = histogram(`${inference}.operation.input_tokens`, "{token}", TOKENS);
    this.#outputTokens = histogram(`${inference}.operation.output_tokens`, "{token}", TOKENS);
    this.#usedInputTokens = counter(`${inference}.usage.input_tokens`);
    this.#usedOutputTokens = counter(`${inference}.usage.output_tokens`);
    this.#usedCacheTokens = counter(`${inference}.usage.cache_read.input_tokens`);
    this.#usedReasoningTokens = counter(`${inference}.usage.reasoning.output_tokens`);
    this.#runSeconds = histogram("gen_ai.invoke_agent.duration", "s", RUN_SECONDS);
    this.#inferenceCalls = histogram("gen_ai.invoke_agent.inference_calls", "{inference_call}", CALLS);
    this.#toolCalls = histogram("gen_ai.invoke_agent.tool_calls", "{tool_call}", CALLS);
    this.#runInputTokens = counter("ai_spans.invoke_agent.input_tokens");
    this.#runOutputTokens = counter("ai_spans.invoke_agent.output_tokens");
    this.#toolSeconds = histogram("gen_ai.execute_tool.duration", "s", SECONDS);
  }

  recordChat(seconds: number, model: Attributes, { usage }: Answer): void {
    this.#inferenceSeconds.record(seconds, model);
    if (usage === undefined) return;
    const { input, output, cacheRead, reasoning } = countsOf(usage);
    this.#inputTokens.record(input, model);
    this.#outputTokens.record(output, model);
    const withModality = { "gen_ai.token.modality": "unknown", ...model };
    this.#usedInputTokens.add(input, withModality);
    this.#usedOutputTokens.add(output, withModality);
    if (cacheRead !== undefined) this.#usedCacheTokens.add(cacheRead, withModality);
    if (reasoning !== undefined) this.#usedReasoningTokens.add(reasoning, withModality);
  }

  recordFirstChunk(seconds: number, model: Attributes): void {
    this.#firstChunkSeconds.record(seconds, model);
  }

  recordChunk(seconds: number, model: Attributes): void {
    this.#chunkSeconds.record(seconds, model);
  }

  recordRun(run: FinishedRun): void {
    const agent = { "gen_ai.agent.name": run.agentName };
    this.#runSeconds.record(run.seconds, { "gen_ai.request.model": run.requestModel, ...agent });
    this.#inferenceCalls.record(run.inferenceCalls, agent);
    this.#toolCalls.record(run.toolCalls, agent);
    if (run.inputTokens !== undefined) this.#runInputTokens.add(run.inputTokens, agent);
    if (run.outputTokens !== undefined) this.#runOutputTokens.add(run.outputTokens, agent);
  }

  recordTool(seconds: number, tool: Attributes): void {
    this.#toolSeconds.record(seconds, tool);
  }
}

/** The attributes of a model's points. */
export function modelAttributes({ modelId }: Model, responseModel: string | undefined): Attributes {
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": modelId,
    "gen_ai.response.model": responseModel,
  };
}

function countsOf(usage: Usage) {
  const { inputTokens, outputTokens } = usage;
  return {
    input: typeof inputTokens === "number" ? inputTokens : inputTokens.total,
    output: typeof outputTokens === "number" ? outputTokens : outputTokens.total,
    cacheRead: typeof inputTokens === "number" ? usage.cachedInputTokens : inputTokens.cacheRead,
    reasoning: typeof outputTokens === "number" ? usage.reasoningTokens : outputTokens.reasoning,
  };
}

/** @returns `undefined` where no meter provider is registered */
export function floorMetrics(): FloorMetrics | undefined {
  const meter = metrics.getMeterProvider().getMeter(FLOOR_SCOPE);
  return meter === createNoopMeter() ? undefined : new FloorMetrics(meter);
}
