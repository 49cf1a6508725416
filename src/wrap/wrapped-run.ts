/**
 * A run as the wrappers around the SDK's models, tools and result see it.
 */
import type { Span } from "@opentelemetry/api";
import { contain } from "../containment.ts";
import { asRecord, isRecord, type UnknownRecord } from "../readers/structure.ts";
import { ObservedRun, type Attempt, type Reading } from "../runs/observed-run.ts";
import { observeResult, type WorkObserver } from "../runs/traced-work.ts";
import { OK } from "../semconv/outcome.ts";
import type { RunFacts } from "../spans/agent-run.ts";
import { workOf } from "../spans/context.ts";
import type { SpanParent } from "../spans/open-span.ts";
import type { SpanStart } from "../spans/tracing.ts";
import { canObserveStreams } from "../streams/platform-stream.ts";
import { observeReading } from "../streams/observed-reading.ts";
import type { OperationKind } from "./operations.ts";
import { originalOf } from "./view.ts";

/** What a run is a call of. */
export interface RunOrigin {
  readonly kind: OperationKind;
  /** Where the SDK's default provider is found. */
  readonly namespace: object | undefined;
  /** Of an agent's method that is the SDK's: it has read the agent's settings before it calls a model. */
  readonly readsSettingsOnce?: boolean;
}

/** By the result: the run that observes how it is read. */
const observed = new WeakMap<object, WrappedRun>();

export class WrappedRun extends ObservedRun implements WorkObserver, RunOrigin {
  readonly kind: OperationKind;
  readonly namespace: object | undefined;
  readonly readsSettingsOnce: boolean;
  /** Of an agent's run: has the program and the SDK read the agent's own settings again. */
  hideSettings: (() => void) | undefined;

  constructor(
    span: Span,
    parent: SpanParent,
    start: SpanStart,
    { turn, settings }: RunFacts,
    { kind, namespace, readsSettingsOnce = false }: RunOrigin,
  ) {
    const reading: Reading | undefined = kind.source && (kind.source === "baseStream" ? "watched" : "unseen");
    super(span, parent, start, { turn, settings, reading });
    this.kind = kind;
    if (kind.source === "baseStream" && !canObserveStreams()) this.onUnobserved();
    this.namespace = namespace;
    this.readsSettingsOnce = readsSettingsOnce;
  }

  /** A callback of the program's sees the agent as the program does. */
  override isActive(): boolean {
    return super.isActive() && workOf("callback") !== this;
  }

  /** The SDK has read what it reads of an agent's settings before it calls a model. */
  override startAttempt(...call: Parameters<ObservedRun["startAttempt"]>): Attempt | undefined {
    if (this.readsSettingsOnce) contain("settings", () => this.hideSettings?.());
    return super.startAttempt(...call);
  }

  /** The SDK gave its result. One whose readers are not observed ends by a callback, or when nobody can read it. */
  onValue(result: unknown): void {
    const { lifetime } = this;
    if (!lifetime) return this.end(OK);
    contain("result", () => restoreTools(asRecord(result)));
    const { kind } = this;
    const source = asRecord(result)?.[kind.source ?? ""];
    if (isRecord(result)) {
      const inner = observed.get(result);
      if (inner) return this.endWith(inner);
      observed.set(result, this);
    }
    if (kind.source === "baseStream" && isRecord(source)) {
      if (!observeReading(source, lifetime)) this.onUnobserved();
      lifetime.watch(source);
    } else if (source instanceof Promise) {
      const total: unknown = asRecord(result)?.totalUsage;
      const observer: WorkObserver = {
        onValue: (answer) => {
          contain("result", () => this.#onAnswer(answer));
          lifetime.onValue();
        },
        onError: (error) => lifetime.onError(error),
      };
      observeResult(Promise.all([source, total]), observer, true);
      lifetime.watch(source);
    } else this.end(OK);
  }

  /** A result for one reader reports no steps. Of a run with one step it has the tokens. */
  #onAnswer(answer: unknown): void {
    const [finishReason, usage] = Array.isArray(answer) ? (answer as unknown[]) : [];
    if (this.modelCalls === 1) this.onStepPart({ finishReason, usage });
  }

  onError(error: unknown): void {
    this.end(this.outcomeOf(error));
  }

  /** `onFinish`: an object that was found wrong says so here. */
  onFinish(event: unknown): void {
    const error = asRecord(event)?.error;
    if (error !== undefined) this.lifetime?.onPart({ type: "error", error });
    if (isRecord(event)) this.onStepPart(event);
    if (this.isUnobserved) this.lifetime?.onComplete();
  }
}

/** A streamed result has the tools as a property (v5 to v7). */
function restoreTools(result: UnknownRecord | undefined): void {
  const tools = result?.tools;
  if (result && originalOf(tools) !== tools) Reflect.set(result, "tools", originalOf(tools));
}
