/**
 * The span of one run: of an agent, or of a single operation such as `embed`. An agent's run has an invoke_agent span,
 * with chat and execute_tool spans under it. A single operation has one span for all its attempts. The end of a run
 * ends all open spans under it. Takes records only, never values of the SDK.
 */
import { createContextKey, type Context } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { USAGE_KEYS } from "../semconv/attributes.ts";
import { ABANDONED, isStopped, OK } from "../semconv/outcome.ts";
import type {
  EndRecord,
  ModelRequest,
  Outcome,
  RequestSettings,
  SDKCall,
  ToolCall,
  Turn,
} from "../semconv/records.ts";
import { addResponse } from "../semconv/span-attributes.ts";
import { activeContext } from "./context.ts";
import { contextWith } from "./derived-context.ts";
import { ModelCall, type CallingRun } from "./model-call.ts";
import { OpenSpan, endUnlessOwned, type Opening } from "./open-span.ts";
import { OperationAttempts, type OperationAttempt } from "./operation-attempts.ts";
import { toolCallIn, toolCallStart, ToolCallSpan, type ReportedTime } from "./tool-call-span.ts";
import type { SpanStart } from "./tracing.ts";
import { continueTurn } from "./turn-context.ts";

/** The values that are recorded when a run starts. */
export interface RunRecord {
  readonly turn: Turn;
  readonly settings: RequestSettings;
  /** The name of the SDK's function, and the SDK's id of the call. */
  readonly sdkCall?: SDKCall | undefined;
}

/** The record of a run whose parameters could not be read. */
export const EMPTY_RUN_RECORD: RunRecord = { turn: { identity: {}, metadata: new Map() }, settings: {} };

/** The context key of the run's mark. The run's context has the mark, and so have all contexts that derive from it. */
const RUN_KEY = createContextKey("ai-spans run");

/**
 * Removes the token counts from a run's response (option `runUsage: false`). The spans of the model calls keep theirs.
 */
function withoutUsage(response: EndRecord): void {
  for (const name of Object.keys(response)) if (name in USAGE_KEYS) Reflect.deleteProperty(response, name);
}

/** The run that the span belongs to. */
export interface SpanOwner {
  /** Whether only the SDK's events name the model that answers (v7 adapter). */
  readonly isReported: boolean;
  /** @returns the `execute` function of the run's tool with this name */
  executeOf(toolName: string): unknown;
  /** Ends the run. */
  end(outcome: Outcome, endedMs?: number): void;
  /**
   * Called when the span and all spans under it have ended. Called again when a span that outlived the run has ended.
   */
  onAllEnded(): void;
}

export class RunSpan extends OpenSpan implements CallingRun {
  readonly #owner: SpanOwner;
  readonly #mark: object;
  readonly #children = new Set<OpenSpan>();
  failedCall: ModelCall | undefined;
  /** The outcome of the run; `undefined` before its end. */
  outcome: Outcome | undefined;
  /** Whether the end of the process has ended the run. What the run still starts then would never be exported. */
  #isShutDown = false;
  /** The model call that began last. */
  #lastCall: ModelCall | undefined;
  /** The agent's name, which is recorded on execute_tool spans too. */
  #agentName: SpanStart["agentName"];
  #conversation: Pick<Turn["identity"], "conversationId"> | undefined;
  #modelCalls = 0;
  #executions = 0;
  /** The attempts of an operation without an agent; `undefined` for an agent's run. */
  readonly #attempts: OperationAttempts | undefined;

