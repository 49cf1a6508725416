/**
 * The public options of the root entry, with their checks and defaults. A wrapper resolves them once. Nothing is read
 * from the environment.
 */
import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import { checkOptionNames, refuseOption } from "./foundation/option-checks.ts";
import { asRecord, finiteNumber, isFunction } from "./foundation/structure.ts";
import { LONGEST_TIMER_MS } from "./foundation/timers.ts";
import { isWorkersRuntime } from "./foundation/workers.ts";
import { DEFAULT_NAMESPACE } from "./semconv/span-attributes.ts";
import {
  SEMCONV_VERSIONS,
  vocabulariesOf,
  type SemconvVersion,
  type Vocabulary,
} from "./semconv/vocabulary.ts";

/**
 * Options of `wrapAISDK`, `createAISDKTelemetry`, `wrapAgent` and `wrapTool`. All are optional.
 *
 * @example
 * ```ts
 * import * as sdk from "ai";
 * import { wrapAISDK } from "ai-spans";
 *
 * export const ai = wrapAISDK(sdk, { namespace: "acme", idleDeadlineMs: 60_000, runUsage: false });
 * ```
 */
export interface TracingOptions {
  /**
   * Prefix of attribute keys and metric names that are not in the conventions. For example, `"acme"` gives
   * `acme.canceled`. It is one or more lower-case words joined by dots, and does not begin with `ai` or `gen_ai`.
   * Default: `"ai_spans"`.
   */
  readonly namespace?: string;
  /**
   * Milliseconds, from 1 to 2,147,483,647, after which the run of a streamed result that nobody reads ends as
   * `abandoned`. A consumer that waits for the provider counts as reading. Default: 600,000 (10 minutes). On
   * Cloudflare's runtime the default is 2,000 until somebody begins to read, because an open timer keeps a Durable
   * Object from hibernating.
   */
  readonly idleDeadlineMs?: number;
  /**
   * Whether the span of a run has the sum of the token counts of its model calls. Set `false` for a backend that adds
   * up all spans, because it would count these tokens twice. Default: `true`.
   */
  readonly runUsage?: boolean;
  /** Creates the spans. Default: the provider registered with `@opentelemetry/api`, which each call looks up. */
  readonly tracerProvider?: TracerProvider;
  /** Records the metrics. Default: the provider registered with `@opentelemetry/api`, which each call looks up. */
  readonly meterProvider?: MeterProvider;
  /**
   * The version of the conventions whose names are recorded. `"1.41"` and `"1.36"` replace the names that have changed
   * since, for backends that read older names (docs/reference/metrics.md, "Older names"). `"1.41/dup"` and `"1.36/dup"`
   * record the older names and the latest ones. Default: `"latest"`.
   */
  readonly semconv?: SemconvVersion;
}

export interface ResolvedOptions {
  readonly namespace: string;
  readonly vocabularies: readonly Vocabulary[];
  readonly idleDeadlineMs: number;
  /** The idle deadline of a result that nobody has begun to read, in milliseconds. */
  readonly unreadDeadlineMs: number;
  readonly runUsage: boolean;
  readonly tracerProvider: TracerProvider | undefined;
  readonly meterProvider: MeterProvider | undefined;
}

const DEFAULT_IDLE_DEADLINE_MS = 600_000;
/**
 * The default on Cloudflare's runtime. A Durable Object hibernates after ten seconds without work, and an open timer
 * counts as work.
 */
const WORKERS_UNREAD_DEADLINE_MS = 2_000;
/**
 * Lower-case words joined by dots. The prefix `gen_ai` belongs to the conventions, and the prefix `ai` belongs to the
 * SDK.
 */
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

/**
 * Checks the options and adds the defaults.
 *
 * @param caller the name of the called function, for the messages of errors
 * @throws TypeError when an option is unknown or malformed. The message names the function and the option.
 */
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
  return isWorkersRuntime() ? WORKERS_UNREAD_DEADLINE_MS : DEFAULT_IDLE_DEADLINE_MS;
}
