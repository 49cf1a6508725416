/** The shapes of a report. The entry exports them. */

/** The checks, each of which has one finding. docs/guide/doctor.md explains them. */
export type FindingId =
  | "no-tracer-provider"
  | "provider-of-another-api"
  | "no-context-manager"
  | "context-lost-at-await"
  | "all-sampled-out"
  | "no-exporter"
  | "spans-not-flushed"
  | "export-failing"
  | "calls-past-wrapper"
  | "adapter-not-registered"
  | "adapter-without-v7"
  | "two-providers"
  | "two-copies"
  | "traced-twice"
  | "content-next-door"
  | "ended-by-others"
  | "span-limit"
  | "no-flush-on-serverless"
  | "past-idle-deadline";

/**
 * Numbers and names that explain a finding. The names are those of packages, attribute keys, functions and error
 * classes.
 */
export type FindingDetails = Readonly<Record<string, number | string | readonly string[]>>;

/** What one check has found. */
export interface Finding {
  readonly id: FindingId;
  /** What the check looked at. */
  readonly lookedAt: string;
  /** What it found, in one sentence or two. */
  readonly found: string;
  /** What to do. */
  readonly toDo: string;
  readonly details: FindingDetails;
}

/** The result of one check. */
export interface CheckResult {
  readonly id: FindingId;
  readonly lookedAt: string;
  /** `unknown`: the check could not look at what it needs. */
  readonly state: "ok" | "found" | "unknown";
  /** Why the check could not look. Only for `unknown`. */
  readonly reason?: string;
}

/** Numbers of spans of ai-spans, since the doctor was loaded. */
export interface SpanCounts {
  readonly started: number;
  /** How many of `started` the sampler dropped. No processor gets them. */
  readonly sampledOut: number;
  readonly ended: number;
  /** How many of `ended` an exporter has reported as exported. */
  readonly exported: number;
  /** How many of `ended` an exporter has reported as failed. */
  readonly failed: number;
  /** How many of `ended` are neither exported nor failed. In a report at exit, they are lost. */
  readonly waiting: number;
}

/** What the doctor found in this process. It holds no content. It can be written as JSON. */
export interface Report {
  /** When the report was made: while the program runs, or as the process exits. */
  readonly moment: "running" | "exit";
  readonly findings: readonly Finding[];
  /** All checks, in the order of docs/guide/doctor.md. */
  readonly checks: readonly CheckResult[];
  /**
   * Versions of the AI SDKs that the process has loaded; `in a bundle` for one whose version is not known. `undefined` where
   * the runtime does not list its scripts.
   */
  readonly sdks: readonly string[] | undefined;
  /** Calls of the wrapped SDK's functions and agents, since the doctor was loaded. */
  readonly wrappedCalls: number;
  readonly spans: SpanCounts;
}
