/**
 * What a check has to say of a span or a metric, and what it must be told to judge one.
 */
import type { Attributes, SpanKind, SpanStatus } from "@opentelemetry/api";
import { readFacts } from "./renew.ts";

/** The rules, by the word that a deviation names one with: docs/why/conformance.md says what each demands. */
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
  /** The operation of a span, or the name of a metric; `handover` for a span that has no operation. */
  readonly on: string;
  /** What breaks the rule: an attribute's name, a value, a span's name. */
  readonly subject: string;
  readonly detail: string;
}

/** What is not for the conventions to know: the caller's own choice of names. */
export interface Declared {
  /** Prefixes of keys that are not in the conventions. */
  readonly namespaces: readonly string[];
  /** Attributes that the application puts on spans of ours by itself. */
  readonly attributes: readonly string[];
}

const { name, version } = readFacts(new URL("../../package.json", import.meta.url));
/** The instrumentation scope is the package. */
export const SCOPE = { name: String(name), version: String(version) };

export const DEFAULT_DECLARED: Declared = { namespaces: ["ai_spans"], attributes: [] };

/** A span as far as it is judged: of the SDK in this process, or as it arrived from another. */
export interface CheckedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly events: readonly unknown[];
  readonly links: ReadonlyArray<{ readonly attributes?: Attributes }>;
  readonly instrumentationScope: { readonly name: string; readonly version?: string };
}

/** What a deviation names. */
export function placeOf({ rule, on, subject }: Pick<Finding, "rule" | "on" | "subject">): string {
  return `${rule}, ${on}, ${subject}`;
}

export function findingText(finding: Finding): string {
  return `${placeOf(finding)}: ${finding.detail}`;
}
