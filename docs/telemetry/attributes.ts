/**
 * The rows of docs/reference/telemetry.md: which spans carry an attribute, its source, and when it is present. The names
 * are those of the code's table of keys, so a new attribute without a row does not compile. A test compares the rows with
 * the spans of real runs. Keys are never written here.
 */
import type { ATTRIBUTE_KEYS, Operation } from "../../src/semconv/attributes.ts";
import { operations } from "./spans.ts";

export interface Occurrence {
  /** The field of the SDK or the provider. */
  readonly from: string;
  readonly when: string;
  /** Passed when the span starts, for samplers. */
  readonly atStart?: true;
  /** The tests that show it, where the programs of test/conformance do not. */
  readonly testedBy?: string;
}

export interface AttributeFacts {
  readonly type: "string" | "string[]" | "int" | "double" | "boolean";
  readonly on: Partial<Readonly<Record<Operation, Occurrence>>>;
}

/** Names of our own keys, below the namespace. */
type OwnName =
  | "sdkOperation"
  | "sdkCallId"
  | "canceled"
  | "cancelCause"
  | "retryCount"
  | "callCount"
  | "toolApproval"
  | "toolRepaired"
  | "toolPending";
type AttributeName = keyof typeof ATTRIBUTE_KEYS | OwnName;

const PROVIDER = "`provider` of the model, as the value that the conventions register";
const REPORTED = "the provider reported it";
const FAILOVER = "if a model fails over to another, the final value is that of the model that answered";
const IS_SET = "it is set";

/** A setting of a call that goes on to its model calls under the same name. */
function setting(
  type: AttributeFacts["type"],
  name: string,
  when = type === "int" ? `${IS_SET}, and a whole number` : `${IS_SET}, and finite`,
): AttributeFacts {
  return {
    type,
    on: {
      invoke_agent: { from: `\`${name}\` of the call`, when },
      chat: { from: `\`${name}\` of the model call, as \`prepareStep\` left it`, when },
    },
  };
}

function ofChat(type: AttributeFacts["type"], from: string, when: string): AttributeFacts {
  return { type, on: { chat: { from, when } } };
}

/** A token count: of one answer, and the sum of a run's. */
function tokens(from: string, others: AttributeFacts["on"] = {}): AttributeFacts {
  return {
    type: "int",
    on: {
      invoke_agent: { from: "sum over the chat spans", when: "a model call reported it" },
      chat: { from, when: REPORTED },
      ...others,
    },
  };
}

/** The spans of calls by the program. */
function onRuns(occurrence: Occurrence): AttributeFacts["on"] {
  return Object.fromEntries(
    (["invoke_agent", ...ALONE] as const).map((operation) => [operation, occurrence]),
  );
}

/** Operations without an agent: one span for all calls of the provider. */
const ALONE: readonly Operation[] = ["embeddings", "rerank", "generate_content"];

function alone(occurrence: Occurrence, among: readonly Operation[] = ALONE): AttributeFacts["on"] {
  return Object.fromEntries(among.map((operation) => [operation, occurrence]));
}

function ofMCP(from: string, when: string): AttributeFacts {
  return { type: "string", on: { execute_tool: { from, when, testedBy: "test/mcp" } } };
}

function everywhere(type: AttributeFacts["type"], occurrence: Occurrence): AttributeFacts {
  return { type, on: Object.fromEntries(operations.map((operation) => [operation, occurrence])) };
}

const conversation: Occurrence = { from: "`conversationId` of the turn", when: IS_SET };
const agentName: Occurrence = {
  from: "`functionId` of the call, else `agentName` in its metadata or runtime context, else the `id` of the agent, else `agentName` of `withTurn`, else the name of the agent's class if it extends a wrapped class",
  when: IS_SET,
  atStart: true,
};