  constructor(opening: Opening, { turn, settings, sdkCall }: RunRecord, owner: SpanOwner) {
    const { parent, start } = opening;
    const { tracing, instruments } = parent;
    const mark = {};
    const context = contextWith(continueTurn(parent.context, turn), RUN_KEY, mark);
    super({ ...opening, parent: { context, tracing, instruments } });
    this.#owner = owner;
    this.#mark = mark;
    const { operation, agentName } = start;
    const { agentId, agentVersion, conversationId } = turn.identity;
    this.#agentName = agentName;
    this.#conversation = conversationId ? { conversationId } : undefined;
    if (operation !== "invoke_agent") this.#attempts = new OperationAttempts(this);
    else if (agentId || agentVersion) this.set({ agentId, agentVersion });
    // The conventions define neither a conversation nor settings for embeddings.
    if (operation !== "embeddings") {
      this.set(settings);
      if (this.#conversation) this.set(this.#conversation);
    }
    if (sdkCall) this.set(sdkCall);
    this.setMetadata(turn.metadata);
  }

  get isReported(): boolean {
    return this.#owner.isReported;
  }

  executeOf(toolName: string): unknown {
    return this.#owner.executeOf(toolName);
  }

  /**
   * Updates the turn. An agent may change its call after the start of the run (`prepareCall`), and then the values of
   * the changed call count.
   */
  updateTurn({ identity, metadata }: Turn): void {
    const { agentName, agentId, agentVersion, conversationId } = identity;
    this.update({ agentId, agentVersion, conversationId });
    if (conversationId) this.#conversation = { conversationId };
    if (agentName && agentName !== this.#agentName) {
      this.#agentName = agentName;
      this.rename({ agentName }, agentName);
    }
    this.setMetadata(metadata);
  }

  /** Starts a model call, or another attempt of the failed one. */
  startModelCall(request: ModelRequest): ModelCall | OperationAttempt | undefined {
    if (this.#isShutDown) return undefined;
    if (this.#attempts) return this.#attempts.start(request);
    const failed = this.failedCall;
    if (failed?.isRepeatedBy(request)) {
      this.failedCall = undefined;
      failed.retry(request);
      return failed;
    }
    this.endFailedCall();
    this.#lastCall?.onNextCall();
    const { model, settings } = request;
    const start = { operation: "chat", ...model } as const;
    const span = this.tracing.startSpan(start, model.requestModel, this.context);
    const call = endUnlessOwned(span, () => new ModelCall({ span, parent: this, start }, request));
    this.#lastCall = call;
    if (!call) return undefined;
    this.#modelCalls += 1;
    call.set(settings);
    if (this.#conversation) call.set(this.#conversation);
    this.response.outputType ??= settings.outputType;
    return call;
  }

  /** Called when a step of the run is over. */
  onStep(...args: Parameters<ModelCall["onStep"]>): void {
    this.#lastCall?.onStep(...args);
  }

  /** Ends the failed model call, because no further attempt of it follows. */
  endFailedCall(): void {
    this.failedCall?.cutOff(OK, OK);
    this.failedCall = undefined;
  }

  /** Starts the execution of a tool. */
  startToolCall(tool: ToolCall): ToolCallSpan | undefined {
    const call = this.#openToolCall(tool, undefined);
    if (call) this.#executions += 1;
    return call;
  }

  /**
   * Records a tool call that the SDK only reported. Its span has no duration.
   *
   * @param atMs when the call took place; monotonic milliseconds; `undefined` means now
   */
  reportToolCall(tool: ToolCall, outcome: Outcome, atMs: number | undefined): void {
    const call = this.#openToolCall(tool, { atMs });
    call?.end(outcome, call.startedMs);
  }

  #openToolCall(tool: ToolCall, reported: ReportedTime | undefined): ToolCallSpan | undefined {
    if (this.#isShutDown) return undefined;
    // The SDK runs tools after the model call of their step. So it makes no further attempt of a failed call.
    this.endFailedCall();
    this.#lastCall?.onTool();
    const start = toolCallStart(tool, this.#agentName);
    const atMs = reported?.atMs;
    const startTime = atMs === undefined ? undefined : this.timeAt(atMs);
    // A tool may call other tools of the run (`experimental_toolCaller`, v7). Its span is the parent of their spans.
    const caller = toolCallIn(activeContext());
    const parent = caller?.isOf(this) ? caller.context : this.context;
    const span = this.tracing.startSpan(start, tool.toolName, parent, startTime);
    const call = endUnlessOwned(span, () => new ToolCallSpan({ span, parent: this, start }, reported));
    call?.describe(tool, this.#conversation?.conversationId);
    return call;
  }

  /**
   * The context for work of the run. If the active context derives from the run's, it is used, because the program may
   * have added values to it. Otherwise the run's context.
   */
  workContext(): Context {
    const active = activeContext();
    return active.getValue(RUN_KEY) === this.#mark ? active : this.context;
  }

  /** The context for an attempt that has no span. */
  get callContext(): Context {
    const context = this.workContext();
    return context === this.context ? context : this.contextWithSpan(context);
  }

  /** The number of model calls that have begun. Another attempt of a call is not counted. */
  get modelCalls(): number {
    return this.#modelCalls;
  }

  /** Whether work under the run goes on. A span that only waits for attributes does not count. */
  get isBusy(): boolean {
    return [...this.#children].some((child) => !child.isAnswered);
  }

  /** Whether a span under the run is open. A failed call that waits for its next attempt does not count. */
  get hasOpenSpan(): boolean {
    return this.#children.size > (this.failedCall ? 1 : 0);
  }

  onChild(child: OpenSpan): void {
    this.#children.add(child);
  }

  onChildEnd(child: OpenSpan): void {
    this.#children.delete(child);
    addResponse(this.response, child.response);
    if (this.ended && !this.isBusy) this.#owner.onAllEnded();
  }

  /** Ends the run, because the process stops. */
  override cutOff(outcome: Outcome, _ofRun: Outcome, endedMs?: number): void {
    this.#isShutDown = true;
    this.#owner.end(outcome, endedMs);
  }

  /**
   * Ends the span and all open spans under it, even if something fails. A later call only ends spans that were opened
   * after the first.
   *
   * @param endedMs when the work ended; monotonic milliseconds; default: now
   */
  override end(outcome: Outcome, endedMs?: number): void {
    const failure = this.failedCall?.failure;
    const stopped = isStopped(outcome);
    this.failedCall = undefined;
    this.response.inferenceCalls = this.#modelCalls;
    this.response.toolCalls = this.#executions;
    const open = [...this.#children];
    // A cancellation or a deadline of the run also stops the work inside. Work that outlives a completed or failed run
    // is abandoned.
    for (const child of open) {
      contain("end of a run", () => child.cutOff(stopped ? outcome : ABANDONED, outcome, endedMs));
    }
    // After the ends of the open calls, whose tokens belong to the run.
    this.response.runInputTokens = this.response.inputTokens;
    this.response.runOutputTokens = this.response.outputTokens;
    if (!this.#attempts && !this.tracing.options.runUsage) withoutUsage(this.response);
    // If the last model call of the run failed, the run has the outcome of that call. So both spans have the same
    // `error.type`.
    const runOutcome = failure?.kind === "error" && !stopped ? failure : outcome;
    this.outcome ??= runOutcome;
    super.end(runOutcome, endedMs);
    contain("end of a run", () => this.#owner.onAllEnded());
  }
}
