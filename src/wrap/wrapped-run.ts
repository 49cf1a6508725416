/**
 * A run as the wrappers around the SDK's models, tools and result see it.
 */
import type { Span } from "@opentelemetry/api";
import { contain } from "../containment.ts";
import { asRecord, isReadableStream, isRecord, type UnknownRecord } from "../readers/structure.ts";
import { ObservedRun, type Reading } from "../runs/observed-run.ts";
import { observeResult, type WorkObserver } from "../runs/traced-work.ts";
import { OK } from "../semconv/outcome.ts";
import type { RunFacts } from "../spans/agent-run.ts";
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
}

export class WrappedRun extends ObservedRun implements WorkObserver, RunOrigin {
  readonly kind: OperationKind;
  readonly namespace: object | undefined;
  /** Somebody has replaced the platform's streams: callbacks alone report how the result goes. */
  readonly isUnobserved: boolean;

  constructor(
    span: Span,
    parent: SpanParent,
    start: SpanStart,
    { turn, settings }: RunFacts,
    { kind, namespace }: RunOrigin,
  ) {
    const reading: Reading | undefined = kind.source && (kind.source === "baseStream" ? "watched" : "unseen");
    super(span, parent, start, { turn, settings, reading });
    this.kind = kind;
    this.isUnobserved = kind.source === "baseStream" && !canObserveStreams();
    this.namespace = namespace;
  }

  /** The SDK gave its result. One whose readers are not observed ends by a callback, or when nobody can read it. */
  onValue(result: unknown): void {
    const { lifetime } = this;
    if (!lifetime) return this.end(OK);
    contain("result", () => restoreTools(asRecord(result)));
    const source = asRecord(result)?.[this.kind.source ?? ""];
    if (isReadableStream(source)) {
      if (!observeReading(source, lifetime)) this.readsUnobserved();
      lifetime.watch(source);
    } else if (source instanceof Promise) {
      observeResult(source, lifetime, true);
      lifetime.watch(source);
    } else this.end(OK);
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
