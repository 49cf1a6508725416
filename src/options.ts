/**
 * Public options, their checks and defaults. Resolved once per wrapper; nothing is read from the environment.
 */
import type { TracerProvider } from "@opentelemetry/api";
import { asRecord, finiteNumber, isFunction, isRecord } from "./readers/guards.ts";
import { attributeKeys, DEFAULT_NAMESPACE, type AttributeKeys } from "./semconv/span-attributes.ts";

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
  readonly namespace: string;
  readonly keys: AttributeKeys;
  readonly idleDeadlineMs: number;
  readonly tracerProvider: TracerProvider | undefined;
}

const DEFAULT_IDLE_DEADLINE_MS = 600_000;
/** The longest delay a timer can hold (2^31 - 1 milliseconds). */
const LONGEST_TIMER_MS = 2_147_483_647;
/** Lower-case words joined by dots, but not the prefixes that belong to the conventions and to the SDK. */
const NAMESPACE_PATTERN = /^(?!(gen_)?ai(\.|$))[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/;

const RULES: ReadonlyMap<string, readonly [rule: string, holds: (value: unknown) => boolean]> = new Map([
  [
    "namespace",
    ["must be dotted lower-case words, not ai or gen_ai", (value) => NAMESPACE_PATTERN.test(String(value))],
  ],
  [
    "idleDeadlineMs",
    [
      "must be a number from 1 to 2147483647",
      (value) => Number(finiteNumber(value)) >= 1 && Number(value) <= LONGEST_TIMER_MS,
    ],
  ],
  ["tracerProvider", ["must have a getTracer method", (value) => isFunction(asRecord(value)?.getTracer)]],
]);

/** Throws a `TypeError` that names the caller and the bad option. */
export function resolveOptions(caller: string, options: WrapOptions = {}): ResolvedOptions {
  const given: unknown = options;
  if (!isRecord(given)) throw new TypeError(`${caller}: options must be an object`);
  for (const [name, value] of Object.entries(options)) {
    const [rule, holds] = RULES.get(name) ?? ["is unknown"];
    if (holds === undefined || (value !== undefined && !holds(value))) {
      throw new TypeError(`${caller}: option "${name}" ${rule}`);
    }
  }
  const {
    namespace = DEFAULT_NAMESPACE,
    idleDeadlineMs = DEFAULT_IDLE_DEADLINE_MS,
    tracerProvider,
  } = options;
  return { namespace, keys: attributeKeys(namespace), idleDeadlineMs, tracerProvider };
}
