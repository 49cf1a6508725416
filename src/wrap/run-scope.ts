/**
 * What the wrappers of one run share: the run, the signals that may stop it, and its result's lifetime. Holds nothing of
 * what the caller passed but its abort signal.
 */
import type { Context, Span } from "@opentelemetry/api";
import { contain } from "../guard.ts";
import { readAbort } from "../readers/failure.ts";
import { readSettings } from "../readers/model-call.ts";
import { readTurn } from "../readers/turn.ts";
import type { Outcome } from "../semconv/records.ts";
import { AgentRun, type RunListener } from "../spans/agent-run.ts";
import { wallMs } from "../spans/clock.ts";
import type { Tracing } from "../spans/tracing.ts";
import { turnAttributes } from "../spans/turn-context.ts";
import type { ModelStream } from "../streams/model-stream.ts";
import { ResultLifetime, type ResultOwner } from "../streams/result-lifetime.ts";
import type { ResultKind } from "./operations.ts";

/** A run whose span was started. */
export interface StartedRun {
  readonly tracing: Tracing;
  readonly span: Span;
  readonly parent: Context;
  readonly kind: ResultKind;
  readonly parameters: unknown;
  readonly recording: boolean;
  /** The context of a span that does not record, where there is anything to enter. */
  readonly unrecorded: Context | undefined;
}

export class RunScope implements ResultOwner, RunListener {
  readonly run: AgentRun;
  readonly idleDeadlineMs: number;
  /** Streamed results only. */
  readonly lifetime: ResultLifetime | undefined;
  readonly #kind: ResultKind;
  readonly #signals: AbortSignal[] = [];
  #modelStream: ModelStream | undefined;

  constructor({ tracing, span, parent, kind, parameters }: StartedRun) {
    const turn = readTurn(parameters, turnAttributes(parent));
    this.run = new AgentRun(tracing, span, parent, { turn, settings: readSettings(parameters), listener: this });
    this.idleDeadlineMs = tracing.idleDeadlineMs;
    this.#kind = kind;
    this.lifetime = kind === "promise" ? undefined : new ResultLifetime(this, wallMs);
  }

  /**
   * The caller's signal, and the SDK's own where it adds a timeout: the run ends when one of them fires, even if a tool
   * or a provider never answers.
   */
  seeSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
    if (signal === undefined || this.#signals.includes(signal)) return signal;
    this.#signals.push(signal);
    if (!signal.aborted && !this.run.ended) signal.addEventListener("abort", this, { once: true });
    return signal;
  }

  /** A signal fired. */
  handleEvent(): void {
    contain("abort", () => {
      const outcome = readAbort(this.abortedSignal());
      if (outcome !== undefined) this.run.end(outcome);
    });
  }

  abortedSignal(): AbortSignal | undefined {
    return this.#signals.find((signal) => signal.aborted);
  }

  /** Something began below the run: it must come to an end even if nobody reads. */
  onActivity(): void {
    this.lifetime?.watchIdle();
  }

  onModelStream(stream: ModelStream): void {
    this.#modelStream = stream;
  }

  get hasFailed(): boolean {
    return this.run.hasFailed;
  }

  /** A single reader is not seen; where the model's stream waits for it, it does not read. */
  isFlowing(): boolean {
    return this.#kind === "single-reader" && this.run.isBusy && this.#modelStream?.backpressured !== true;
  }

  onResultEnd(outcome: Outcome, endedWallMs: number | undefined): void {
    this.run.end(outcome, endedWallMs);
  }

  onRunEnd(): void {
    this.lifetime?.release();
    for (const signal of this.#signals) signal.removeEventListener("abort", this);
  }
}
