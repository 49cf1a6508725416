/**
 * One agent run: its invoke_agent span, owner of every chat and execute_tool span below it. Ends them all, once, when
 * the run ends. Or one operation of a model that is no agent's, whose span stands for its provider calls as well. Sees
 * records only, never what the SDK passes.
 */
import { createContextKey, type Context, type Span } from "@opentelemetry/api";
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
import { OpenSpan, owned, type SpanParent } from "./open-span.ts";
import { ProviderCalls, type ProviderCall } from "./provider-call.ts";
import { toolCallIn, toolCallStart, ToolCallSpan, type ReportedCall } from "./tool-call-span.ts";
import type { SpanStart } from "./tracing.ts";
import { continueTurn } from "./turn-context.ts";

export interface RunFacts {
  readonly turn: Turn;
  readonly settings: RequestSettings;
  /** The SDK's function, and its id of this call. */
  readonly sdkCall?: SDKCall | undefined;
}

/** Of a run whose caller's parameters could not be read. */
export const NO_FACTS: RunFacts = { turn: { identity: {}, metadata: new Map() }, settings: {} };

/** In the contexts that come from a run's own: which run's. */
const RUN_KEY = createContextKey("ai-spans run");

/** The counts are on the spans of the model calls alone. */
function withoutUsage(response: EndRecord): void {
  for (const name of Object.keys(response)) if (name in USAGE_KEYS) Reflect.deleteProperty(response, name);
}

export class AgentRun extends OpenSpan implements CallingRun {
  readonly #mark: object;
  readonly #children = new Set<OpenSpan>();
  failedCall: ModelCall | undefined;
  /** How it ended. */
  outcome: Outcome | undefined;
  /** The last model call that began. */
  #lastCall: ModelCall | undefined;
  /** What the spans below share. */
  #agentName: SpanStart["agentName"];
  #conversation: Pick<Turn["identity"], "conversationId"> | undefined;
  #modelCalls = 0;
  #executions = 0;
  /** Of an operation that is no agent's. */
  readonly #calls: ProviderCalls | undefined;

