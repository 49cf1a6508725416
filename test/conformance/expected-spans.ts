/**
 * Builds the expected spans. The contract lists all attributes that each span type may have. The defaults equal those
 * of `script.ts`: a call took 10 tokens, returned 5 and stopped.
 */
import { aDuration, type ExpectedSpan } from "../support/span-tree.ts";
import { DEFAULT_MODEL_ID, DEFAULT_PROVIDER, type ScriptedUsage } from "../support/scripted-model.ts";
import { AGENT_NAME } from "./program.ts";
import { DEFAULT_RESPONSE, DEFAULT_USAGE } from "./script.ts";

type Attributes = Readonly<Record<string, unknown>>;
type CancelCause = "abort" | "consumer" | "abandoned" | "shutdown";

interface Ending {
  /** `error.type`. The status is then ERROR. */
  readonly error?: string;
  readonly canceled?: CancelCause;
}

interface ExpectedAnswer {
  /** `null` if the usage is unknown. */
  readonly usage?: ScriptedUsage | null;
  readonly finish?: string | null;
}

export interface ChatExpectation extends Ending, ExpectedAnswer {
  readonly streaming?: boolean;
  readonly model?: string;
  readonly provider?: string;
  readonly response?: { readonly id?: string; readonly model?: string } | null;
  readonly retries?: number;
  /** Whether the stream had a part with output. The default is the value of `streaming`. */
  readonly output?: boolean;
  readonly attributes?: Attributes;
}

export interface AgentExpectation extends Ending, ExpectedAnswer {
  /** `null` if the caller passed no name. */
  readonly name?: string | null;
  readonly model?: string;
  readonly attributes?: Attributes;
}

export interface ToolExpectation extends Ending {
  readonly agent?: string | null;
  readonly attributes?: Attributes;
}

export function chatSpan(
  expected: ChatExpectation = {},
  children: readonly ExpectedSpan[] = [],
): ExpectedSpan {
  const { model = DEFAULT_MODEL_ID, provider = DEFAULT_PROVIDER, streaming = false, retries } = expected;
  const response = expected.response === undefined ? DEFAULT_RESPONSE : expected.response;
  return {
    name: `chat ${model}`,
    kind: "CLIENT",
    ...status(expected),
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": provider,
      "gen_ai.request.model": model,
      "gen_ai.request.stream": streaming ? true : undefined,
      "gen_ai.response.id": response?.id,
      "gen_ai.response.model": response?.model,
      "gen_ai.response.time_to_first_chunk": (expected.output ?? streaming) ? aDuration : undefined,
      "ai_spans.retry.count": retries,
      ...answer(expected, DEFAULT_USAGE, "stop"),
      ...ending(expected),
      ...expected.attributes,
    },
    children,
  };
}

/** By default the run's usage is the sum of its chat children, and its finish reason is that of the last one. */
export function agentSpan(expected: AgentExpectation, children: readonly ExpectedSpan[] = []): ExpectedSpan {
  const name = expected.name === undefined ? AGENT_NAME : expected.name;
  const chats = children.filter((child) => child.name.startsWith("chat"));
  const lastReasons = chats.at(-1)?.attributes?.["gen_ai.response.finish_reasons"];
  return {
    name: name === null ? "invoke_agent" : `invoke_agent ${name}`,
    ...status(expected),
    attributes: {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": name ?? undefined,
      "gen_ai.request.model": expected.model ?? DEFAULT_MODEL_ID,
      ...sumOfUsage(chats),
      "gen_ai.response.finish_reasons": lastReasons,
      ...(expected.usage === undefined ? {} : { ...NO_USAGE, ...usageAttributes(expected.usage) }),
      ...(expected.finish === undefined ? {} : finishAttribute(expected.finish)),
      ...ending(expected),
      ...expected.attributes,
    },
    children,
  };
}

