/**
 * The tool calls of one run that nothing of ours executes, and what is known of those that it does. Knows names and ids
 * only; each call gets one span.
 */
import { contain } from "../containment.ts";
import { readDatastores, readDenied, readUnexecuted, type ToldCall } from "../readers/tool-call.ts";
import { asRecord, isRecord } from "../readers/structure.ts";
import { isStopped, OK } from "../semconv/outcome.ts";
import type { Outcome, ToolCall } from "../semconv/records.ts";
import type { AgentRun } from "../spans/agent-run.ts";

export class ToolCalls {
  readonly #run: AgentRun;
  // Most runs need none of these.
  #repaired: Set<string> | undefined;
  #approved: Set<string> | undefined;
  /** By id: the calls that a provider executes, until they have their span. */
  #told: Map<string | undefined, ToolCall | undefined> | undefined;
  #steps: WeakSet<object> | undefined;
  /** Names of the provider's tools that look things up. */
  #datastores: readonly unknown[] | undefined;
  /** Whether a call of the run's model would be noticed: without that, nothing is known to come before the first one. */
  isModelObserved = false;
  #isBeforeModel = true;

  constructor(run: AgentRun) {
    this.#run = run;
  }

  /** A call was repaired before it is executed. */
  onRepair(toolCallId: string): void {
    this.#repaired = (this.#repaired ?? new Set()).add(toolCallId);
  }

  /** @param subject the name of a tool, or the id of a call, that a policy of the caller approves */
  onApproval(subject: string): void {
    this.#approved = (this.#approved ?? new Set()).add(subject);
  }

  /** @param options of a model call */
  onModelCall(options: unknown): void {
    // What goes wrong here must not cost the call its own span.
    contain("tool calls", () => {
      const { prompt, tools } = asRecord(options) ?? {};
      this.#datastores = readDatastores(tools);
      if (this.#isBeforeModel) this.#addAll(readDenied(prompt));
    });
    this.#isBeforeModel = false;
  }

  /** An execution is about to begin. */
  describe(toolName: string, toolCallId = ""): ToolCall {
    // Before it calls a model the SDK executes none but the calls that were approved since the last answer.
    const isApproved =
      (this.isModelObserved && this.#isBeforeModel) ||
      this.#approved?.has(toolName) ||
      this.#approved?.has(toolCallId);
    return {
      toolName,
      toolCallId: toolCallId || undefined,
      toolApproval: isApproved ? "approved" : undefined,
      toolRepaired: this.#isRepaired(toolCallId),
    };
  }

  /** Of a model's answer: a call, whose result may come with it, in a later step or never; or a result. */
  readonly onProviderTool = ([call, outcome]: ToldCall): void => {
    const { toolCallId } = call;
    const told = (this.#told ??= new Map());
    if (told.has(toolCallId) && !told.get(toolCallId)) return;
    if (outcome) this.#add(call, outcome);
    else told.set(toolCallId, call);
  };

  /** A step is over. Several callbacks may tell of it: an agent's and a call's. */
  onStep(step: unknown): void {
    const calls = contain("step", () => readUnexecuted(step)) ?? [];
    // Most steps have none, and what tells steps apart is dear.
    if (calls.length === 0 || !isRecord(step)) return;
    const steps = (this.#steps ??= new WeakSet());
    if (steps.has(step)) return;
    steps.add(step);
    this.#addAll(calls);
  }

  /** No result will come any more. */
  onEnd(outcome: Outcome, endedMs?: number): void {
    for (const call of this.#told?.values() ?? []) {
      if (call) this.#add(call, isStopped(outcome) ? outcome : OK, endedMs);
    }
  }

  #addAll(calls: readonly ToldCall[]): void {
    for (const [call, outcome = OK] of calls) this.#add(call, outcome);
  }

  #add(call: ToolCall, outcome: Outcome, atMs?: number): void {
    const { toolName, toolCallId, toolType } = call;
    this.#told?.set(toolCallId, undefined);
    const isDatastore = toolType && this.#datastores?.includes(toolName);
    const told = {
      ...call,
      toolType: isDatastore ? "datastore" : toolType,
      toolRepaired: this.#isRepaired(toolCallId),
    } as const;
    this.#run.reportToolCall(told, outcome, atMs);
  }

  #isRepaired(toolCallId = ""): true | undefined {
    return this.#repaired?.has(toolCallId) || undefined;
  }
}