  /** @param startedMs when it began, where that is not now; monotonic milliseconds */
  constructor(
    span: Span,
    parent: SpanParent,
    start: SpanStart,
    { turn, settings, sdkCall }: RunFacts,
    startedMs?: number,
  ) {
    const { tracing, instruments } = parent;
    const mark = {};
    const context = continueTurn(parent.context, turn).setValue(RUN_KEY, mark);
    super(span, { context, tracing, instruments }, start, startedMs);
    this.#mark = mark;
    const { operation, agentName } = start;
    const { agentId, agentVersion, conversationId } = turn.identity;
    this.#agentName = agentName;
    this.#conversation = conversationId ? { conversationId } : undefined;
    if (operation !== "invoke_agent") this.#calls = new ProviderCalls(this);
    else if (agentId || agentVersion) this.set({ agentId, agentVersion });
    // The conventions have no conversation on embeddings, and no settings that a caller might give in vain.
    if (operation !== "embeddings") {
      this.set(settings);
      if (this.#conversation) this.set(this.#conversation);
    }
    if (sdkCall) this.set(sdkCall);
    this.setMetadata(turn.metadata);
  }

  /** The turn is known better than at the start: an agent has prepared its call. */
  learnTurn({ identity, metadata }: Turn): void {
    const { agentName, agentId, agentVersion, conversationId } = identity;
    this.learn({ agentId, agentVersion, conversationId });
    if (conversationId) this.#conversation = { conversationId };
    if (agentName && agentName !== this.#agentName) {
      this.#agentName = agentName;
      this.rename({ agentName }, agentName);
    }
    this.setMetadata(metadata);
  }

  /** A model call begins, or one that failed is repeated. */
  startModelCall(request: ModelRequest): ModelCall | ProviderCall | undefined {
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
    const call = owned(span, () => new ModelCall(span, this, start, request));
    this.#lastCall = call;
    if (!call) return undefined;
    this.#modelCalls += 1;
    call.set(settings);
    if (this.#conversation) call.set(this.#conversation);
    this.response.outputType ??= settings.outputType;
    return call;
  }

  /** A step of the run is over. */
  onStep(...answer: Parameters<ModelCall["onStep"]>): void {
    this.#lastCall?.onStep(...answer);
  }

  /** The run goes on: the call is not repeated any more. */
  endFailedCall(): void {
    this.failedCall?.close(OK, OK);
    this.failedCall = undefined;
  }

  /** An execution of a tool begins. */
  startToolCall(tool: ToolCall): ToolCallSpan | undefined {
    const call = this.#openToolCall(tool, undefined);
    if (call) this.#executions += 1;
    return call;
  }

  /**
   * A call was reported that nothing of ours executes: its span has no duration.
   *
   * @param atMs when it took place, where that is not now; monotonic milliseconds
   */
  reportToolCall(tool: ToolCall, outcome: Outcome, atMs: number | undefined): void {
    const call = this.#openToolCall(tool, { atMs });
    call?.end(outcome, call.startedMs);
  }

  #openToolCall(tool: ToolCall, reported: ReportedCall | undefined): ToolCallSpan | undefined {
    // Tools run once the SDK is done with their step's model call: what failed there is not tried again.
    this.endFailedCall();
    this.#lastCall?.onTool();
    const start = toolCallStart(tool, this.#agentName);
    const atMs = reported?.atMs;
    const startTime = atMs === undefined ? undefined : this.timeAt(atMs);
    // A tool may call others of the run (`experimental_toolCaller`, v7): theirs are below its own.
    const caller = toolCallIn(activeContext());
    const parent = caller?.isOf(this) ? caller.context : this.context;
    const span = this.tracing.startSpan(start, tool.toolName, parent, startTime);
    const call = owned(span, () => new ToolCallSpan(span, this, start, reported));
    call?.describe(tool, this.#conversation?.conversationId);
    return call;
  }

  /** The active context, where it comes from the run's own, with what was put into it since. */
  workContext(): Context {
    const active = activeContext();
    return active.getValue(RUN_KEY) === this.#mark ? active : this.context;
  }

  /** What a provider call that has no span of its own runs in. */
  get callContext(): Context {
    const context = this.workContext();
    return context === this.context ? context : this.within(context);
  }

  /** How many model calls have begun; a repeated one is one. */
  get modelCalls(): number {
    return this.#modelCalls;
  }

  /** Whether a span is open below the run. */
  get isBusy(): boolean {
    return [...this.#children].some((child) => !child.isAnswered);
  }

  /** Whether something goes on below the run: a call that failed waits for another attempt, which may never come. */
  get isWorking(): boolean {
    return this.#children.size > (this.failedCall ? 1 : 0);
  }

  onChild(child: OpenSpan): void {
    this.#children.add(child);
  }

  onChildEnd(child: OpenSpan): void {
    this.#children.delete(child);
    addResponse(this.response, child.response);
    if (this.ended && !this.isBusy) this.release();
  }

  /**
   * Ends the run and everything open below it, whatever fails on the way. A later call ends only what was opened since.
   *
   * @param endedMs when the work ended, where that is not now; monotonic milliseconds
   */
  override end(outcome: Outcome, endedMs?: number): void {
    const failure = this.failedCall?.failure;
    const stopped = isStopped(outcome);
    this.failedCall = undefined;
    this.response.inferenceCalls = this.#modelCalls;
    this.response.toolCalls = this.#executions;
    if (!this.#calls && !this.tracing.options.runUsage) withoutUsage(this.response);
    const open = [...this.#children];
    // A cancellation and a deadline reach everything below; what outlives a completed or failed run is abandoned.
    for (const child of open) {
      contain("end of a run", () => child.close(stopped ? outcome : ABANDONED, outcome, endedMs));
    }
    // A run that ends by itself after its last model call failed, failed with it: one cause, one error.type.
    const own = failure?.kind === "error" && !stopped ? failure : outcome;
    this.outcome ??= own;
    super.end(own, endedMs);
    contain("end of a run", () => this.release());
  }

  /** The run has ended, or what began below it after that: the place to remove listeners and timers. */
  protected release(): void {}
}
