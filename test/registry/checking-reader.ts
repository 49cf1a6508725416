/**
 * A reader of a meter provider that checks its metrics against the conventions, when a test ends and when the provider
 * shuts down. It extends the class of the SDK that is being loaded, so it imports no SDK.
 */
import type { MetricReader } from "@opentelemetry/sdk-metrics";
import { addSource, record } from "./checked-telemetry.ts";
import { declaredNames } from "./declared-names.ts";
import { excusesInForce } from "./excused.ts";

export function checkingReader(Base: typeof MetricReader): () => MetricReader {
  class CheckingReader extends Base {
    readonly #remove = addSource(() => this.#check());

    async #check(): Promise<void> {
      const { metricFindings } = await import("./metric-findings.ts");
      const { resourceMetrics } = await this.collect();
      record(metricFindings(resourceMetrics, declaredNames()), excusesInForce());
    }

    protected override async onForceFlush(): Promise<void> {}

    protected override async onShutdown(): Promise<void> {
      this.#remove();
      await this.#check();
    }
  }
  return () => new CheckingReader();
}
