/**
 * One agent run: its invoke_agent span, owner of every chat and execute_tool span below it. Ends them all, once, when
 * the run ends. Or one operation of a model that is no agent's, whose span stands for its provider calls as well. Sees
 * records only, never what the SDK passes.
 */
import { createContextKey, type Context, type Span } from "@opentelemetry/api";
import { ABANDONED, isStopped, OK } from "../semconv/outcome.ts";
import type { ModelRequest, Outcome, RequestSettings, ToolCall, Turn } from "../semconv/records.ts";
import { addResponse } from "../semconv/span-attributes.ts";
import { activeContext } from "./context.ts";
import { ModelCall, type CallingRun } from "./model-call.ts";
import { OpenSpan, type SpanParent } from "./open-span.ts";
import { ProviderCalls, type ProviderCall } from "./provider-call.ts";
import { ToolCallSpan } from "./tool-call-span.ts";
import type { SpanStart } from "./tracing.ts";

export interface RunFacts {
  readonly turn: Turn;
  readonly settings: RequestSettings;
}

/** Of a run whose caller's parameters could not be read. */
export const NO_FACTS: RunFacts = { turn: { identity: {}, metadata: new Map() }, settings: {} };

/** In the contexts that come from a run's own: which run's. */
const RUN_KEY = createContextKey("ai-spans run");

export class AgentRun extends OpenSpan implements CallingRun {
  readonly #mark: object;
  readonly #children: OpenSpan[] = [];
  failedCall: ModelCall | undefined;
  unwatchedCall: ModelCall | undefined;
  /** What the spans below share. */
  readonly #agentName: SpanStart["agentName"];
  readonly #conversation: Pick<Turn["identity"], "conversationId"> | undefined;
  #modelCalls = 0;
  #executions = 0;
  /** Of an operation that is no agent's. */
  readonly #calls: ProviderCalls | undefined;

  /** @param startedWallMs when it began, where that is not now; milliseconds since the epoch */
  constructor(
    span: Span,
    parent: SpanParent,
    start: SpanStart,
    { turn, settings }: RunFacts,
    startedWallMs?: number,
  ) {
    const { tracing, instruments } = parent;
    const mark = {};
    const context = parent.context.setValue(RUN_KEY, mark);
    super(span, { context, tracing, instruments }, start, startedWallMs);
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
    this.setMetadata(turn.metadata);
  }

  /**
   * A model call begins, or is repeated: after a failed attempt the next one of the same run is its retry, for nothing
   * else calls a model while the failure stands.
   */
  startModelCall(request: ModelRequest): ModelCall | ProviderCall | undefined {
    if (this.#calls) return this.#calls.start(request);
    const failed = this.failedCall;
    if (failed) {
      this.failedCall = undefined;
      failed.retry();
      return failed;
    }
    this.unwatchedCall?.close(OK, OK);
    const { model, settings } = request;
    const start = { operation: "chat", ...model } as const;
    const span = this.tracing.startSpan(start, model.requestModel, this.context);
    if (!span) return undefined;
    const call = new ModelCall(span, this, start);
    this.#modelCalls += 1;
    call.set(settings);
    if (this.#conversation) call.set(this.#conversation);
    this.response.outputType ??= settings.outputType;
    return call;
  }

  /** @param startedWallMs of a call that is only told of; milliseconds since the epoch */
  startToolCall(tool: ToolCall, startedWallMs?: number): ToolCallSpan | undefined {
    const agentName = this.#agentName;
    // Tools run once the SDK is done with their step's model call: what failed there is not tried again.
    this.failedCall?.close(OK, OK);
    this.failedCall = undefined;
    this.unwatchedCall?.close(OK, OK);
    const { toolName, toolType = "function", toolCallId, toolApproval, toolRepaired } = tool;
    const start = { operation: "execute_tool", toolName, toolType, agentName } as const;
    const span = this.tracing.startSpan(start, toolName, this.context, startedWallMs);
    if (!span) return undefined;
    const call = new ToolCallSpan(span, this, start, startedWallMs);
    if (startedWallMs === undefined) this.#executions += 1;
    call.learn({ toolCallId, toolApproval, toolRepaired });
    if (this.#conversation) call.set(this.#conversation);
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

  /** Whether a span is open below the run. */
  get isBusy(): boolean {
    return this.#children.length > 0;
  }

  onChild(child: OpenSpan): void {
    this.#children.push(child);
  }

  onChildEnd(child: OpenSpan): void {
    this.#children.splice(this.#children.indexOf(child), 1);
    addResponse(this.response, child.response);
    if (this.ended && !this.isBusy) this.release();
  }

  /** Ends the run and everything open below it. A later call ends only what was opened since. */
  override end(outcome: Outcome, endedWallMs?: number): void {
    const failure = this.failedCall?.failure;
    const stopped = isStopped(outcome);
    this.failedCall = undefined;
    this.response.inferenceCalls = this.#modelCalls;
    this.response.toolCalls = this.#executions;
    // A cancellation and a deadline reach everything below; what outlives a completed or failed run is abandoned.
    for (const child of this.#children.slice()) child.close(stopped ? outcome : ABANDONED, outcome);
    // A run that ends by itself after its last model call failed, failed with it: one cause, one error.type.
    super.end(failure?.errorType && !stopped ? failure : outcome, endedWallMs);
    this.release();
  }

  /** The run has ended, or what began below it after that: the place to let go of listeners and timers. */
  protected release(): void {}
}
