/**
 * One agent run: its invoke_agent span, owner of every chat and execute_tool span below it. Ends them all, once, when
 * the run ends. Sees records only, never what the SDK passes.
 */
import type { Context, Span } from "@opentelemetry/api";
import { outcomeBelow, stopsEverything } from "../semconv/outcome.ts";
import type {
  ModelRequest,
  ModelResponse,
  Outcome,
  RequestSettings,
  TokenUsage,
  ToolRequest,
  Turn,
} from "../semconv/records.ts";
import {
  addAgentSettings,
  addConversation,
  addJsonOutput,
  addToolCallId,
  addTotals,
  addTurn,
  sumUsage,
} from "../semconv/span-attributes.ts";
import { chatSpanSpec, toolSpanSpec, type SpanAttributes, type SpanSpec } from "../semconv/span-spec.ts";
import { ModelCall } from "./model-call.ts";
import { OpenSpan } from "./open-span.ts";
import type { RunChild, RunOwner } from "./run-owner.ts";
import { ToolCall } from "./tool-call.ts";
import type { Tracing } from "./tracing.ts";

export interface RunOptions {
  readonly turn: Turn;
  readonly settings: RequestSettings;
  readonly listener: RunListener;
}

export interface RunListener {
  /** Called when the run has ended, and again when what began after that has: let go of listeners and timers. */
  onRunEnd(): void;
}

export class AgentRun implements RunOwner<ModelCall> {
  readonly #tracing: Tracing;
  readonly #span: OpenSpan;
  readonly #turn: Turn;
  readonly #listener: RunListener;
  readonly #children = new Set<RunChild>();
  #failedCall: ModelCall | undefined;
  #usage: TokenUsage | undefined;
  #finishReason: string | undefined;
  #wantsJson = false;

  constructor(tracing: Tracing, span: Span, parent: Context, { turn, settings, listener }: RunOptions) {
    this.#tracing = tracing;
    this.#turn = turn;
    this.#listener = listener;
    this.#span = new OpenSpan(span, parent, tracing.keys);
    const attributes: SpanAttributes = {};
    addAgentSettings(attributes, settings);
    addTurn(attributes, turn, tracing.keys);
    this.#span.setAttributes(attributes);
  }

  get context(): Context {
    return this.#span.context;
  }

  get ended(): boolean {
    return this.#span.ended;
  }

  /** Whether the last model call failed, and no other has begun. */
  get hasFailed(): boolean {
    return this.#failedCall?.failure !== undefined;
  }

  /** Whether a span is open below the run. */
  get isBusy(): boolean {
    return this.#children.size > 0;
  }

  /**
   * A model call begins, or is repeated: after a failed attempt the next one of the same run is its retry, for nothing
   * else calls a model while the failure stands.
   */
  startModelCall(request: ModelRequest): ModelCall | undefined {
    const failed = this.#failedCall;
    if (failed !== undefined) {
      this.#failedCall = undefined;
      failed.retry();
      return failed;
    }
    const span = this.#open(chatSpanSpec(request));
    if (span === undefined) return undefined;
    this.#wantsJson ||= request.wantsJson;
    const call = new ModelCall(this, span, request, this.#tracing.keys.retryCount);
    this.#children.add(call);
    return call;
  }

  startToolCall(tool: ToolRequest): ToolCall | undefined {
    const span = this.#open(toolSpanSpec(tool, this.#turn.agentName));
    if (span === undefined) return undefined;
    if (span.recording) {
      const attributes: SpanAttributes = {};
      addToolCallId(attributes, tool.callId);
      addConversation(attributes, this.#turn);
      span.setAttributes(attributes);
    }
    const call = new ToolCall(this, span);
    this.#children.add(call);
    return call;
  }

  awaitRetry(call: ModelCall): void {
    this.#failedCall = call;
  }

  release(child: RunChild): void {
    this.#children.delete(child);
    if (this.ended && !this.isBusy) this.#listener.onRunEnd();
  }

  addConversation(attributes: SpanAttributes): void {
    addConversation(attributes, this.#turn);
  }

  addResponse(response: ModelResponse): void {
    if (response.usage !== undefined) this.#usage = sumUsage(this.#usage, response.usage);
    this.#finishReason = response.finishReason ?? this.#finishReason;
  }

  /**
   * Ends the run and everything open below it. A later call ends only what was opened since.
   *
   * @param endedWallMs when the work ended, where that is not now; milliseconds since the epoch
   */
  end(outcome: Outcome, endedWallMs?: number): void {
    const failure = this.#failedCall?.failure;
    this.#failedCall = undefined;
    for (const child of this.#children) child.close(outcomeBelow(outcome));
    if (this.ended) return;
    const attributes: SpanAttributes = {};
    if (this.#wantsJson) addJsonOutput(attributes);
    addTotals(attributes, this.#finishReason, this.#usage);
    // A run that ends by itself after its last model call failed, failed with it: one cause, one error.type.
    const own = failure !== undefined && !stopsEverything(outcome) ? failure : outcome;
    this.#span.end(own, attributes, endedWallMs);
    this.#listener.onRunEnd();
  }

  #open(spec: SpanSpec): OpenSpan | undefined {
    const span = this.#tracing.startSpan(spec, this.context);
    return span && new OpenSpan(span, this.context, this.#tracing.keys);
  }
}
