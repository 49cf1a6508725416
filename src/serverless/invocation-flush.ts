/**
 * The end of one invocation: waits for its last open span, within a deadline, and then flushes. What is open at the
 * deadline is named and stays open; when it ends after all, there is another flush.
 */
import { contain, contained, report, warn } from "../foundation/containment.ts";
import { Deadline } from "./deadline.ts";
import { OpenSpans } from "./open-spans.ts";
import { hasUnreadBody, observedResponse } from "./observed-response.ts";
import { flushProviders } from "./providers.ts";
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
  /** Of spans that have ended after the flush of the invocation. */
  #lateFlush: Promise<void> | undefined;

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
   * The work has settled. Resolves when its result can be given to the platform: at once where something keeps the
   * invocation alive, else when all is flushed. A response whose body is still to be read is given at once, since its
   * spans end when it is read; there the end of the body waits for the flush. Rejects never.
   */
  async settle<T>(result: T): Promise<T> {
    const isToRead = this.#hasOpenSpans && contain("response", () => hasUnreadBody(result));
    if (!isToRead) {
      const flushed = this.#flush(() => undefined);
      if (!this.#isKeptAliveFor(flushed)) await flushed;
      return result;
    }
    let resolveEnd = (): void => {};
    const bodyEnd = new Promise<void>((resolve) => (resolveEnd = resolve));
    let isRead = false;
    // A runtime may read the body by ways of its own, which nobody observes. The end of the spans has to do there.
    const flushed = this.#flush(() => (isRead || !this.#open.isTold ? bodyEnd : undefined));
    const isKeptAlive = this.#isKeptAliveFor(flushed);
    const response = observedResponse(result as T & Response, {
      onRead: () => {
        isRead = true;
        this.#deadline.suspend();
      },
      onChunk: () => this.#deadline.start(),
      onEnd: () => {
        this.#deadline.start();
        resolveEnd();
        return isKeptAlive ? undefined : flushed.then(contained("flush", () => this.#lateFlush));
      },
    });
    // Of the same class: `observedResponse` makes no other.
    return response as T & Response;
  }

  /** Where nothing tells of spans, there may always be one. */
  get #hasOpenSpans(): boolean {
    return this.#open.size > 0 || !this.#open.isTold;
  }

  /** @param bodyEnd asked when no span is open any more: what has to be waited for besides. Rejects never. */
  async #flush(bodyEnd: () => Promise<void> | undefined): Promise<void> {
    try {
      const open = this.#open;
      await this.#spansEnd(bodyEnd);
      if (open.size > 0) warn(`open after the deadline of flushAfter: ${open.names.join(", ")}`);
      open.onEmpty = () => {
        this.#lateFlush = this.#flushProviders();
        this.#isKeptAliveFor(this.#lateFlush);
      };
      await this.#flushProviders();
    } catch (error) {
      report("flush", error);
    }
  }

  /** Resolves when no span is open, or at the deadline. */
  async #spansEnd(bodyEnd: () => Promise<void> | undefined): Promise<void> {
    const open = this.#open;
    const deadline = this.#deadline;
    deadline.start();
    do {
      const spansEnd = new Promise<void>((resolve) => {
        if (open.size === 0) resolve();
        else open.onEmpty = resolve;
      });
      await Promise.race([deadline.expired, spansEnd.then(contained("flush", bodyEnd))]);
      // A span may have begun since the last one ended.
    } while (open.size > 0 && !deadline.isExpired);
    deadline.end();
  }

  #flushProviders(): Promise<void> {
    return flushProviders(this.#settings.providers, this.#settings.timeoutMs);
  }

  #isKeptAliveFor(flushed: Promise<void>): boolean {
    const { waitUntil } = this.#settings;
    if (!waitUntil) return false;
    try {
      const answer = waitUntil(flushed);
      // One that is an async function may fail later. Nobody else has its promise.
      void Promise.resolve(answer).catch(contained("waitUntil", (error) => report("waitUntil", error)));
      return true;
    } catch (error) {
      report("waitUntil", error);
      return false;
    }
  }
}
