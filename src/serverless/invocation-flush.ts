/**
 * Ends one invocation: waits until its last open span has ended, up to a deadline, and then flushes. If spans are open
 * at the deadline, a warning names them, and they stay open. When they end later, they are flushed too.
 */
import { contain, contained, report, warn } from "../foundation/containment.ts";
import { Deadline } from "./deadline.ts";
import { OpenSpans } from "./open-spans.ts";
import { hasUnreadBody, observedResponse } from "./observed-response.ts";
import { flushProviders } from "./providers.ts";
import type { WaitUntil } from "./wait-until.ts";

let hasWarned = false;

function warnUnreachable(): void {
  if (!hasWarned)
    warn(
      "flushAfter cannot observe spans: no context manager is registered, and the runtime has no AsyncLocalStorage",
    );
  hasWarned = true;
}

export interface FlushSettings {
  readonly waitUntil: WaitUntil | undefined;
  /** If `undefined`, the providers that are registered with the API are flushed. */
  readonly providers: readonly unknown[] | undefined;
  readonly timeoutMs: number;
}

export class InvocationFlush {
  readonly #settings: FlushSettings;
  readonly #open = new OpenSpans();
  readonly #deadline: Deadline;
  /** The flush of spans that ended after the first flush of the invocation. */
  #lateFlush: Promise<void> | undefined;

  constructor(settings: FlushSettings) {
    this.#settings = settings;
    this.#deadline = new Deadline(settings.timeoutMs);
  }

  run<T>(work: () => T): T {
    return this.#open.run(() => {
      if (!this.#open.isReachable) warnUnreachable();
      return work();
    });
  }

  /**
   * Is called when the work has settled, and resolves when the platform may get the result. Without `waitUntil` that is
   * after the flush. If `waitUntil` keeps the invocation alive, it is at once. Never rejects.
   *
   * A response with an unread body resolves at once too, because its spans end only when the body is read. Without
   * `waitUntil`, the end of the body then waits for the flush.
   */
  async settle<T>(result: T): Promise<T> {
    const hasBodyToRead = this.#hasOpenSpans && contain("response", () => hasUnreadBody(result));
    if (!hasBodyToRead) {
      const flushed = this.#flush(() => undefined);
      if (!this.#isKeptAliveFor(flushed)) await flushed;
      return result;
    }
    let resolveEnd = (): void => {};
    const bodyEnd = new Promise<void>((resolve) => (resolveEnd = resolve));
    let isRead = false;
    // Some runtimes read the body by its internals, which cannot be observed. Then no read is noticed, and the flush
    // waits only for the spans.
    const flushed = this.#flush(() => (isRead || !this.#open.isReachable ? bodyEnd : undefined));
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
    // The cast holds, because `observedResponse` returns the response itself or a plain `Response` for a plain one.
    return response as T & Response;
  }

  /** If spans cannot be observed, we assume that one is open. */
  get #hasOpenSpans(): boolean {
    return this.#open.size > 0 || !this.#open.isReachable;
  }

  /**
   * Waits for the end of all spans, and flushes. Never rejects.
   *
   * @param bodyEnd is called when no span is open. If it returns the end of a body, the flush waits for that end too
   */
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

  /** Resolves when no span is open and the body has ended, or at the deadline. */
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
      // Another span may have started after the last one ended.
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
      const returned = waitUntil(flushed);
      // An async `waitUntil` may reject later. No other code handles that rejection.
      void Promise.resolve(returned).catch(contained("waitUntil", (error) => report("waitUntil", error)));
      return true;
    } catch (error) {
      report("waitUntil", error);
      return false;
    }
  }
}
