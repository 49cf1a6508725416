/**
 * The tool calls of one run that nothing of ours executes, and what is known of those that it does. Knows names and ids
 * only; each call gets one span. A name that is no tool of the run's comes from a client or from the model, and is not
 * recorded.
 */
import { contain } from "../foundation/containment.ts";
import {
  isClientTool,
  isDeferred,
  readDenied,
  readProviderTools,
  readTool,
  readUnexecuted,
  type ProviderTool,
  type ReportedCall,
} from "../readers/tool-call.ts";
import { asRecord, isRecord, type UnknownRecord } from "../foundation/structure.ts";
import { TOOL_NAME_OTHER } from "../semconv/attributes.ts";
import { isStopped, OK } from "../semconv/outcome.ts";
import type { Outcome, ToolCall } from "../semconv/records.ts";
import type { AgentRun } from "../spans/agent-run.ts";
import { referenceTo, type Reference } from "../foundation/weak-ref.ts";

/** A call that a provider executes, whose result has not come. */
interface UnansweredCall {
  readonly call: ToolCall;
  /** Which model call made it. */
  readonly modelCall: number;
  /** Whether its result may come with the answer to a later request. */
  readonly isDeferred: boolean;
}

export class ToolCalls {
  readonly #run: AgentRun;
  // Most runs need none of these.
  /** The sets of tools that the run works with. Weak: a tool may hold the result, which is to be collected. */
  #sets: Reference<object>[] | undefined;
  #repaired: Set<string> | undefined;
  #approved: Set<string> | undefined;
  #unanswered: UnansweredCall[] | undefined;
  /** The ids of the provider's calls that have their span. */
  #answered: Set<string | undefined> | undefined;
  #steps: WeakSet<object> | undefined;
  #providerTools: readonly ProviderTool[] = [];
  /** Whether a call of the run's model would be noticed: without that, nothing is known to come before the first one. */
  isModelObserved = false;
  #modelCalls = 0;

  constructor(run: AgentRun) {
    this.#run = run;
  }

  /** The run has such tools, by their names. */
  addTools(tools: unknown): void {
    if (isRecord(tools)) (this.#sets ??= []).push(referenceTo<object>(tools));
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
    const isFirst = this.#modelCalls === 0;
    this.#modelCalls += 1;
    // What goes wrong here must not cost the call its own span.
    contain("tool calls", () => {
      const { prompt, tools } = asRecord(options) ?? {};
      const known = this.#providerTools;
      const more = readProviderTools(tools).filter(({ name }) => !known.some((tool) => tool.name === name));
      if (more.length > 0) this.#providerTools = [...known, ...more];
      if (isFirst) for (const [call, outcome = OK] of readDenied(prompt)) this.#add(call, outcome);
    });
  }

  /** The last model call was another attempt at the one before: what that one had asked for is not executed. */
  onRepeatedCall(): void {
    const failed = this.#modelCalls - 1;
    this.#unanswered = this.#unanswered?.filter(({ modelCall }) => modelCall !== failed);
  }

  /** An execution is about to begin. */
  describe(toolName: string, toolCallId = ""): ToolCall {
    // Before it calls a model the SDK executes none but the calls that were approved since the last answer.
    const isApproved =
      (this.isModelObserved && this.#modelCalls === 0) ||
      this.#approved?.has(toolName) ||
      this.#approved?.has(toolCallId);
    return {
      toolName,
      toolCallId: toolCallId || undefined,
      toolApproval: isApproved ? "approved" : undefined,
      toolRepaired: this.#isRepaired(toolCallId),
    };
  }

  /** What the tool of that name executes. */
  executeOf(toolName: string): unknown {
    return contain("tools", () => this.#toolOf(toolName)?.execute);
  }

  /** Of a model's answer: a call, whose result may come with it, in a later step or never; or a result. */
  readonly onProviderTool = ([call, outcome]: ReportedCall): void => {
    const { toolName, toolCallId } = call;
    const modelCall = this.#modelCalls;
    if (outcome) {
      const isLate = !this.#removeUnanswered(toolCallId) && this.#answered?.has(toolCallId);
      // The result of a call is reported again.
      if (isLate) return;
      (this.#answered ??= new Set()).add(toolCallId);
      this.#add(call, outcome);
    } else {
      (this.#unanswered ??= []).push({ call, modelCall, isDeferred: isDeferred(this.#toolOf(toolName)) });
    }
  };

  #removeUnanswered(toolCallId: string | undefined): boolean {
    const index = this.#unanswered?.findIndex(({ call }) => call.toolCallId === toolCallId) ?? -1;
    if (index >= 0) this.#unanswered?.splice(index, 1);
    return index >= 0;
  }

  /** A step is over. Several callbacks may report it: an agent's and a call's. */
  onStep(step: unknown): void {
    const calls =
      contain("step", () => readUnexecuted(step, (name) => isClientTool(this.#toolOf(name)))) ?? [];
    // Most steps have none, and what tells steps apart is dear.
    if (calls.length === 0 || !isRecord(step)) return;
    const steps = (this.#steps ??= new WeakSet());
    if (steps.has(step)) return;
    steps.add(step);
    for (const [call, outcome = OK] of calls) {
      const { toolCallId } = call;
      // v5 reports an invalid call of a provider's tool, which has been answered, as one of the program's.
      if (toolCallId !== undefined && this.#answered?.has(toolCallId)) continue;
      // Without an id it cannot be known which of the provider's calls it would be.
      if (toolCallId !== undefined) this.#removeUnanswered(toolCallId);
      this.#add(call, outcome);
    }
  }

  /** The run is over. After one that completed, a deferred result comes with a later request: its call has its span there. */
  onEnd(outcome: Outcome, endedMs?: number): void {
    const unanswered = this.#unanswered ?? [];
    this.#unanswered = undefined;
    const isCut = isStopped(outcome);
    for (const { call, isDeferred: isLater } of unanswered) {
      if (!isLater || outcome.kind !== "ok") this.#add(call, isCut ? outcome : OK, endedMs);
    }
  }

  #add(call: ToolCall, outcome: Outcome, atMs?: number): void {
    const { toolName, toolCallId, toolType } = call;
    const provided = this.#providerTools.find(({ name }) => name === toolName);
    const isKnown = provided !== undefined || this.#toolOf(toolName) !== undefined;
    const reported = {
      ...call,
      toolName: isKnown ? toolName : TOOL_NAME_OTHER,
      // A client may post a denial of anything: the id is its text, too.
      toolCallId: isKnown || call.toolApproval !== "denied" ? toolCallId : undefined,
      toolType: toolType && provided?.isDatastore ? "datastore" : toolType,
      toolRepaired: this.#isRepaired(toolCallId),
    } as const;
    this.#run.reportToolCall(reported, outcome, atMs);
  }

  #toolOf(name: string): UnknownRecord | undefined {
    for (const set of this.#sets ?? []) {
      const tool = contain("tools", () => readTool(set.deref(), name));
      if (tool) return tool;
    }
    return undefined;
  }

  #isRepaired(toolCallId = ""): true | undefined {
    return this.#repaired?.has(toolCallId) || undefined;
  }
}
