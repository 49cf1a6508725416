/**
 * The tool calls of one run that nothing of ours executes, and what is known of those that it does. Knows names and ids
 * only; each call gets one span.
 */
import { readDatastores, readDenied, readUnexecuted, type ProviderToolPart } from "../readers/tool-call.ts";
import { isStopped, OK, TOOL_ERROR } from "../semconv/outcome.ts";
import type { Outcome, ToolCall } from "../semconv/records.ts";
import type { AgentRun } from "../spans/agent-run.ts";
import { wallMs } from "../spans/clock.ts";

export class ToolCalls {
  /** Ids of calls that were repaired before they were executed. */
  readonly repaired = new Set<string>();
  /** Names of tools and ids of calls that a policy of the caller approves. */
  readonly approved = new Set<string>();
  readonly #run: AgentRun;
  readonly #datastores = new Set<string>();
  /** Calls that a provider executes, by id; without a call: it has its span. */
  readonly #provided = new Map<string | undefined, ToolCall | undefined>();

  constructor(run: AgentRun) {
    this.#run = run;
  }

  /** The set of tools of the run. */
  seeTools(tools: unknown): void {
    for (const name of readDatastores(tools)) this.#datastores.add(name);
  }

  /** An execution is about to begin. */
  describe(tool: ToolCall, isBeforeModel: boolean): ToolCall {
    const { toolName, toolCallId = "" } = tool;
    // Before it calls a model the SDK executes none but the calls that were approved since the last answer.
    const isApproved = isBeforeModel || this.approved.has(toolName) || this.approved.has(toolCallId);
    return {
      ...tool,
      toolApproval: isApproved ? "approved" : tool.toolApproval,
      toolRepaired: this.repaired.has(toolCallId) || undefined,
    };
  }

  /** Of a model's answer: the result may come with it, in a later step, or never. */
  readonly onProviderTool = ({ tool, isError }: ProviderToolPart): void => {
    const { toolCallId } = tool;
    if (this.#provided.has(toolCallId) && !this.#provided.get(toolCallId)) return;
    if (isError === undefined) this.#provided.set(toolCallId, tool);
    else this.#add(tool, isError ? TOOL_ERROR : OK);
  };

  /** A step is over. */
  onStep(step: unknown): void {
    for (const [call, outcome] of readUnexecuted(step)) this.#add(this.describe(call, false), outcome);
  }

  /** The run calls a model for the first time. */
  onFirstPrompt(prompt: unknown): void {
    for (const call of readDenied(prompt)) this.#add(call, OK);
  }

  /** No result will come any more. */
  onEnd(outcome: Outcome, endedWallMs?: number): void {
    for (const call of this.#provided.values()) {
      if (call) this.#add(call, isStopped(outcome) ? outcome : OK, endedWallMs);
    }
  }

  /** What is told of such a call is that it was made: its span has no duration. */
  #add(call: ToolCall, outcome: Outcome, atWallMs = wallMs()): void {
    this.#provided.set(call.toolCallId, undefined);
    const isDatastore = call.toolType === "extension" && this.#datastores.has(call.toolName);
    const tool: ToolCall = isDatastore ? { ...call, toolType: "datastore" } : call;
    this.#run.startToolCall(tool, atWallMs)?.end(outcome, atWallMs);
  }
}
