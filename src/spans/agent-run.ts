/**
 * One agent run: its invoke_agent span, owner of every chat and execute_tool span below it. Ends them all, once, when
 * the run ends. Sees records only, never what the SDK passes.
 */
import type { Span } from "@opentelemetry/api";
import { OPERATION_CHAT, OPERATION_EXECUTE_TOOL, TOOL_TYPE_FUNCTION } from "../semconv/attributes.ts";
import { ABANDONED, stopsEverything } from "../semconv/outcome.ts";
import type {
  AttributeValue,
  ModelRequest,
  ModelResponse,
  Outcome,
  RequestSettings,
  Turn,
} from "../semconv/records.ts";
import { addResponse, attributesOf, metadataKey } from "../semconv/span-attributes.ts";
import { ModelCall, type CallingRun } from "./model-call.ts";
import { OpenSpan, type SpanParent } from "./open-span.ts";

export interface RunFacts {
  readonly turn: Turn;
  readonly settings: RequestSettings;
}

export class AgentRun extends OpenSpan implements CallingRun {
  readonly #children = new Set<OpenSpan>();
  failedCall: ModelCall | undefined;
  readonly #identity: Turn["identity"];
  /** Its calls' usage in sum, their last finish reason, the output type that one of them asked for. */
  readonly #totals: Record<string, AttributeValue | undefined> = {};

  constructor(span: Span, parent: SpanParent, { turn, settings }: RunFacts) {
    super(span, parent);
    this.#identity = turn.identity;
    const { keys, namespace } = this.tracing.options;
    const attributes = attributesOf({ ...settings, ...turn.identity }, keys);
    turn.metadata.forEach((value, name) => {
      attributes[metadataKey(namespace, name)] = value;
    });
    this.setAttributes(attributes);
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
    const { provider, requestModel, outputType } = request;
    const record = { provider, requestModel };
    const span = this.tracing.startSpan(
      { operation: OPERATION_CHAT, target: requestModel, record },
      this.context,
    );
    if (!span) return undefined;
    const call = new ModelCall(span, this);
    call.set({ ...request, conversationId: this.#identity.conversationId });
    this.#totals.outputType ??= outputType;
    return call;
  }

  startToolCall(toolName: string, toolCallId: string | undefined): OpenSpan | undefined {
    const { agentName, conversationId } = this.#identity;
    const record = { toolName, toolType: TOOL_TYPE_FUNCTION, agentName };
    const span = this.tracing.startSpan(
      { operation: OPERATION_EXECUTE_TOOL, target: toolName, record },
      this.context,
    );
    if (!span) return undefined;
    const call = new OpenSpan(span, this);
    call.set({ toolCallId, conversationId });
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
    if (this.ended && !this.isBusy) this.release();
  }

  addResponse(response: ModelResponse): void {
    addResponse(this.#totals, response);
  }

  /** Ends the run and everything open below it. A later call ends only what was opened since. */
  override end(outcome: Outcome, endedWallMs?: number): void {
    const failure = this.failedCall?.failure;
    const isStopped = stopsEverything(outcome);
    this.failedCall = undefined;
    // A cancellation and a deadline reach everything below; what outlives a completed or failed run is abandoned.
    for (const child of this.#children) child.close(isStopped ? outcome : ABANDONED);
    // A run that ends by itself after its last model call failed, failed with it: one cause, one error.type.
    super.end(failure?.errorType && !isStopped ? failure : outcome, endedWallMs, this.#totals);
    this.release();
  }

  /** The run has ended, or what began below it after that: the place to let go of listeners and timers. */
  protected release(): void {}
}
