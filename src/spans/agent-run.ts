/**
 * One agent run: its invoke_agent span, owner of every chat and execute_tool span below it. Ends them all, once, when
 * the run ends. Sees records only, never what the SDK passes.
 */
import type { Span } from "@opentelemetry/api";
import { ABANDONED, isStopped } from "../semconv/outcome.ts";
import type {
  AttributeValue,
  ModelRequest,
  Outcome,
  RequestSettings,
  ToolCall,
  Turn,
} from "../semconv/records.ts";
import { addResponse, metadataKey } from "../semconv/span-attributes.ts";
import { ModelCall, type CallingRun } from "./model-call.ts";
import { OpenSpan, type SpanParent } from "./open-span.ts";
import { ToolCallSpan } from "./tool-call-span.ts";

export interface RunFacts {
  readonly turn: Turn;
  readonly settings: RequestSettings;
}

export class AgentRun extends OpenSpan implements CallingRun {
  readonly #children = new Set<OpenSpan>();
  failedCall: ModelCall | undefined;
  readonly #identity: Turn["identity"];

  constructor(span: Span, parent: SpanParent, { turn, settings }: RunFacts) {
    super(span, parent);
    this.#identity = turn.identity;
    const metadata: Record<string, AttributeValue> = {};
    for (const [name, value] of turn.metadata)
      metadata[metadataKey(this.tracing.options.namespace, name)] = value;
    this.set({ ...settings, ...turn.identity }, metadata);
  }

  /**
   * A model call begins, or is repeated: after a failed attempt the next one of the same run is its retry, for nothing
   * else calls a model while the failure stands.
   */
  startModelCall(request: ModelRequest): ModelCall | undefined {
    const failed = this.failedCall;
    if (failed) {
      this.failedCall = undefined;
      failed.retry();
      return failed;
    }
    const { provider, requestModel, serverAddress, serverPort, outputType } = request;
    const start = { operation: "chat", provider, requestModel, serverAddress, serverPort } as const;
    const span = this.tracing.startSpan(start, requestModel, this.context);
    if (!span) return undefined;
    const call = new ModelCall(span, this);
    call.set({ ...request, conversationId: this.#identity.conversationId });
    this.response.outputType ??= outputType;
    return call;
  }

  startToolCall(tool: ToolCall, startedWallMs?: number): ToolCallSpan | undefined {
    const { agentName, conversationId } = this.#identity;
    const { toolName, toolType = "function", ...facts } = tool;
    const start = { operation: "execute_tool", toolName, toolType, agentName } as const;
    const span = this.tracing.startSpan(start, toolName, this.context, startedWallMs);
    if (!span) return undefined;
    const call = new ToolCallSpan(span, this);
    call.set({ ...facts, conversationId });
    return call;
  }

  /** Whether a span is open below the run. */
  get isBusy(): boolean {
    return this.#children.size > 0;
  }

  onChild(child: OpenSpan): void {
    this.#children.add(child);
  }

  onChildEnd(child: OpenSpan): void {
    this.#children.delete(child);
    addResponse(this.response, child.response);
    if (this.ended && !this.isBusy) this.release();
  }

  /** Ends the run and everything open below it. A later call ends only what was opened since. */
  override end(outcome: Outcome, endedWallMs?: number): void {
    const failure = this.failedCall?.failure;
    const stopped = isStopped(outcome);
    this.failedCall = undefined;
    // A cancellation and a deadline reach everything below; what outlives a completed or failed run is abandoned.
    for (const child of this.#children) child.close(stopped ? outcome : ABANDONED);
    // A run that ends by itself after its last model call failed, failed with it: one cause, one error.type.
    super.end(failure?.errorType && !stopped ? failure : outcome, endedWallMs);
    this.release();
  }

  /** The run has ended, or what began below it after that: the place to let go of listeners and timers. */
  protected release(): void {}
}
