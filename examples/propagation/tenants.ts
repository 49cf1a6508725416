// Records the tenant of each run. The baggage travels with the trace. The entries in `keys` become attributes of the
// agents' spans, here and in every service that registers the processor. All other entries stay baggage.
import { context, propagation } from "@opentelemetry/api";
import { createBaggageSpanProcessor, injectContext, withRemoteContext } from "ai-spans/propagation";
import { runHotelAgent } from "./agent.ts";
import { printTraces, startTelemetry } from "./telemetry.ts";

startTelemetry(createBaggageSpanProcessor({ keys: ["tenant.id"] }));

// At the edge, where the tenant is known.
const baggage = propagation.createBaggage({
  "tenant.id": { value: "acme" },
  "session.token": { value: "s3cret" },
});
const headers = context.with(propagation.setBaggage(context.active(), baggage), () =>
  injectContext(new Headers()),
);

// In the service behind it.
await withRemoteContext(headers, runHotelAgent);
printTraces("tenant.id", "session.token");
