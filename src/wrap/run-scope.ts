/**
 * A run as its wrappers see it: with the signals that may stop it and the lifetime of its result. Holds nothing of what
 * the caller passed but its abort signals and its models.
 */
import type { Span } from "@opentelemetry/api";
import { contain } from "../guard.ts";
import { readAbort, readFailure } from "../readers/failure.ts";
import { asRecord, isReadableStream } from "../readers/guards.ts";
import { ABORTED, OK } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";
import { AgentRun, type RunFacts } from "../spans/agent-run.ts";
import { wallMs } from "../spans/clock.ts";
import type { SpanParent } from "../spans/open-span.ts";
import type { PipeObserver } from "../streams/observed-pipe.ts";
import { observeTee } from "../streams/observed-tee.ts";
import { ResultLifetime, type ResultOwner } from "../streams/result-lifetime.ts";
import type { ResultSource } from "./operations.ts";
import { listen, type WorkListener } from "./traced-work.ts";

export interface ScopeFacts extends RunFacts {
  readonly source: ResultSource;
}

export class RunScope extends AgentRun implements ResultOwner, WorkListener {
  readonly wallMs = wallMs;
  readonly idleDeadlineMs = this.tracing.options.idleDeadlineMs;
  /** The run's models and what the SDK gets in their place. */
  readonly models = new WeakMap<object, object>();
  /** The last one to call a model. */
  attempt: PipeObserver | undefined;
  readonly #source: ResultSource;
  readonly #lifetime: ResultLifetime | undefined;
  readonly #signals: AbortSignal[] = [];

  constructor(span: Span, parent: SpanParent, facts: ScopeFacts) {
    super(span, parent, facts);
    this.#source = facts.source;
    if (facts.source) this.#lifetime = new ResultLifetime(this);
  }

  /**
   * The caller's signal, and the SDK's own where it adds a timeout: the run ends when one of them fires, even if a tool
   * or a provider never answers.
   */
  seeSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
    if (signal && !this.#signals.includes(signal)) {
      this.#signals.push(signal);
      if (!signal.aborted && !this.ended) signal.addEventListener("abort", this, { once: true });
    }
    return signal;
  }

  /** A signal fired. */
  handleEvent(): void {
    contain("abort", () => this.end(this.abortOutcome() ?? ABORTED));
  }

  abortOutcome(): Outcome | undefined {
    return readAbort(this.#signals.find((signal) => signal.aborted));
  }

  outcomeOf(error: unknown): Outcome {
    return this.abortOutcome() ?? readFailure(error);
  }

  /** Something began below the run: it must come to an end even if nobody reads. */
  onActivity(): void {
    this.#lifetime?.watchIdle();
  }

  /** A single reader is not seen; where the model's stream waits for it, it does not read. */
  isFlowing(): boolean {
    return this.#source === "finishReason" && this.isBusy && !this.attempt?.backpressured;
  }

  /** The SDK gave its result: one that cannot be watched ends its run here, as far as it went. */
  onValue(result: unknown): void {
    const lifetime = this.#lifetime;
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

  /** The run has ended, or what began below it after that. */
  protected override release(): void {
    this.#lifetime?.release();
    for (const signal of this.#signals) signal.removeEventListener("abort", this);
  }
}
