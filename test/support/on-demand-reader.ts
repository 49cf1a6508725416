/**
 * A metric reader that collects only on demand.
 */
import { MetricReader } from "@opentelemetry/sdk-metrics";

export class OnDemandReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}
