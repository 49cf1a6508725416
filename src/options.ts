/**
 * Public options, their checks and defaults. Resolved once per wrapper; nothing is read from the environment.
 */
import type { TracerProvider } from "@opentelemetry/api";
import { DEFAULT_NAMESPACE, vendorKeys, type VendorKeys } from "./semconv/vendor-keys.ts";

export interface WrapOptions {
  /**
   * Prefix of the keys that are not in the conventions, such as `ai_spans.canceled`: lower-case words joined by
   * dots. Default `"ai_spans"`.
   */
  readonly namespace?: string;
  /**
   * Milliseconds after which a streamed result that nobody reads is closed as `abandoned`; a consumer that waits
   * for the provider is reading. Default 600,000 (10 minutes).
   */
  readonly idleDeadlineMs?: number;
  /** Where spans go. Default: the provider registered with `@opentelemetry/api`, looked up at each call. */
  readonly tracerProvider?: TracerProvider;
}

export interface ResolvedOptions {
  readonly keys: VendorKeys;
  readonly idleDeadlineMs: number;
  readonly tracerProvider: TracerProvider | undefined;
}

const OPTION_NAMES: ReadonlySet<string> = new Set(["namespace", "idleDeadlineMs", "tracerProvider"]);
const NAMESPACE_PATTERN = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/;
/** Prefixes that belong to the conventions and to the SDK. */
const RESERVED_NAMESPACE = /^(ai|gen_ai)(\.|$)/;
const DEFAULT_IDLE_DEADLINE_MS = 600_000;
/** The longest delay a timer can hold (2^31 - 1 milliseconds). */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Throws a `TypeError` that names the caller and the bad option. */
export function resolveOptions(caller: string, options: WrapOptions | undefined): ResolvedOptions {
  const { namespace = DEFAULT_NAMESPACE, idleDeadlineMs = DEFAULT_IDLE_DEADLINE_MS, tracerProvider } = options ?? {};
  const check = (holds: boolean, rule: string): void => {
    if (!holds) throw new TypeError(`${caller}: ${rule}`);
  };
  check(options === undefined || (typeof options === "object" && options !== null), "options must be an object");
  const unknownName = Object.keys(options ?? {}).find((name) => !OPTION_NAMES.has(name));
  check(unknownName === undefined, `unknown option "${unknownName}"; known: ${[...OPTION_NAMES].join(", ")}`);
  check(
    typeof namespace === "string" && NAMESPACE_PATTERN.test(namespace) && !RESERVED_NAMESPACE.test(namespace),
    `option "namespace" must be lower-case words joined by dots, not below "ai" or "gen_ai"`,
  );
  check(
    typeof idleDeadlineMs === "number" && idleDeadlineMs >= 1 && idleDeadlineMs <= LONGEST_TIMER_MS,
    `option "idleDeadlineMs" must be a number from 1 to ${LONGEST_TIMER_MS}`,
  );
  check(
    tracerProvider === undefined || typeof tracerProvider?.getTracer === "function",
    `option "tracerProvider" must have a getTracer method`,
  );
  return { keys: vendorKeys(namespace), idleDeadlineMs, tracerProvider };
}
