/**
 * Sentry, with a server of these tests that receives its envelopes.
 */
import type { AttributeValue } from "@opentelemetry/api";
import { SCOPE } from "../registry/finding.ts";
import { outline } from "./beside.ts";
import type { Neighbor, Run } from "./run-beside.ts";
import type { SentSpan } from "../support/sent-span.ts";

/** @param variant of sentry-11/neighbor.mjs */
export const sentry = (variant: string): Neighbor => ({
  folder: "sentry-11",
  args: ["--import", "@sentry/node/import"],
  environment: (url) => ({
    SENTRY_URL: url.replace("//", "//key@").concat("/1"),
    SENTRY_VARIANT: variant,
  }),
});

/** Sentry as its guide for Node has it: the file with `Sentry.init` is loaded before the program. */
export const sentryByFile = (variant: string, more: Partial<Neighbor> = {}): Neighbor => ({
  ...sentry(variant),
  args: ["--import", "./neighbor.mjs"],
  ...more,
});

/** A span in the form of envelopes. */
interface SentrySpan {
  readonly name: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id?: string;
  readonly start_timestamp: number;
  readonly status: "ok" | "error";
  readonly attributes: Readonly<Record<string, { readonly value: AttributeValue }>>;
}

interface EnvelopeItem {
  readonly items?: readonly SentrySpan[];
}

/** The spans in the order of their starts. */
function sentrySpans({ requests }: Run): SentrySpan[] {
  const spans = requests.flatMap(({ body }) => {
    const [, ...lines] = body.toString().trimEnd().split("\n");
    // Each item has two lines: its header and the item.
    const items = lines.filter((_, index) => index % 2 === 1);
    return items.flatMap((line) => (JSON.parse(line) as EnvelopeItem).items ?? []);
  });
  return spans.toSorted((left, right) => left.start_timestamp - right.start_timestamp);
}

/** Sentry's instrumentations set another origin, and other spans of the program have no operation. */
const isOurs = ({ attributes }: SentrySpan): boolean =>
  attributes["sentry.origin"]?.value === "manual" && attributes["gen_ai.operation.name"] !== undefined;

export const sentryOutline = (run: Run): string =>
  outline(
    sentrySpans(run).map((span) => ({
      id: span.span_id,
      parentId: span.parent_span_id,
      text: `${isOurs(span) ? "ai-spans: " : ""}${span.name}${span.status === "ok" ? "" : ": error"}`,
    })),
  );

/** Attributes that Sentry adds to all spans, or to the first span of a tree. */
const ADDED = /^(sentry|app|culture|device|os|process)\./;

/** The spans of ai-spans, as Sentry sent them. */
export function sentByProvider(run: Run): SentSpan[] {
  return sentrySpans(run)
    .filter(isOurs)
    .map(({ name, trace_id, span_id, parent_span_id, status, attributes }) => ({
      name,
      kind: attributes["sentry.kind"]?.value === "client" ? 2 : 0,
      traceId: trace_id,
      spanId: span_id,
      ...(parent_span_id ? { parentSpanId: parent_span_id } : {}),
      attributes: Object.fromEntries(
        Object.entries(attributes)
          .filter(([key]) => !ADDED.test(key))
          .map(([key, { value }]) => [key, value]),
      ),
      status: { code: status === "ok" ? 0 : 2 },
      events: [],
      links: [],
      instrumentationScope: SCOPE,
      hasEnded: true,
    }));
}
