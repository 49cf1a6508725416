/**
 * The measured programs: what an application would write with the SDK, without ai-spans.
 */
import type { CallParameters, Major, MajorName } from "./majors.ts";
import { generatingModel, streamingModel, TOOL_NAME, type Model } from "./mock-model.ts";

export type CaseName =
  | "one-step"
  | "one-step-metadata"
  | "tool-loop"
  | "tool-loop-20"
  | "tool-loop-100"
  | "history-2kb"
  | "history-200kb"
  | "stream-1k"
  | "stream-1k-tools"
  | "stream-10k"
  | "adapter-one-step"
  | "adapter-tool-loop"
  | "dispatcher-one-step"
  | "dispatcher-tool-loop";

export interface Case {
  readonly name: CaseName;
  readonly title: string;
  readonly group: "calls" | "history" | "streams" | "adapter";
  /**
   * Measures an integration instead of the wrapper: our adapter, or an empty one, which shows the cost of the SDK's
   * dispatcher.
   */
  readonly integration?: "ours" | "empty";
  /** Default: all majors. */
  readonly majors?: readonly MajorName[];
  /** How many tools the set has. The model calls one of them. */
  readonly toolCount?: number;
  /** Set for streams only. */
  readonly chunkCount?: number;
}

export const CASES: readonly Case[] = [
  { name: "one-step", group: "calls", title: "one step" },
  { name: "one-step-metadata", group: "calls", title: "one step, metadata" },
  { name: "tool-loop", group: "calls", title: "tool loop, three steps", toolCount: 1 },
  { name: "tool-loop-20", group: "calls", title: "tool loop, twenty tools", toolCount: 20 },
  { name: "tool-loop-100", group: "calls", title: "tool loop, a hundred tools", toolCount: 100 },
  { name: "history-2kb", group: "history", title: "2 KB history" },
  { name: "history-200kb", group: "history", title: "200 KB history" },
  { name: "stream-1k", group: "streams", title: "stream, 1,000 chunks", chunkCount: 1_000 },
  {
    name: "stream-1k-tools",
    group: "streams",
    title: "stream, 1,000 chunks, tools",
    chunkCount: 1_000,
    toolCount: 1,
  },
  { name: "stream-10k", group: "streams", title: "stream, 10,000 chunks", chunkCount: 10_000 },
  ...integrationCases("ours", "adapter"),
  ...integrationCases("empty", "dispatcher"),
];

function integrationCases(integration: "ours" | "empty", name: "adapter" | "dispatcher"): Case[] {
  const title = integration === "ours" ? "adapter" : "empty integration";
  const shared = { group: "adapter", integration, majors: ["v7"] } as const;
  return [
    { ...shared, name: `${name}-one-step`, title: `${title}, one step` },
    { ...shared, name: `${name}-tool-loop`, title: `${title}, tool loop`, toolCount: 1 },
  ];
}

export interface Tool {
  readonly description: string;
  readonly inputSchema: unknown;
  readonly execute: (input: unknown, options: { readonly toolCallId: string }) => Promise<unknown>;
}

/** One call of the SDK. */
export interface Call {
  readonly isStream: boolean;
  readonly functionId: string;
  readonly metadata: Readonly<Record<string, string>> | undefined;
  readonly model: Model;
  readonly tools: Readonly<Record<string, Tool>> | undefined;
  /** All parameters of the call. Its model and tools are the ones above. */
  readonly parameters: CallParameters;
  readonly integration: Case["integration"];
}

const FUNCTION_ID = "booking-agent";
const METADATA = { conversationId: "c-42", userId: "u-7", requestId: "r-1", plan: "pro" };
export const SETTINGS = { maxOutputTokens: 1024, temperature: 0.2 };
const TOOL_STEPS = 2;

export function createCall(major: Major, { name, chunkCount, toolCount = 0, integration }: Case): Call {
  const metadata = name === "one-step-metadata" ? METADATA : undefined;
  const isStream = chunkCount !== undefined;
  const model = isStream
    ? streamingModel(major, chunkCount)
    : generatingModel(major, toolCount > 0 ? TOOL_STEPS : 0);
  const tools = toolCount > 0 ? toolSet(major, toolCount) : undefined;
  const parameters = {
    model,
    ...SETTINGS,
    ...conversation(name),
    ...major.telemetry(FUNCTION_ID, metadata),
    ...(tools && { tools, stopWhen: major.stepLimit(TOOL_STEPS + 1) }),
  };
  return { isStream, functionId: FUNCTION_ID, metadata, model, tools, parameters, integration };
}

function conversation(name: CaseName): CallParameters {
  if (name === "history-2kb") return { messages: history(2) };
  if (name === "history-200kb") return { messages: history(200) };
  return { prompt: "Are there rooms in Lisbon next week?" };
}

/** Messages of 1 KB each. */
function history(length: number): object[] {
  return Array.from({ length }, (_, index) => {
    const content = `${index} `.padEnd(1024, "lorem ipsum ");
    return index % 2 === 1 && index < length - 1 ? { role: "assistant", content } : { role: "user", content };
  });
}

/** The set of tools. Only its last tool is called. */
function toolSet(major: Major, count: number): Readonly<Record<string, Tool>> {
  const others = Array.from(
    { length: count - 1 },
    (_, index) => [`tool${index}`, searchRooms(major)] as const,
  );
  return { ...Object.fromEntries(others), [TOOL_NAME]: searchRooms(major) };
}

function searchRooms(major: Major): Tool {
  return {
    description: "Search free hotel rooms.",
    inputSchema: major.ai.jsonSchema({ type: "object", properties: { city: { type: "string" } } }),
    execute: async () => ({ rooms: 3 }),
  };
}
