/**
 * The tool calls of one run that nothing of ours executes, and what is known of those that it does. Knows names and ids
 * only; each call gets one span.
 */
import { readDatastores, readDenied, readUnexecuted, type ToldCall } from "../readers/tool-call.ts";
import { asRecord, isRecord } from "../readers/guards.ts";
import { isStopped, OK } from "../semconv/outcome.ts";
import type { Outcome, ToolCall } from "../semconv/records.ts";
import type { AgentRun } from "../spans/agent-run.ts";
import { wallMs } from "../spans/clock.ts";

export class ToolCalls {
  /** Ids of calls that were repaired before they were executed. */
  readonly repaired = new Set<string>();
  /** Names of tools and ids of calls that a policy of the caller approves. */
  readonly approved = new Set<string>();
  readonly #run: AgentRun;
  #isBeforeModel = true;
  /** Names of the provider's tools that look things up. */
  #datastores: unknown[] = [];
  /** By id: the calls that a provider executes, until they have their span. */
  readonly #told = new Map<string | undefined, ToolCall | undefined>();

  readonly #steps = new WeakSet<object>();

  constructor(run: AgentRun) {
    this.#run = run;
  }

  /** @param options of a model call */
  onModelCall(options: unknown): void {
    const { prompt, tools } = asRecord(options) ?? {};
    this.#datastores = readDatastores(tools);
    if (this.#isBeforeModel) this.#addAll(readDenied(prompt));
    this.#isBeforeModel = false;
  }

  /** An execution is about to begin. */
  describe(tool: ToolCall): ToolCall {
    const { toolName, toolCallId = "" } = tool;
    // Before it calls a model the SDK executes none but the calls that were approved since the last answer.
    const isApproved = this.#isBeforeModel || this.approved.has(toolName) || this.approved.has(toolCallId);
    return { ...tool, ...this.#repairOf(tool), toolApproval: isApproved ? "approved" : undefined };
  }

  /** Of a model's answer: a call, whose result may come with it, in a later step or never; or a result. */
  readonly onProviderTool = ([call, outcome]: ToldCall): void => {
    const { toolCallId } = call;
    if (this.#told.has(toolCallId) && !this.#told.get(toolCallId)) return;
    if (outcome) this.#add(call, outcome);
    else this.#told.set(toolCallId, call);
  };

  /** A step is over. Several callbacks may tell of it: an agent's and a call's. */
  onStep(step: unknown): void {
    if (!isRecord(step) || this.#steps.has(step)) return;
    this.#steps.add(step);
    this.#addAll(readUnexecuted(step));
  }

  /** No result will come any more. */
  onEnd(outcome: Outcome, endedWallMs?: number): void {
    for (const call of this.#told.values()) {
      if (call) this.#add(call, isStopped(outcome) ? outcome : OK, endedWallMs);
    }
  }

  #addAll(calls: ToldCall[]): void {
    for (const [call, outcome = OK] of calls) this.#add(call, outcome);
  }

  /** What is told of such a call is that it was made: its span has no duration. */
  #add(call: ToolCall, outcome: Outcome, atWallMs = wallMs()): void {
    const { toolName, toolCallId, toolType } = call;
    this.#told.set(toolCallId, undefined);
    const isDatastore = toolType && this.#datastores.includes(toolName);
    const told = {
      ...call,
      ...this.#repairOf(call),
      toolType: isDatastore ? "datastore" : toolType,
    } as const;
    this.#run.startToolCall(told, atWallMs)?.end(outcome, atWallMs);
  }

  #repairOf({ toolCallId = "" }: ToolCall): Pick<ToolCall, "toolRepaired"> {
    return { toolRepaired: this.repaired.has(toolCallId) || undefined };
  }
}
