/**
 * What the wrappers of one run share: the run, the signals that may stop it, and its result's lifetime.
 */
import { contain } from "../guard.ts";
import { readAbort } from "../readers/failure.ts";
import type { AgentRun } from "../spans/agent-run.ts";
import { monotonicMs } from "../spans/clock.ts";
import type { PipeObserver } from "../streams/observed-pipe.ts";
import { ResultLifetime } from "../streams/result-lifetime.ts";
import type { ResultKind } from "./operations.ts";

export class RunScope {
  readonly run: AgentRun;
  /** Streamed results only. */
  readonly lifetime: ResultLifetime | undefined;
  readonly #signals: AbortSignal[] = [];
  #modelStream: PipeObserver | undefined;

  constructor(run: AgentRun, kind: ResultKind, idleDeadlineMs: number) {
    this.run = run;
    if (kind !== "promise") {
      this.lifetime = new ResultLifetime({
        idleDeadlineMs,
        signal: () => this.abortedSignal(),
        onEnd: (outcome, endedMs) => run.end(outcome, endedMs),
        now: monotonicMs,
        isFlowing: () => kind === "single-reader" && run.openSpans > 0 && this.#modelStream?.backpressured !== true,
      });
    }
    run.onEnd(this.#release);
  }

  /**
   * The caller's signal, and the SDK's own where it adds a timeout: the run ends when one of them fires, even if a
   * tool or a provider never answers.
   */
  seeSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
    if (signal === undefined || this.#signals.includes(signal)) return signal;
    this.#signals.push(signal);
    if (!signal.aborted && !this.run.ended) signal.addEventListener("abort", this.#onAbort, { once: true });
    return signal;
  }

  /** Something began below the run: it must come to an end even if nobody reads. */
  onActivity(): void {
    this.lifetime?.watchIdle();
  }

  /** The latest model stream: where it waits for its reader, nobody reads. */
  onModelStream(stream: PipeObserver): void {
    this.#modelStream = stream;
  }

  abortedSignal(): AbortSignal | undefined {
    return this.#signals.find((signal) => signal.aborted);
  }

  readonly #onAbort = (): void => {
    contain("abort", () => {
      const outcome = readAbort(this.abortedSignal());
      if (outcome !== undefined) this.run.end(outcome);
    });
  };

  readonly #release = (): void => {
    this.lifetime?.release();
    for (const signal of this.#signals) signal.removeEventListener("abort", this.#onAbort);
  };
}
