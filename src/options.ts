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
  if (options !== undefined && (typeof options !== "object" || options === null)) {
    throw new TypeError(`${caller}: options must be an object, not ${describe(options)}`);
  }
  const { namespace = DEFAULT_NAMESPACE, idleDeadlineMs = DEFAULT_IDLE_DEADLINE_MS, tracerProvider } = options ?? {};
  for (const name of Object.keys(options ?? {})) {
    if (!OPTION_NAMES.has(name)) {
      throw new TypeError(`${caller}: unknown option "${name}"; known are ${[...OPTION_NAMES].join(", ")}`);
    }
  }
  if (typeof namespace !== "string" || !NAMESPACE_PATTERN.test(namespace) || RESERVED_NAMESPACE.test(namespace)) {
    throw new TypeError(
      `${caller}: option "namespace" must be lower-case words joined by dots and not "ai" or "gen_ai", ` +
        `not ${describe(namespace)}`,
    );
  }
  if (typeof idleDeadlineMs !== "number" || !(idleDeadlineMs > 0 && idleDeadlineMs <= LONGEST_TIMER_MS)) {
    throw new TypeError(
      `${caller}: option "idleDeadlineMs" must be a number of milliseconds from 1 to ${LONGEST_TIMER_MS}, ` +
        `not ${describe(idleDeadlineMs)}`,
    );
  }
  if (tracerProvider !== undefined && typeof tracerProvider?.getTracer !== "function") {
    throw new TypeError(`${caller}: option "tracerProvider" must have getTracer(), got ${describe(tracerProvider)}`);
  }
  return { keys: vendorKeys(namespace), idleDeadlineMs, tracerProvider };
}

/** A value in an error message: its kind, and the value itself only where it is short and plain. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return value.length <= 40 ? JSON.stringify(value) : "a long string";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return value === undefined ? "undefined" : `a value of type ${typeof value}`;
}
