// A server that gets a signal to stop: its open runs end as canceled with the cause `shutdown`, and their spans are sent.
import { endOpenRuns, type Flushable } from "ai-spans/serverless";

/** A tracer or meter provider of an OpenTelemetry SDK. */
export interface Provider extends Flushable {
  shutdown(): Promise<void>;
}

export function stopOnSignal(server: { close(): unknown }, providers: readonly Provider[]): void {
  process.once("SIGTERM", () => void stop(server, providers));
}

async function stop(server: { close(): unknown }, providers: readonly Provider[]): Promise<void> {
  server.close(); // No new requests.
  await endOpenRuns({ provider: providers });
  // Waits for the batches that were on their way. `forceFlush` of the SDK's processor does not.
  await Promise.allSettled(providers.map(async (provider) => provider.shutdown()));
  process.exit();
}