export const attributes: Readonly<Record<AttributeName, AttributeFacts>> = {
  operation: everywhere("string", { from: "the operation", when: "always", atStart: true }),
  agentName: { type: "string", on: { invoke_agent: agentName, execute_tool: agentName } },
  agentId: {
    type: "string",
    on: {
      invoke_agent: {
        from: "`agentId` in the call's metadata or runtime context, else the `id` of the agent, else `agentId` of `withTurn`",
        when: IS_SET,
      },
    },
  },
  agentVersion: {
    type: "string",
    on: { invoke_agent: { from: "`agentVersion` of the turn", when: IS_SET } },
  },
  conversationId: {
    type: "string",
    on: {
      invoke_agent: conversation,
      chat: conversation,
      execute_tool: conversation,
      ...alone(conversation, ["rerank", "generate_content"]),
    },
  },
  provider: {
    type: "string",
    on: {
      chat: { from: PROVIDER, when: `it is known; ${FAILOVER}`, atStart: true },
      ...alone({
        from: PROVIDER,
        when: "it is known; for a model that is named by its id, after the start",
        atStart: true,
      }),
    },
  },
  serverAddress: ofChatAtStart("the host of the base URL that the provider package stores with the model"),
  serverPort: {
    type: "int",
    on: {
      chat: {
        from: "the port of that base URL, or its scheme's default",
        when: "it is known",
        atStart: true,
      },
    },
  },
  requestModel: {
    type: "string",
    on: {
      invoke_agent: {
        from: "`modelId` of `model`, or `model` if it is a string",
        when: "it is known",
        atStart: true,
      },
      chat: {
        from: "`modelId` of the model that is called",
        when: `it is known; ${FAILOVER}`,
        atStart: true,
      },
      ...alone({
        from: "`modelId` of `model`, or `model` if it is a string",
        when: "it is known",
        atStart: true,
      }),
    },
  },
  choiceCount: {
    type: "int",
    on: { generate_content: { from: "`n` of the call", when: "it is set, and not 1" } },
  },
  dimensionCount: {
    type: "int",
    on: { embeddings: { from: "the length of the first vector", when: "there is one" } },
  },

  maxOutputTokens: setting("int", "maxOutputTokens"),
  temperature: setting("double", "temperature"),
  topP: setting("double", "topP"),
  topK: ofChat("double", "`topK` of the model call", `${IS_SET}, and finite`),
  frequencyPenalty: setting("double", "frequencyPenalty"),
  presencePenalty: setting("double", "presencePenalty"),
  seed: {
    type: "int",
    on: {
      ...setting("int", "seed").on,
      generate_content: { from: "`seed` of the call", when: `${IS_SET}, and finite` },
    },
  },
  stopSequences: setting(
    "string[]",
    "stopSequences",
    "there are any. The first 16 are recorded, each cut at 64 characters. A value that is no string is left out",
  ),
  stream: ofChat("boolean", "whether the model call streams", "`true` only"),
  reasoning: ofChat("string", "`reasoning` of the model call", "it is set, v7; not `provider-default`"),
  outputType: {
    type: "string",
    on: {
      invoke_agent: { from: "`json` when a model call asks for it", when: "a model call has begun" },
      chat: { from: "`json`: `responseFormat` of the model call", when: "structured output is asked for" },
      generate_content: {
        from: "`image`, `speech`, `text` (a transcript), `video`, by the function",
        when: "always",
        atStart: true,
      },
    },
  },

  responseId: {
    type: "string",
    on: {
      chat: { from: "`id` of the response's metadata", when: `${REPORTED}; Google: not on v5` },
      rerank: { from: "`id` of the response's metadata", when: REPORTED },
    },
  },
  responseModel: {
    type: "string",
    on: {
      chat: {
        from: "`modelId` of the response's metadata; after a fallback by Anthropic, the model that answered",
        when: `${REPORTED}; Google's \`generateContent\` and Bedrock never`,
      },
      ...alone(
        {
          from: "`modelId` of the response's metadata",
          when: "it differs from the requested model, because packages of media models fill in the requested one",
        },
        ["rerank", "generate_content"],
      ),
    },
  },
  finishReasons: {
    type: "string[]",
    on: {
      invoke_agent: { from: "the last answer of a model call", when: "there was one" },
      chat: {
        from: "`finishReason` of the answer: `stop`, `length`, `content_filter`, `tool_call`, `error`, `other`",
        when: "the answer is complete",
      },
    },
  },
  timeToFirstChunkSeconds: ofChat(
    "double",
    "seconds from the attempt's start to its first part with output",
    "the model call streams and had output",
  ),
  inputTokens: tokens("`usage.inputTokens`, `.total` (v6, v7); cached ones included", {
    embeddings: { from: "sum of `usage.tokens` over the calls of the provider", when: REPORTED },
    generate_content: { from: "sum of `usage.inputTokens` over the calls of the provider", when: REPORTED },
  }),
  outputTokens: tokens("`usage.outputTokens`, `.total` (v6, v7); reasoning included", {
    generate_content: { from: "sum of `usage.outputTokens` over the calls of the provider", when: REPORTED },
  }),
  cacheReadTokens: tokens("`usage.cachedInputTokens` (v5), `usage.inputTokens.cacheRead` (v6, v7)"),
  cacheWriteTokens: tokens("`usage.inputTokens.cacheWrite` (v6, v7); of Anthropic on v5 too"),
  reasoningTokens: tokens("`usage.reasoningTokens` (v5), `usage.outputTokens.reasoning` (v6, v7)"),

  toolName: ofTool("the tool's key in `tools`, or `_OTHER` for a name that the run does not have"),
  toolType: ofTool(
    "`function`; `extension` if the provider executes it, but `datastore` for `*.file_search` and `*.vertex_rag_store`",
  ),
  sdkOperation: {
    type: "string",
    on: onRuns({
      from: "the SDK's function, without `experimental_`: `streamText`; for an agent, its class and method: `ToolLoopAgent.stream`",
      when: "always, except for an agent whose class has no name",
    }),
  },
  sdkCallId: {
    type: "string",
    on: {
      invoke_agent: {
        from: "the SDK's own id of the call",
        when: "the SDK has one (v7). The adapter always reads it. The wrapper reads it in the result of `generateText`, and in the step of a stream if the call has tools",
      },
    },
  },
  toolCallId: {
    type: "string",
    on: { execute_tool: { from: "`toolCallId` of the execution", when: "there is one" } },
  },

  toolApproval: {
    type: "string",
    on: {
      execute_tool: {
        from: "`requested`: the run stops and waits for an answer; `approved`, `denied`: the answer of a user or of v7's `toolApproval`",
        when: "the tool needs approval; v6, v7",
      },
    },
  },
  toolRepaired: {
    type: "boolean",
    on: {
      execute_tool: {
        from: "`true`: the caller's `repairToolCall` replaced an invalid call with this one",
        when: "it was repaired",
      },
    },
  },
  toolPending: {
    type: "boolean",
    on: {
      execute_tool: {
        from: "`true`: the tool has no `execute`, so the program runs the call elsewhere",
        when: "the step is over without a result",
      },
    },
  },
  mcpMethod: ofMCP("`tools/call`", "the tool's client uses `wrapMCPTransport`"),
  mcpRequestId: ofMCP("`id` of the request", "the same"),
  mcpSessionId: ofMCP("`sessionId` of the transport", "the same, and the transport uses HTTP"),
  mcpProtocolVersion: ofMCP("`protocolVersion` of the transport", "the same; not on v5"),

  retryCount: {
    type: "int",
    on: {
      chat: { from: "attempts after the first", when: "there were any" },
      ...alone({ from: "attempts after the first, over all calls of the provider", when: "there were any" }),
    },
  },
  callCount: {
    type: "int",
    on: alone({ from: "calls of the provider that were answered", when: "there were several" }, [
      "embeddings",
      "generate_content",
    ]),
  },
  errorType: everywhere("string", {
    from: "status of an API call error, else the error's class, `timeout` or `_OTHER`",
    when: "it failed",
  }),
  canceled: everywhere("boolean", {
    from: "`true`",
    when: "it was aborted, its reader left, or the process stopped, before its end",
  }),
  cancelCause: everywhere("string", {
    from: "`abort`, `consumer`, `abandoned`, `shutdown`",
    when: "it was canceled",
  }),
};

function ofChatAtStart(from: string): AttributeFacts {
  return { type: "string", on: { chat: { from, when: "it is known", atStart: true } } };
}

function ofTool(from: string): AttributeFacts {
  return { type: "string", on: { execute_tool: { from, when: "always", atStart: true } } };
}

/** Metadata of the turn that has a key of its own; any other name is one key below `metadata`. */
export const turnMetadata: readonly string[] = [
  "userId",
  "requestId",
  "trigger",
  "admission",
  "channel",
  "continuation",
  "generation",
];
