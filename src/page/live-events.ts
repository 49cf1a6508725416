/** Receives the spans from the program, and connects again when the program was restarted. */
import type { Hello, Limits, StoredSpan } from "../traces/span-record.ts";

/** Milliseconds before we connect again after an error response. After other failures, the browser does it. */
const RETRY_MS = 2_000;

export interface LiveListener {
  onHello(hello: Hello): void;
  onSpans(spans: readonly StoredSpan[]): void;
  onLimits(limits: Limits): void;
  onDisconnected(): void;
}

export function connect(listener: LiveListener): void {
  const source = new EventSource("/events");
  // The casts hold, because the server of the page sends these types.
  source.addEventListener("hello", ({ data }) => listener.onHello(JSON.parse(String(data)) as Hello));
  source.addEventListener("spans", ({ data }) => listener.onSpans(JSON.parse(String(data)) as StoredSpan[]));
  source.addEventListener("limits", ({ data }) => listener.onLimits(JSON.parse(String(data)) as Limits));
  source.addEventListener("error", () => {
    listener.onDisconnected();
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => connect(listener), RETRY_MS);
  });
}
