/**
 * The tool calls of one run. Creates the spans of calls that the SDK did not execute, and the records of executed
 * calls. Holds names and ids only. If a call names no tool of the run, the name is not recorded, because a client or
 * the model may have invented it.
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

/** A call that the provider executes and whose result has not arrived yet. */
interface UnansweredCall {
  readonly call: ToolCall;
  /** The number of the model call whose answer has the tool call. */
  readonly modelCall: number;
  /** Whether the result may arrive in a later answer. */
  readonly isDeferred: boolean;
}

export class ToolCalls {
  readonly #run: RunSpan;
  // Most runs need none of the collections below. So each is created when it is first used.
  /**
   * The run's sets of tools. Weak references, because a tool may hold the result. Strong ones would prevent the
   * result's collection.
   */
  #sets: Reference<object>[] | undefined;
  #repaired: Set<string> | undefined;
  #approved: Set<string> | undefined;
  #unanswered: UnansweredCall[] | undefined;
  /** The ids of the provider-executed calls that have a span already. */
  #answered: Set<string | undefined> | undefined;
  /** The steps whose tool calls were recorded. */
  #steps: WeakSet<object> | undefined;
  #providerTools: readonly ProviderTool[] = [];
  /**
   * Whether the run's model calls are observed. If they are not, nobody knows whether an execution comes before the
   * first one.
   */
  isModelObserved = false;
  #modelCalls = 0;

  constructor(run: RunSpan) {
    this.#run = run;
  }

  /** @param tools the tools of the run, by name */
  addTools(tools: unknown): void {
    if (isRecord(tools)) (this.#sets ??= []).push(referenceTo<object>(tools));
  }

  /** Called when a tool call was repaired. Its execution follows. */
  onRepair(toolCallId: string): void {
    this.#repaired = (this.#repaired ?? new Set()).add(toolCallId);
  }

  /**
   * Called when a policy of the caller approves a call or a tool.
   *
   * @param subject the id of the call, or the name of the tool
   */
  onApproval(subject: string): void {
    this.#approved = (this.#approved ?? new Set()).add(subject);
  }

  /** @param options the options of the model call. They are not held. */
  onModelCall(options: unknown): void {
    const isFirst = this.#modelCalls === 0;
    this.#modelCalls += 1;
    // If this fails, the model call still gets its span.
    contain("tool calls", () => {
      const { prompt, tools } = asRecord(options) ?? {};
      const known = this.#providerTools;
      const more = readProviderTools(tools).filter(({ name }) => !known.some((tool) => tool.name === name));
      if (more.length > 0) this.#providerTools = [...known, ...more];
      if (isFirst) for (const [call, outcome = OK] of readDenied(prompt)) this.#add(call, outcome);
    });
  }

  /**
   * Called when an attempt repeats a failed one. The tool calls in the failed attempt's answer are removed, because
   * they are not executed.
   */
  onRepeatedCall(): void {
    const failed = this.#modelCalls - 1;
    this.#unanswered = this.#unanswered?.filter(({ modelCall }) => modelCall !== failed);
  }

  /** @returns the record of an execution at its start */
  describe(toolName: string, toolCallId = ""): ToolCall {
    // Before its first model call, the SDK executes only calls that were approved after the last answer.
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

  /**
   * Called for a provider-executed call, or its result, in a model's answer. The result is in the same answer, in a
   * later one, or never arrives.
   */
  onProviderTool([call, outcome]: ToolCallReport): void {
    const { toolName, toolCallId } = call;
    const modelCall = this.#modelCalls;
    if (outcome) {
      const isLate = !this.#removeUnanswered(toolCallId) && this.#answered?.has(toolCallId);
      // The provider may report a result twice. Only the first report makes a span.
      if (isLate) return;
      (this.#answered ??= new Set()).add(toolCallId);
      this.#add(call, outcome);
    } else {
      (this.#unanswered ??= []).push({ call, modelCall, isDeferred: isDeferred(this.#toolOf(toolName)) });
    }
  }

  #removeUnanswered(toolCallId: string | undefined): boolean {
    const index = this.#unanswered?.findIndex(({ call }) => call.toolCallId === toolCallId) ?? -1;
    if (index >= 0) this.#unanswered?.splice(index, 1);
    return index >= 0;
  }

  /** Called when a step is over. The callback of an agent and the callback of its call may report the same step. */
  onStep(step: unknown): void {
    const calls =
      contain("step", () => readUnexecuted(step, (name) => isClientTool(this.#toolOf(name)))) ?? [];
    // Most steps have no such calls. A `WeakSet` is expensive, so it is created only for a step that has some.
    if (calls.length === 0 || !isRecord(step)) return;
    const steps = (this.#steps ??= new WeakSet());
    if (steps.has(step)) return;
    steps.add(step);
    for (const [call, outcome = OK] of calls) {
      const { toolCallId } = call;
      // v5 reports an invalid call that the provider has answered as if it were a call of the program.
      if (toolCallId !== undefined && this.#answered?.has(toolCallId)) continue;
      // Without an id, nobody knows which of the provider's calls this is.
      if (toolCallId !== undefined) this.#removeUnanswered(toolCallId);
      this.#add(call, outcome);
    }
  }

  /**
   * Called at the end of the run. Calls without a result get their spans now. A deferred call of a completed run does
   * not: its result, and so its span, is in a later run.
   */
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
      // A client may send a denial with any text as the id. So the id is recorded only if the tool is known.
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
