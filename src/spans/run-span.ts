/**
 * The span of one run: an agent's or a single operation such as `embed`. An agent's run has an invoke_agent span, with
 * chat and execute_tool spans under it. A single operation has one span for all its attempts. Its end ends all open spans
 * under it, once. Takes records only, never values of the SDK.
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
import { ModelCall, type CallingRun } from "./model-call.ts";
import { OpenSpan, endUnlessOwned, type Opening } from "./open-span.ts";
import { ProviderCalls, type ProviderCall } from "./provider-call.ts";
import { toolCallIn, toolCallStart, ToolCallSpan, type ReportedCall } from "./tool-call-span.ts";
import type { SpanStart } from "./tracing.ts";
import { continueTurn } from "./turn-context.ts";

/** The attributes that are recorded at the start of a run. */
export interface RunRecord {
  readonly turn: Turn;
  readonly settings: RequestSettings;
  /** The name of the SDK's function, and the SDK's id of the call. */
  readonly sdkCall?: SDKCall | undefined;
}

/** For a run whose parameters could not be read. */
export const EMPTY_RUN_RECORD: RunRecord = { turn: { identity: {}, metadata: new Map() }, settings: {} };

/** The key of the run's mark in its context, and so in all contexts that derive from it. */
const RUN_KEY = createContextKey("ai-spans run");

/** Removes the token counts (option `runUsage: false`). They stay on the spans of the model calls. */
function withoutUsage(response: EndRecord): void {
  for (const name of Object.keys(response)) if (name in USAGE_KEYS) Reflect.deleteProperty(response, name);
}

/** The run that has the span. */
export interface SpanOwner {
  /** Whether only the SDK's events name the models that answer (v7 adapter). */
  readonly isReported: boolean;
  /** @returns the `execute` function of the run's tool with this name */
  executeOf(toolName: string): unknown;
  /** Ends the run. */
  end(outcome: Outcome, endedMs?: number): void;
  /** Called when the span and all spans under it have ended. Called again after spans that outlived it. */
  onRest(): void;
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
  /** The agent's name, which execute_tool spans have too. */
  #agentName: SpanStart["agentName"];
  #conversation: Pick<Turn["identity"], "conversationId"> | undefined;
  #modelCalls = 0;
  #executions = 0;
  /** The attempts of an operation without an agent; `undefined` for an agent's run. */
  readonly #calls: ProviderCalls | undefined;

  constructor(opening: Opening, { turn, settings, sdkCall }: RunRecord, owner: SpanOwner) {
    const { parent, start } = opening;
    const { tracing, instruments } = parent;
    const mark = {};
    const context = continueTurn(parent.context, turn).setValue(RUN_KEY, mark);
    super({ ...opening, parent: { context, tracing, instruments } });
    this.#owner = owner;
    this.#mark = mark;
    const { operation, agentName } = start;
    const { agentId, agentVersion, conversationId } = turn.identity;
    this.#agentName = agentName;
    this.#conversation = conversationId ? { conversationId } : undefined;
    if (operation !== "invoke_agent") this.#calls = new ProviderCalls(this);
    else if (agentId || agentVersion) this.set({ agentId, agentVersion });
    // The conventions have no conversation and no settings on embeddings.
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

  /** Updates the turn from the call that an agent has prepared after the start of the run. */
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

  /** Starts a model call, or repeats the failed one. */
  startModelCall(request: ModelRequest): ModelCall | ProviderCall | undefined {
    if (this.#isShutDown) return undefined;
    if (this.#calls) return this.#calls.start(request);
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

  /** A step of the run is over. */
  onStep(...args: Parameters<ModelCall["onStep"]>): void {
    this.#lastCall?.onStep(...args);
  }

  /** Ends a failed model call that the run does not repeat. */
  endFailedCall(): void {
    this.failedCall?.close(OK, OK);
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
   * @param atMs when the call took place; monotonic milliseconds; `undefined` for now
   */
  reportToolCall(tool: ToolCall, outcome: Outcome, atMs: number | undefined): void {
    const call = this.#openToolCall(tool, { atMs });
    call?.end(outcome, call.startedMs);
  }

  #openToolCall(tool: ToolCall, reported: ReportedCall | undefined): ToolCallSpan | undefined {
    if (this.#isShutDown) return undefined;
    // The SDK runs tools after the model call of their step, so it does not repeat a failed call.
    this.endFailedCall();
    this.#lastCall?.onTool();
    const start = toolCallStart(tool, this.#agentName);
    const atMs = reported?.atMs;
    const startTime = atMs === undefined ? undefined : this.timeAt(atMs);
    // A tool may call other tools of the run (`experimental_toolCaller`, v7). Their spans are its children.
    const caller = toolCallIn(activeContext());
    const parent = caller?.isOf(this) ? caller.context : this.context;
    const span = this.tracing.startSpan(start, tool.toolName, parent, startTime);
    const call = endUnlessOwned(span, () => new ToolCallSpan({ span, parent: this, start }, reported));
    call?.describe(tool, this.#conversation?.conversationId);
    return call;
  }

  /** The active context where it derives from the run's, so that the program's entries are kept; else the run's. */
  workContext(): Context {
    const active = activeContext();
    return active.getValue(RUN_KEY) === this.#mark ? active : this.context;
  }

  /** The context of an attempt without a span. */
  get callContext(): Context {
    const context = this.workContext();
    return context === this.context ? context : this.within(context);
  }

  /** The number of model calls that have begun. Retries of a call do not count. */
  get modelCalls(): number {
    return this.#modelCalls;
  }

  /** Whether work under the run has not ended. */
  get isBusy(): boolean {
    return [...this.#children].some((child) => !child.isAnswered);
  }

  /** Whether a span under the run is open, but for a failed call that waits for its next attempt. */
  get isWorking(): boolean {
    return this.#children.size > (this.failedCall ? 1 : 0);
  }

  onChild(child: OpenSpan): void {
    this.#children.add(child);
  }

  onChildEnd(child: OpenSpan): void {
    this.#children.delete(child);
    addResponse(this.response, child.response);
    if (this.ended && !this.isBusy) this.#owner.onRest();
  }

  /** Ends the run, because the process stops. */
  override close(outcome: Outcome, _ofRun: Outcome, endedMs?: number): void {
    this.#isShutDown = true;
    this.#owner.end(outcome, endedMs);
  }

  /**
   * Ends the span and all open spans under it, even when something fails. A later call ends only spans that were opened since.
   *
   * @param endedMs when the work ended; monotonic milliseconds; default: now
   */
  override end(outcome: Outcome, endedMs?: number): void {
    const failure = this.failedCall?.failure;
    const stopped = isStopped(outcome);
    this.failedCall = undefined;
    this.response.inferenceCalls = this.#modelCalls;
    this.response.toolCalls = this.#executions;
    if (!this.#calls && !this.tracing.options.runUsage) withoutUsage(this.response);
    const open = [...this.#children];
    // A cancellation or a deadline also ends the work inside. Work that outlives a completed or failed run is abandoned.
    for (const child of open) {
      contain("end of a run", () => child.close(stopped ? outcome : ABANDONED, outcome, endedMs));
    }
    // A run that ends after its last model call failed has the outcome of that call, so both have the same `error.type`.
    const runOutcome = failure?.kind === "error" && !stopped ? failure : outcome;
    this.outcome ??= runOutcome;
    super.end(runOutcome, endedMs);
    contain("end of a run", () => this.#owner.onRest());
  }
}
