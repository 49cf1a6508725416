/** Finds a tracer provider that our copy of the API ignores. */
import type { Check } from "../check.ts";
import { everyWrappingHasProvider } from "../wrapping-providers.ts";

export const providerOfAnotherAPI: Check = {
  id: "provider-of-another-api",
  lookedAt: "the versions of `@opentelemetry/api` that registered the provider and that ai-spans loads",
  means:
    "A provider is registered, and ai-spans does not get it. A copy of the API accepts a registration of its own major version, and of its own or a newer minor version (`global-utils.ts` of the API).",
  toDo: "Install one version of `@opentelemetry/api` for the whole program, 1.9 or later: `npm ls @opentelemetry/api` shows the copies.",
  examine({ registration, ledger }) {
    if (!registration.hasProvider || registration.isAccepted || everyWrappingHasProvider(ledger))
      return undefined;
    const { registeredVersion = "unknown", ourVersion = "unknown" } = registration;
    return {
      found: `the provider is registered with version ${registeredVersion} of the API, which version ${ourVersion} of ai-spans does not accept`,
      details: { registeredVersion, ourVersion },
    };
  },
};
