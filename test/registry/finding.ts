/**
 * Defines a finding about a span or a metric, and the names that a check accepts beside those of the conventions.
 */
import type { Attributes, SpanKind, SpanStatus } from "@opentelemetry/api";
import { readFacts } from "./renew.ts";

/** The rules, by the word that a deviation uses. docs/why/conformance.md states what each rule demands. */
export type Rule =
  | "scope"
  | "status"
  | "error.type"
  | "events"
  | "links"
  | "kind"
  | "name"
  | "name length"
  | "operation"
  | "unknown attribute"
  | "attribute of others"
  | "deprecated"
  | "content"
  | "type"
  | "custom value"
  | "value"
  | "required"
  | "condition"
  | "start"
  | "metric"
  | "instrument"
  | "buckets";

export interface Finding {
  readonly rule: Rule;
  /** The operation of a span, or the name of a metric. `handover` stands for a span without an operation. */
  readonly on: string;
  /** What breaks the rule: the name of an attribute, a value, or the name of a span. */
  readonly subject: string;
  readonly detail: string;
}

/** Names that the caller chooses, so that the conventions cannot know them. */
export interface Declared {
  /** Prefixes of keys that the conventions do not have. */
  readonly namespaces: readonly string[];
  /** Attributes that the application sets on our spans. */
  readonly attributes: readonly string[];
}

const { name, version } = readFacts(new URL("../../package.json", import.meta.url));
/** The name and version of our package are the instrumentation scope. */
export const SCOPE = { name: String(name), version: String(version) };

export const DEFAULT_DECLARED: Declared = { namespaces: ["ai_spans"], attributes: [] };

/**
 * The parts of a span that are checked. The span may be the SDK's in this process, or may come from another process.
 */
export interface CheckedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly events: readonly unknown[];
  readonly links: ReadonlyArray<{ readonly attributes?: Attributes }>;
  readonly instrumentationScope: { readonly name: string; readonly version?: string };
}

/** The rule, place and subject of a finding, by which a deviation is recognized. */
export function placeOf({ rule, on, subject }: Pick<Finding, "rule" | "on" | "subject">): string {
  return `${rule}, ${on}, ${subject}`;
}

export function findingText(finding: Finding): string {
  return `${placeOf(finding)}: ${finding.detail}`;
}
