/**
 * One agent run: its invoke_agent span, owner of every chat and execute_tool span below it. Ends them all, once,
 * when the run ends. Sees records only, never what the SDK passes.
 */
import type { Context, Span } from "@opentelemetry/api";
import { outcomeBelow, stopsEverything } from "../semconv/outcome.ts";
import type { ModelRequest, ModelResponse, Outcome, RequestSettings, TokenUsage, ToolRequest, Turn } from "../semconv/records.ts";
import {
  addChatSettings,
  addConversation,
  addFinishReason,
  addJsonOutput,
  addRequestSettings,
  addToolCallId,
  addTurn,
  addUsage,
  sumUsage,
} from "../semconv/span-attributes.ts";
import { chatSpanSpec, toolSpanSpec, type SpanAttributes, type SpanSpec } from "../semconv/span-spec.ts";
import { ModelCall } from "./model-call.ts";
import { OpenSpan } from "./open-span.ts";
import type { RunChild, RunOwner } from "./run-owner.ts";
import { ToolCall } from "./tool-call.ts";
import type { Tracing } from "./tracing.ts";

export class AgentRun implements RunOwner {
  readonly #tracing: Tracing;
  readonly #span: OpenSpan;
  readonly #turn: Turn;
  readonly #children = new Set<RunChild>();
  #failedCall: ModelCall | undefined;
  #usage: TokenUsage | undefined;
  #finishReason: string | undefined;
  #wantsJson = false;
  #onEnd: (() => void) | undefined;

  constructor(tracing: Tracing, span: Span, parent: Context, turn: Turn, settings: RequestSettings) {
    this.#tracing = tracing;
    this.#turn = turn;
    this.#span = new OpenSpan(span, parent, tracing.keys);
    const attributes: SpanAttributes = {};
    addRequestSettings(attributes, settings);
    addTurn(attributes, turn, tracing.keys);
    this.#span.setAttributes(attributes);
  }

  get context(): Context {
    return this.#span.context;
  }

  get ended(): boolean {
    return this.#span.ended;
  }

  /** Spans open below the run. */
  get openSpans(): number {
    return this.#children.size;
  }

  /** Called once, when the run ends: the place to let go of listeners and timers. */
  onEnd(release: () => void): void {
    if (this.ended) release();
    else this.#onEnd = release;
  }

  /**
   * A model call begins, or is repeated: after a failed attempt the next one of the same run is its retry, for
   * nothing else calls a model while the failure stands.
   */
  startModelCall(request: ModelRequest, settings: RequestSettings, wantsJson: boolean): ModelCall | undefined {
    const failed = this.#failedCall;
    if (failed !== undefined) {
      this.#failedCall = undefined;
      failed.retry();
      return failed;
    }
    if (wantsJson) this.#wantsJson = true;
    const opened = this.#open(chatSpanSpec(request));
    if (opened === undefined) return undefined;
    if (opened.recording) {
      const attributes: SpanAttributes = {};
      addChatSettings(attributes, settings, request.streaming);
      addConversation(attributes, this.#turn);
      if (wantsJson) addJsonOutput(attributes);
      opened.span.setAttributes(attributes);
    }
    const call = new ModelCall(this, opened.span, this.#tracing.keys.retryCount);
    this.#children.add(call);
    return call;
  }

  startToolCall(tool: ToolRequest): ToolCall | undefined {
    const opened = this.#open(toolSpanSpec(tool, this.#turn.agentName));
    if (opened === undefined) return undefined;
    if (opened.recording) {
      const attributes: SpanAttributes = {};
      addToolCallId(attributes, tool.callId);
      addConversation(attributes, this.#turn);
      opened.span.setAttributes(attributes);
    }
    const call = new ToolCall(this, opened.span);
    this.#children.add(call);
    return call;
  }

  awaitRetry(call: ModelCall): void {
    this.#failedCall = call;
  }

  release(child: RunChild): void {
    this.#children.delete(child);
  }

  addResponse(response: ModelResponse): void {
    if (response.usage !== undefined) this.#usage = sumUsage(this.#usage, response.usage);
    if (response.finishReason !== undefined) this.#finishReason = response.finishReason;
  }

  /**
   * Ends the run and everything open below it. A later call ends only what was opened since.
   *
   * @param endedMs monotonic time of the end where that is not now
   */
  end(outcome: Outcome, endedMs?: number): void {
    const failure = this.#failedCall?.failure;
    this.#failedCall = undefined;
    const children = [...this.#children];
    this.#children.clear();
    for (const child of children) child.close(outcomeBelow(outcome));
    if (this.ended) return;
    const attributes: SpanAttributes = {};
    if (this.#wantsJson) addJsonOutput(attributes);
    addFinishReason(attributes, this.#finishReason);
    if (this.#usage !== undefined) addUsage(attributes, this.#usage);
    // A run that ends by itself after its last model call failed, failed with it: one cause, one error.type.
    const own = failure !== undefined && !stopsEverything(outcome) ? failure : outcome;
    this.#span.end(own, attributes, endedMs);
    this.#onEnd?.();
    this.#onEnd = undefined;
  }

  #open(spec: SpanSpec): { span: OpenSpan; recording: boolean } | undefined {
    const span = this.#tracing.startSpan(spec, this.#span.context);
    return span && { span: new OpenSpan(span, this.#span.context, this.#tracing.keys), recording: span.isRecording() };
  }
}
