/**
 * Computes the metrics of a program from its spans: the same numbers under the same attributes.
 */
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { inOrder, keyOf, type Point } from "../support/meters.ts";

const MODEL = [
  "gen_ai.operation.name",
  "gen_ai.provider.name",
  "gen_ai.request.model",
  "gen_ai.response.model",
  "server.address",
  "server.port",
];
const INFERENCE = "gen_ai.client.inference";
const USAGE = ["input_tokens", "output_tokens", "cache_read.input_tokens", "cache_write.input_tokens"];
const NAMELESS = { "gen_ai.token.modality": "unknown" };

/** The spans have no times of chunks, so this metric is left out. */
export const CHUNKS = `${INFERENCE}.time_per_output_chunk`;

/**
 * @param spans in the order of their ends
 * @param namespace the prefix of our attributes and metrics
 */
export function pointsOfSpans(spans: readonly ReadableSpan[], namespace: string): Point[] {
  const sums = new Map<string, Point>();
  for (const span of spans) {
    for (const point of pointsOf(span, spans, namespace)) {
      const key = keyOf(point);
      const { count = 0, sum = 0 } = sums.get(key) ?? {};
      const total = { ...point, count: count + point.count };
      sums.set(key, point.sum === undefined ? total : { ...total, sum: sum + point.sum });
    }
  }
  return inOrder([...sums.values()]);
}

function pointsOf(span: ReadableSpan, spans: readonly ReadableSpan[], namespace: string): Point[] {
  const { attributes } = span;
  const points: Point[] = [];
  const pick = (...keys: string[]): Point["attributes"] =>
    Object.fromEntries(keys.filter((key) => key in attributes).map((key) => [key, attributes[key]]));
  const numberOf = (key: string): number | undefined => attributes[key] as number | undefined;
  const duration = (of: string, ...keys: string[]): void =>
    void points.push({ metric: `${of}.duration`, attributes: pick(...keys, "error.type"), count: 1 });
  const values = (metric: string, sum: number | undefined, ...keys: string[]): void => {
    if (sum !== undefined) points.push({ metric, attributes: pick(...keys), count: 1, sum });
  };
  const count = (metric: string, value: number | undefined, own: Point["attributes"]): void => {
    if (value !== undefined) points.push({ metric, attributes: own, count: value });
  };
  const retries = (): void =>
    count(`${namespace}.client.retries`, numberOf(`${namespace}.retry.count`), pick(...MODEL));

  switch (String(attributes["gen_ai.operation.name"])) {
    case "chat":
    case "generate_content":
      duration(INFERENCE, ...MODEL);
      if ("gen_ai.response.time_to_first_chunk" in attributes) {
        points.push({ metric: `${INFERENCE}.time_to_first_chunk`, attributes: pick(...MODEL), count: 1 });
      }
      for (const direction of ["input", "output"]) {
        const tokens = numberOf(`gen_ai.usage.${direction}_tokens`);
        values(`${INFERENCE}.operation.${direction}_tokens`, tokens, ...MODEL);
      }
      for (const name of [...USAGE, "reasoning.output_tokens"]) {
        const tokens = numberOf(`gen_ai.usage.${name}`);
        count(`${INFERENCE}.usage.${name}`, tokens, { ...pick(...MODEL), ...NAMELESS });
      }
      retries();
      break;
    case "embeddings":
      duration("gen_ai.client.embeddings", ...MODEL);
      values(
        "gen_ai.client.embeddings.operation.input_tokens",
        numberOf("gen_ai.usage.input_tokens"),
        ...MODEL,
      );
      retries();
      break;
    case "rerank":
      duration("gen_ai.client.operation", ...MODEL);
      retries();
      break;
    case "execute_tool": {
      if (isExecuted(span, namespace))
        duration("gen_ai.execute_tool", "gen_ai.tool.name", "gen_ai.tool.type", "gen_ai.agent.name");
      const approval = attributes[`${namespace}.tool.approval`];
      const own = pick("gen_ai.tool.name", "gen_ai.agent.name", `${namespace}.tool.approval`);
      count(`${namespace}.execute_tool.approvals`, approval === undefined ? undefined : 1, own);
      break;
    }
    default: {
      // A child that ends after its run began below a run that had ended. The run does not count it.
      const children = spans
        .slice(0, spans.indexOf(span))
        .filter(({ parentSpanContext }) => parentSpanContext?.spanId === span.spanContext().spanId);
      const calls = children.filter((child) => child.name.startsWith("chat"));
      const tools = children.filter((child) => isExecuted(child, namespace));
      duration("gen_ai.invoke_agent", "gen_ai.agent.name", "gen_ai.request.model");
      values("gen_ai.invoke_agent.inference_calls", calls.length, "gen_ai.agent.name");
      values("gen_ai.invoke_agent.tool_calls", tools.length, "gen_ai.agent.name");
      for (const direction of ["input", "output"]) {
        const outcome = pick("gen_ai.agent.name", "error.type", `${namespace}.cancel.cause`);
        const tokens = numberOf(`gen_ai.usage.${direction}_tokens`);
        count(`${namespace}.invoke_agent.${direction}_tokens`, tokens, outcome);
      }
      if (attributes[`${namespace}.canceled`] === true)
        count(
          `${namespace}.invoke_agent.canceled`,
          1,
          pick("gen_ai.agent.name", `${namespace}.cancel.cause`),
        );
    }
  }
  return points;
}

/** The SDK executes no tool call that the provider executes, that waits or was denied, or that is invalid. */
function isExecuted({ attributes }: ReadableSpan, namespace: string): boolean {
  return (
    attributes["gen_ai.operation.name"] === "execute_tool" &&
    attributes["gen_ai.tool.type"] === "function" &&
    !["requested", "denied"].includes(String(attributes[`${namespace}.tool.approval`])) &&
    attributes[`${namespace}.tool.pending`] === undefined &&
    !["AI_NoSuchToolError", "AI_InvalidToolInputError", "AI_ToolCallRepairError"].includes(
      String(attributes["error.type"]),
    )
  );
}