export function toolSpan(
  name: string,
  callId: string | null,
  expected: ToolExpectation = {},
  children: readonly ExpectedSpan[] = [],
): ExpectedSpan {
  return {
    name: `execute_tool ${name}`,
    ...status(expected),
    attributes: {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": name,
      "gen_ai.tool.type": "function",
      "gen_ai.tool.call.id": callId ?? undefined,
      "gen_ai.agent.name": expected.agent === undefined ? AGENT_NAME : (expected.agent ?? undefined),
      ...ending(expected),
      ...expected.attributes,
    },
    children,
  };
}

export interface ModelOperationExpectation extends Ending {
  readonly model?: string;
  readonly provider?: string;
  /** `ai_spans.call.count`, the number of calls of the provider, if there were several. */
  readonly calls?: number;
  readonly retries?: number;
  readonly usage?: ScriptedUsage;
  readonly outputType?: string;
  readonly attributes?: Attributes;
}

/** The only span of an operation that is no agent's run. */
export function modelSpan(
  operation: "embeddings" | "rerank" | "generate_content",
  expected: ModelOperationExpectation = {},
  children: readonly ExpectedSpan[] = [],
): ExpectedSpan {
  const { model = DEFAULT_MODEL_ID, provider = DEFAULT_PROVIDER, usage = {} } = expected;
  return {
    name: `${operation} ${model}`,
    kind: "CLIENT",
    ...status(expected),
    attributes: {
      "gen_ai.operation.name": operation,
      "gen_ai.provider.name": provider,
      "gen_ai.request.model": model,
      "gen_ai.output.type": expected.outputType,
      "ai_spans.call.count": expected.calls,
      "ai_spans.retry.count": expected.retries,
      ...usageAttributes(usage),
      ...ending(expected),
      ...expected.attributes,
    },
    children,
  };
}

/** A span that the application starts. */
export function ownSpan(name: string, children: readonly ExpectedSpan[] = []): ExpectedSpan {
  return { name, children };
}

const USAGE_KEYS = {
  input: "gen_ai.usage.input_tokens",
  output: "gen_ai.usage.output_tokens",
  cacheRead: "gen_ai.usage.cache_read.input_tokens",
  cacheWrite: "gen_ai.usage.cache_write.input_tokens",
  reasoning: "gen_ai.usage.reasoning.output_tokens",
} as const satisfies Record<keyof ScriptedUsage, string>;

const NO_USAGE = Object.fromEntries(Object.values(USAGE_KEYS).map((key) => [key, undefined]));

function usageAttributes(usage: ScriptedUsage | null): Attributes {
  return Object.fromEntries(
    Object.entries(usage ?? {}).map(([kind, count]) => [USAGE_KEYS[kind as keyof ScriptedUsage], count]),
  );
}

function sumOfUsage(chats: readonly ExpectedSpan[]): Attributes {
  const sums: Record<string, number> = {};
  for (const key of Object.values(USAGE_KEYS)) {
    for (const chat of chats) {
      const count = chat.attributes?.[key];
      if (typeof count === "number") sums[key] = (sums[key] ?? 0) + count;
    }
  }
  return sums;
}

function answer(
  { usage, finish }: ExpectedAnswer,
  defaultUsage: ScriptedUsage,
  defaultFinish: string,
): Attributes {
  return {
    ...usageAttributes(usage === undefined ? defaultUsage : usage),
    ...finishAttribute(finish === undefined ? defaultFinish : finish),
  };
}

function finishAttribute(finish: string | null): Attributes {
  return { "gen_ai.response.finish_reasons": finish === null ? undefined : [finish] };
}

function status({ error }: Ending): Pick<ExpectedSpan, "status"> {
  return error === undefined ? {} : { status: "ERROR" };
}

function ending({ error, canceled }: Ending): Attributes {
  return {
    "error.type": error,
    "ai_spans.canceled": canceled === undefined ? undefined : true,
    "ai_spans.cancel.cause": canceled,
  };
}
