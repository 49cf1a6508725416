/**
 * A span processor for tests of memory.
 */
import type { SpanProcessor } from "@opentelemetry/sdk-trace-base";

/** Counts spans and holds none. */
export class CountingProcessor implements SpanProcessor {
  started = 0;
  ended = 0;

  onStart(): void {
    this.started += 1;
  }

  onEnd(): void {
    this.ended += 1;
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
