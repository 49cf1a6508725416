/**
 * The connection of one page: server-sent events with the spans that changed. A page that reads slowly gets fewer and
 * larger events, and each span in its newest state, so what waits for it is bounded by the store.
 */
import { contained } from "../foundation/containment.ts";
import { startIdleTimer, stopIdleTimer, type IdleTimer } from "../foundation/idle-timer.ts";
import type { Hello, Limits, StoredSpan } from "../traces/span-record.ts";
import type { HttpResponse } from "./node-http.ts";

/** Spans of an event at most. */
const BATCH = 100;
/** Milliseconds between a change and its event, so that a busy program sends few events. */
const DELAY_MS = 40;

export class EventStream {
  readonly #response: HttpResponse;
  /** By trace id and span id. */
  readonly #waiting = new Map<string, StoredSpan>();
  readonly #readLimits: () => Limits;
  #areLimitsWaiting = false;
  #timer: IdleTimer | undefined;
  #isBlocked = false;

  /** @param response its head is written */
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

  /** The limits have changed. */
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
