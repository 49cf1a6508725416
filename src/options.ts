/**
 * Public options, their checks and defaults. Resolved once per wrapper; nothing is read from the environment.
 */
import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import { contain } from "./foundation/containment.ts";
import { checkOptionNames, refuseOption } from "./foundation/option-checks.ts";
import { asRecord, finiteNumber, isFunction } from "./foundation/structure.ts";
import { LONGEST_TIMER_MS } from "./foundation/timers.ts";
import { DEFAULT_NAMESPACE } from "./semconv/span-attributes.ts";
import {
  SEMCONV_VERSIONS,
  vocabulariesOf,
  type SemconvVersion,
  type Vocabulary,
} from "./semconv/vocabulary.ts";

export interface TracingOptions {
  /**
   * Prefix of the keys that are not in the conventions, such as `ai_spans.canceled`: lower-case words joined by
   * dots. Default `"ai_spans"`.
   */
  readonly namespace?: string;
  /**
   * Milliseconds after which a streamed result that nobody reads is closed as `abandoned`; a consumer that waits
   * for the provider is reading. Default 600,000 (10 minutes); on Cloudflare's runtime 2,000 for a result that nobody has
   * begun to read, since an open timer keeps a Durable Object from hibernating.
   */
  readonly idleDeadlineMs?: number;
  /**
   * Whether the span of a run has the token counts of its model calls in sum. `false` for backends that add up every
   * span: then only the spans of the model calls have counts. Default `true`.
   */
  readonly runUsage?: boolean;
  /** Where spans go. Default: the provider registered with `@opentelemetry/api`, looked up at each call. */
  readonly tracerProvider?: TracerProvider;
  /** Where metrics go. Default: the provider registered with `@opentelemetry/api`, looked up at each call. */
  readonly meterProvider?: MeterProvider;
  /**
   * The version of the conventions whose names are used, for backends that read older ones: `"1.41"` and `"1.36"` put
   * theirs in the place of those that have moved since (docs/reference/metrics.md, "Older names"), `"1.41/dup"` and `"1.36/dup"` beside them.
   * Default `"latest"`.
   */
  readonly semconv?: SemconvVersion;
}

export interface ResolvedOptions {
  readonly namespace: string;
  readonly vocabularies: readonly Vocabulary[];
  readonly idleDeadlineMs: number;
  /** That of a result that nobody has begun to read. */
  readonly unreadDeadlineMs: number;
  readonly runUsage: boolean;
  readonly tracerProvider: TracerProvider | undefined;
  readonly meterProvider: MeterProvider | undefined;
}

const DEFAULT_IDLE_DEADLINE_MS = 600_000;
/** A Durable Object hibernates after ten seconds without work, and a timer is work. */
const WORKERS_UNREAD_DEADLINE_MS = 2_000;
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
      `must be a number from 1 to ${LONGEST_TIMER_MS}`,
      (value) => Number(finiteNumber(value)) >= 1 && Number(value) <= LONGEST_TIMER_MS,
    ],
  ],
  ["runUsage", ["must be true or false", (value) => typeof value === "boolean"]],
  ["tracerProvider", ["must have a getTracer method", (value) => isFunction(asRecord(value)?.getTracer)]],
  ["meterProvider", ["must have a getMeter method", (value) => isFunction(asRecord(value)?.getMeter)]],
  [
    "semconv",
    [`must be one of ${SEMCONV_VERSIONS.join(", ")}`, (value) => SEMCONV_VERSIONS.includes(value as string)],
  ],
]);

/** @throws TypeError when an option is unknown or malformed, with the names of the caller and the option */
export function resolveOptions(caller: string, options: TracingOptions = {}): ResolvedOptions {
  checkOptionNames(caller, options, [...RULES.keys()]);
  for (const [name, value] of Object.entries(options)) {
    const [rule, holds] = RULES.get(name) ?? [];
    if (rule !== undefined && value !== undefined && !holds?.(value)) refuseOption(caller, name, rule);
  }
  const {
    namespace = DEFAULT_NAMESPACE,
    idleDeadlineMs = DEFAULT_IDLE_DEADLINE_MS,
    runUsage = true,
    tracerProvider,
    meterProvider,
    semconv = "latest",
  } = options;
  const vocabularies = vocabulariesOf(namespace, semconv);
  const unreadDeadlineMs = options.idleDeadlineMs ?? defaultUnreadDeadlineMs();
  return {
    namespace,
    vocabularies,
    idleDeadlineMs,
    unreadDeadlineMs,
    runUsage,
    tracerProvider,
    meterProvider,
  };
}

export function defaultUnreadDeadlineMs(): number {
  const userAgent = contain("runtime", () => asRecord(asRecord(globalThis)?.navigator)?.userAgent);
  return userAgent === "Cloudflare-Workers" ? WORKERS_UNREAD_DEADLINE_MS : DEFAULT_IDLE_DEADLINE_MS;
}
