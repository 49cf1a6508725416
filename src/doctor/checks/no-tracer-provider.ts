/** Finds a program without a tracer provider. */
import { counted, type Check } from "../check.ts";
import { everyWrappingHasProvider } from "../wrapping-providers.ts";

export const noTracerProvider: Check = {
  id: "no-tracer-provider",
  lookedAt:
    "the tracer provider that is registered with `@opentelemetry/api`, and those in the options of ai-spans",
  means: "Nothing is recorded. Each traced call gets a span that records nothing.",
  toDo: "Register a tracer provider, for example with `new NodeSDK().start()` of `@opentelemetry/sdk-node`, or pass one as the option `tracerProvider`. Or set `OTEL_EXPORTER_OTLP_ENDPOINT` and start with `--import ai-spans/register`. The provider may come after ai-spans, and must come before the call.",
  examine({ registration, ledger }) {
    if (registration.hasProvider || everyWrappingHasProvider(ledger)) return undefined;
    const { notSetUp, waitsForFirstCall } = registration;
    if (waitsForFirstCall && !notSetUp)
      return { unknown: "nothing was traced yet: ai-spans/register sets an SDK up at the first traced call" };
    const reason = notSetUp ? `; ai-spans/register sets no SDK up, because ${notSetUp}` : "";
    return {
      found: `no tracer provider is registered, and ${counted(ledger.withoutProvider, "span")} had none${reason}`,
      details: { spansWithoutProvider: ledger.withoutProvider },
    };
  },
};
