/**
 * Sends the spans that changed to one page, as server-sent events. A page that reads slowly gets fewer and larger
 * events, with the newest state of each span. So the spans that wait for it are never more than the store holds.
 */
import { contained } from "../foundation/containment.ts";
import { startIdleTimer, stopIdleTimer, type IdleTimer } from "../foundation/idle-timer.ts";
import type { Hello, Limits, StoredSpan } from "../traces/span-record.ts";
import type { HttpResponse } from "./node-http.ts";

/** The most spans in one event. */
const BATCH = 100;
/**
 * Milliseconds between a change and its event. Changes within this time share an event, so that a busy program sends
 * few.
 */
const DELAY_MS = 40;

export class EventStream {
  readonly #response: HttpResponse;
  /** The spans to send. The key has trace id and span id. */
  readonly #waiting = new Map<string, StoredSpan>();
  readonly #readLimits: () => Limits;
  #areLimitsWaiting = false;
  #timer: IdleTimer | undefined;
  #isBlocked = false;

  /** @param response whose head is already written */
  constructor(response: HttpResponse, hello: Hello, readLimits: () => Limits) {
    this.#response = response;
    this.#readLimits = readLimits;
    response.on(
      "drain",
      contained("view: drain", () => {
        this.#isBlocked = false;
        this.#flush();
      }),
    );
    this.#send("hello", hello);
  }

  add(span: StoredSpan): void {
    this.#waiting.set(`${span.traceId}.${span.spanId}`, span);
    this.#startTimer();
  }

  /** Sends the current limits with the next event. */
  addLimits(): void {
    this.#areLimitsWaiting = true;
    this.#startTimer();
  }

  #startTimer(): void {
    if (this.#timer || this.#isBlocked) return;
    this.#timer = startIdleTimer(() => {
      this.#timer = undefined;
      this.#flush();
    }, DELAY_MS);
  }

  remove(span: StoredSpan): void {
    this.#waiting.delete(`${span.traceId}.${span.spanId}`);
  }

  close(): void {
    stopIdleTimer(this.#timer);
    this.#waiting.clear();
    this.#response.end();
  }

  #flush(): void {
    if (this.#isBlocked) return;
    while (this.#waiting.size > 0) {
      const batch: StoredSpan[] = [];
      for (const [key, span] of this.#waiting) {
        if (batch.length === BATCH) break;
        batch.push(span);
        this.#waiting.delete(key);
      }
      this.#send("spans", batch);
      if (this.#isBlocked) return;
    }
    if (!this.#areLimitsWaiting) return;
    this.#areLimitsWaiting = false;
    this.#send("limits", this.#readLimits());
  }

  #send(event: string, data: unknown): void {
    this.#isBlocked = !this.#response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}
