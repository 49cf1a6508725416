/**
 * A run as the wrappers around the SDK's models, tools and result see it.
 */
import type { Span } from "@opentelemetry/api";
import { contain } from "../containment.ts";
import { asRecord, isReadableStream, type UnknownRecord } from "../readers/structure.ts";
import { ObservedRun, type Reading } from "../runs/observed-run.ts";
import { observeResult, type WorkObserver } from "../runs/traced-work.ts";
import { OK } from "../semconv/outcome.ts";
import type { RunFacts } from "../spans/agent-run.ts";
import type { SpanParent } from "../spans/open-span.ts";
import type { SpanStart } from "../spans/tracing.ts";
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
    this.namespace = namespace;
  }

  /** The SDK gave its result: one that cannot be watched ends its run here, as far as it went. */
  onValue(result: unknown): void {
    const { lifetime } = this;
    if (!lifetime) return this.end(OK);
    contain("result", () => showOwnTools(asRecord(result)));
    const source = asRecord(result)?.[this.kind.source ?? ""];
    if (isReadableStream(source) && observeReading(source, lifetime)) lifetime.watch(source);
    else if (source instanceof Promise) {
      observeResult(source, lifetime, true);
      lifetime.watch(source);
    } else this.end(OK);
  }

  onError(error: unknown): void {
    this.end(this.outcomeOf(error));
  }

  /** What `onFinish` tells of a result that was found wrong. */
  seeFinish(event: unknown): void {
    const error = asRecord(event)?.error;
    if (error !== undefined) this.lifetime?.onPart({ type: "error", error });
  }
}

/** A streamed result has the tools as a property (v5 to v7). */
function showOwnTools(result: UnknownRecord | undefined): void {
  const tools = result?.tools;
  if (result && originalOf(tools) !== tools) Reflect.set(result, "tools", originalOf(tools));
}
