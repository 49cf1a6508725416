/**
 * The tool calls of one run. Calls that ai-spans does not execute get their one span here; executed calls get their
 * record. It holds names and ids only. A name that is no tool of the run is not recorded, because a client or the model
 * may have invented it.
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
  type ToolCallReport,
} from "../readers/tool-call.ts";
import { asRecord, isRecord, type UnknownRecord } from "../foundation/structure.ts";
import { TOOL_NAME_OTHER } from "../semconv/attributes.ts";
import { isStopped, OK } from "../semconv/outcome.ts";
import type { Outcome, ToolCall } from "../semconv/records.ts";
import type { RunSpan } from "../spans/run-span.ts";
import { referenceTo, type Reference } from "../foundation/weak-ref.ts";

/** A call that the provider executes and whose result has not come yet. */
interface UnansweredCall {
  readonly call: ToolCall;
  /** The number of the model call that made it. */
  readonly modelCall: number;
  /** Whether a later answer may have its result. */
  readonly isDeferred: boolean;
}

export class ToolCalls {
  readonly #run: RunSpan;
  // Most runs need none of the collections below, so each is created at its first use.
  /** The sets of tools of the run. Held weakly: a tool may hold the result, and its collection must be observed. */
  #sets: Reference<object>[] | undefined;
  #repaired: Set<string> | undefined;
  #approved: Set<string> | undefined;
  #unanswered: UnansweredCall[] | undefined;
  /** The ids of the calls that the provider executed and that have a span. */
  #answered: Set<string | undefined> | undefined;
  /** The steps whose calls were recorded. */
  #steps: WeakSet<object> | undefined;
  #providerTools: readonly ProviderTool[] = [];
  /** Whether the run's model calls are observed. If not, it is unknown which executions come before the first one. */
  isModelObserved = false;
  #modelCalls = 0;

  constructor(run: RunSpan) {
    this.#run = run;
  }

  /** @param tools the tools of the run, by name */
  addTools(tools: unknown): void {
    if (isRecord(tools)) (this.#sets ??= []).push(referenceTo<object>(tools));
  }

  /** Called when a call was repaired, before its execution. */
  onRepair(toolCallId: string): void {
    this.#repaired = (this.#repaired ?? new Set()).add(toolCallId);
  }

  /**
   * Called when a policy of the caller approves.
   *
   * @param subject the name of a tool, or the id of a call
   */
  onApproval(subject: string): void {
    this.#approved = (this.#approved ?? new Set()).add(subject);
  }

  /** @param options the options of the model call. They are not held. */
  onModelCall(options: unknown): void {
    const isFirst = this.#modelCalls === 0;
    this.#modelCalls += 1;
    // A failure here must not prevent the span of the model call.
    contain("tool calls", () => {
      const { prompt, tools } = asRecord(options) ?? {};
      const known = this.#providerTools;
      const more = readProviderTools(tools).filter(({ name }) => !known.some((tool) => tool.name === name));
      if (more.length > 0) this.#providerTools = [...known, ...more];
      if (isFirst) for (const [call, outcome = OK] of readDenied(prompt)) this.#add(call, outcome);
    });
  }

  /** Called when an attempt repeats a failed one. The tool calls of the failed attempt are not executed. */
  onRepeatedCall(): void {
    const failed = this.#modelCalls - 1;
    this.#unanswered = this.#unanswered?.filter(({ modelCall }) => modelCall !== failed);
  }

  /** @returns the record of an execution that begins */
  describe(toolName: string, toolCallId = ""): ToolCall {
    // Before its first model call the SDK executes only calls that were approved since the last answer.
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

  /** @returns the `execute` function of the tool with this name */
  executeOf(toolName: string): unknown {
    return contain("tools", () => this.#toolOf(toolName)?.execute);
  }

  /** Called with a call or a result in a model's answer. A result comes in the same answer, in a later step or never. */
  readonly onProviderTool = ([call, outcome]: ToolCallReport): void => {
    const { toolName, toolCallId } = call;
    const modelCall = this.#modelCalls;
    if (outcome) {
      const isLate = !this.#removeUnanswered(toolCallId) && this.#answered?.has(toolCallId);
      // The provider may report a result again.
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

  /** Called when a step is over. The callbacks of an agent and of its call may report the same step. */
  onStep(step: unknown): void {
    const calls =
      contain("step", () => readUnexecuted(step, (name) => isClientTool(this.#toolOf(name)))) ?? [];
    // Most steps have none. A `WeakSet` is expensive, so it is created for the other steps only.
    if (calls.length === 0 || !isRecord(step)) return;
    const steps = (this.#steps ??= new WeakSet());
    if (steps.has(step)) return;
    steps.add(step);
    for (const [call, outcome = OK] of calls) {
      const { toolCallId } = call;
      // v5 reports an invalid call that the provider has answered as a call of the program.
      if (toolCallId !== undefined && this.#answered?.has(toolCallId)) continue;
      // Without an id it is unknown which of the provider's calls this is.
      if (toolCallId !== undefined) this.#removeUnanswered(toolCallId);
      this.#add(call, outcome);
    }
  }

  /** Called at the end of the run. If the run completed, a later run has the result of a deferred call, and its span. */
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
      // A client may post a denial of any call, so the id may be a text of the client.
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
