/**
 * A run as the wrappers around the SDK's models, tools and result see it.
 */
import type { Span } from "@opentelemetry/api";
import { asRecord, isReadableStream } from "../readers/guards.ts";
import { ObservedRun } from "../runs/observed-run.ts";
import { listen, type WorkListener } from "../runs/traced-work.ts";
import { OK } from "../semconv/outcome.ts";
import type { RunFacts } from "../spans/agent-run.ts";
import type { SpanParent } from "../spans/open-span.ts";
import { observeTee } from "../streams/observed-tee.ts";
import type { ResultSource } from "./operations.ts";

export class RunScope extends ObservedRun implements WorkListener {
  /** The model last seen, and what the SDK gets in its place. */
  model: object | undefined;
  modelView: object | undefined;
  readonly #source: ResultSource;

  constructor(span: Span, parent: SpanParent, facts: RunFacts, source: ResultSource) {
    const reading = source && (source === "baseStream" ? "watched" : "unseen");
    super(span, parent, { ...facts, reading: reading || undefined });
    this.#source = source;
  }

  /** The SDK gave its result: one that cannot be watched ends its run here, as far as it went. */
  onValue(result: unknown): void {
    const { lifetime } = this;
    const source = lifetime && asRecord(result)?.[this.#source];
    if (lifetime && isReadableStream(source) && observeTee(source, lifetime)) lifetime.watch(source);
    else if (lifetime && source instanceof Promise) {
      listen(source, lifetime, true);
      lifetime.watch(source);
    } else this.end(OK);
  }

  onError(error: unknown): void {
    this.end(this.outcomeOf(error));
  }
}
