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
  readonly #run: AgentRun;
  // Most runs need none of these.
  #repaired: Set<string> | undefined;
  #approved: Set<string> | undefined;
  #datastores: string[] | undefined;
  /** Calls that a provider executes, by id; without a call: it has its span. */
  #provided: Map<string | undefined, ToolCall | undefined> | undefined;

  constructor(run: AgentRun) {
    this.#run = run;
  }

  /** The set of tools of the run. */
  seeTools(tools: unknown): void {
    const names = readDatastores(tools);
    if (names.length > 0) this.#datastores = [...(this.#datastores ?? []), ...names];
  }

  /** A call was repaired before it is executed. */
  onRepair(toolCallId: string): void {
    this.#repaired = (this.#repaired ?? new Set()).add(toolCallId);
  }

  /** @param subject the name of a tool, or the id of a call, that a policy of the caller approves */
  onApproval(subject: string): void {
    this.#approved = (this.#approved ?? new Set()).add(subject);
  }

  /** An execution is about to begin. */
  describe(tool: ToolCall, isBeforeModel: boolean): ToolCall {
    const { toolName, toolCallId = "" } = tool;
    // Before it calls a model the SDK executes none but the calls that were approved since the last answer.
    const isApproved = isBeforeModel || this.#approved?.has(toolName) || this.#approved?.has(toolCallId);
    return {
      ...tool,
      toolApproval: isApproved ? "approved" : tool.toolApproval,
      toolRepaired: this.#repaired?.has(toolCallId) || undefined,
    };
  }

  /** Of a model's answer: the result may come with it, in a later step, or never. */
  readonly onProviderTool = ({ tool, isError }: ProviderToolPart): void => {
    const { toolCallId } = tool;
    const provided = (this.#provided ??= new Map());
    if (provided.has(toolCallId) && !provided.get(toolCallId)) return;
    if (isError === undefined) provided.set(toolCallId, tool);
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
    for (const call of this.#provided?.values() ?? []) {
      if (call) this.#add(call, isStopped(outcome) ? outcome : OK, endedWallMs);
    }
  }

  /** What is told of such a call is that it was made: its span has no duration. */
  #add(call: ToolCall, outcome: Outcome, atWallMs = wallMs()): void {
    this.#provided?.set(call.toolCallId, undefined);
    const isDatastore = call.toolType === "extension" && this.#datastores?.includes(call.toolName);
    const tool: ToolCall = isDatastore ? { ...call, toolType: "datastore" } : call;
    this.#run.startToolCall(tool, atWallMs)?.end(outcome, atWallMs);
  }
}
