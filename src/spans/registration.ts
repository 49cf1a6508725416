/**
 * Notices a tracer provider that is registered with another copy of `@opentelemetry/api`, which ours does not take: the
 * API takes a registration of its own major version and of at least its own minor version (`global-utils.ts`, 1.9.1).
 */
import { trace, type DiagLogger } from "@opentelemetry/api";
import { contain, warnOnce } from "../foundation/containment.ts";

/** What a copy of the API keeps for all copies. */
interface Registrations {
  readonly trace?: unknown;
  readonly diag?: Pick<DiagLogger, "warn">;
}

/** One key for each major version of the API. */
const KEYS: readonly symbol[] = [1, 2].map((major) => Symbol.for(`opentelemetry.js.api.${major}`));
const shared = globalThis as { readonly [key: symbol]: Registrations | undefined };

const MESSAGE =
  "nothing is recorded: the tracer provider is registered with another version of @opentelemetry/api, which the one beside ai-spans does not take; install one version for both, 1.9 or later";

let isReported = false;

/** Called where a call has no tracer provider. The copy beside ours may have a logger, where ours has none. */
export function checkRegistrations(): void {
  if (isReported) return;
  for (const key of KEYS) {
    const registered = shared[key];
    if (!registered?.trace || registered.trace === trace.getTracerProvider()) continue;
    isReported = true;
    warnOnce(MESSAGE);
    contain("registration", () => registered.diag?.warn(MESSAGE));
  }
}
