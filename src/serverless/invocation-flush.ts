/**
 * The end of one invocation: waits for its last open span, within a deadline, and then flushes. What is open at the
 * deadline is named and stays open; when it ends after all, there is another flush.
 */
import { report, warn } from "../containment.ts";
import { Deadline } from "./deadline.ts";
import { OpenSpans } from "./open-spans.ts";
import { flushProviders } from "./providers.ts";
import { hasUnreadBody, watchBody } from "./response-body.ts";
import type { WaitUntil } from "./wait-until.ts";

let isUntoldKnown = false;

function warnUntold(): void {
  if (!isUntoldKnown)
    warn("flushAfter sees no spans: no context manager is registered, nor is AsyncLocalStorage there");
  isUntoldKnown = true;
}

export interface FlushSettings {
  readonly waitUntil: WaitUntil | undefined;
  /** Absent: those registered with the API. */
  readonly providers: readonly unknown[] | undefined;
  readonly timeoutMs: number;
}

export class InvocationFlush {
  readonly #settings: FlushSettings;
  readonly #open = new OpenSpans();
  readonly #deadline: Deadline;

  constructor(settings: FlushSettings) {
    this.#settings = settings;
    this.#deadline = new Deadline(settings.timeoutMs);
  }

  run<T>(work: () => T): T {
    return this.#open.run(() => {
      if (!this.#open.isTold) warnUntold();
      return work();
    });
  }

  /**
   * The work has settled. Resolves when its result can be given away: at once where something keeps the invocation
   * alive, else when all is flushed; of a streamed response, which has to be read first, only its end waits for that.
   */
  async settle<T>(result: T): Promise<T> {
    const { waitUntil } = this.#settings;
    // An answer that no span hangs on goes on untouched, where something else keeps the invocation alive.
    const isWatched = !waitUntil || !this.#open.isTold || this.#open.size > 0;
    if (!isWatched || !hasUnreadBody(result)) {
      const flushed = this.#flush(undefined);
      if (!this.#isKeptAliveFor(flushed)) await flushed;
      return result;
    }
    let onEnd = (): void => {};
    const flushed = this.#flush(new Promise((resolve) => (onEnd = resolve)));
    const isKeptAlive = this.#isKeptAliveFor(flushed);
    const watched = watchBody(result, {
      onRead: () => this.#deadline.suspend(),
      onChunk: () => this.#deadline.start(),
      onEnd: () => {
        this.#deadline.start();
        onEnd();
        return isKeptAlive ? undefined : flushed;
      },
    });
    // The same class, as far as it can be told: it has been tested for.
    return watched as T & Response;
  }

  async #flush(bodyEnd: Promise<void> | undefined): Promise<void> {
    const open = this.#open;
    const spansEnd = new Promise<void>((resolve) => {
      if (open.size === 0) resolve();
      else open.onEmpty = resolve;
    });
    this.#deadline.start();
    await Promise.race([this.#deadline.expired, Promise.all([bodyEnd, spansEnd])]);
    this.#deadline.end();
    if (open.size > 0) warn(`open after the deadline of flushAfter: ${open.names.join(", ")}`);
    open.onEmpty = () => this.#isKeptAliveFor(this.#flushProviders());
    await this.#flushProviders();
  }

  #flushProviders(): Promise<void> {
    return flushProviders(this.#settings.providers, this.#settings.timeoutMs);
  }

  #isKeptAliveFor(flushed: Promise<void>): boolean {
    const { waitUntil } = this.#settings;
    if (!waitUntil) return false;
    try {
      waitUntil(flushed);
      return true;
    } catch (error) {
      report("waitUntil", error);
      return false;
    }
  }
}
