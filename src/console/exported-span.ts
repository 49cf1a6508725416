/** Reads what is kept of a span until its tree is printed: a few numbers and short texts, never the span itself. */
import { finiteNumber, stringOf, tokenCount } from "../foundation/structure.ts";
import { ATTRIBUTE_KEYS } from "../semconv/attributes.ts";
import { attributeKeys } from "../semconv/span-attributes.ts";
import { printable } from "./printable-text.ts";

/** A span that has ended, as an OpenTelemetry SDK passes it to exporters. Its `ReadableSpan` has this type. */
export interface ExportedSpan {
  readonly name: string;
  /** Its `code` is the number of a `SpanStatusCode`. */
  readonly status: { readonly code: number };
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Seconds since 1970, and nanoseconds. */
  readonly startTime: readonly [number, number];
  /** Seconds and nanoseconds. */
  readonly duration: readonly [number, number];
  /** Absent on roots. If `isRemote` is true, the parent is in another process. */
  readonly parentSpanContext?:
    | { readonly spanId: string; readonly isRemote?: boolean | undefined }
    | undefined;
  spanContext(): { readonly traceId: string; readonly spanId: string };
}

/** How a span ended: the printed words, and a kind that chooses their color. */
export interface PrintedOutcome {
  readonly words: string;
  readonly kind: "ok" | "canceled" | "error" | "pending";
}

export interface PrintedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Absent on roots, and where the parent is in another process. */
  readonly parentId: string | undefined;
  readonly name: string;
  /** Whether the span has an operation of the GenAI conventions. Any instrumentation may have recorded it. */
  readonly isGenAI: boolean;
  readonly outcome: PrintedOutcome;
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly firstChunkMs: number | undefined;
}

/** The number of the status `ERROR`. */
const ERROR_STATUS = 2;

/**
 * @param namespace the prefix of the attribute keys that are not in the conventions
 * @returns a function that reads a span
 */
export function factReader(namespace: string): (span: ExportedSpan) => PrintedSpan {
  const keys = attributeKeys(namespace);
  return (span) => {
    const { attributes, parentSpanContext } = span;
    const { traceId, spanId } = span.spanContext();
    const valueOf = (name: string): unknown => attributes[keys.get(name) ?? ""];
    const firstChunkSeconds = finiteNumber(valueOf("timeToFirstChunkSeconds"));
    return {
      traceId,
      spanId,
      parentId: parentSpanContext?.isRemote === true ? undefined : stringOf(parentSpanContext?.spanId),
      name: printable(span.name),
      isGenAI: attributes[ATTRIBUTE_KEYS.operation] !== undefined,
      outcome: outcomeOf(span.status.code, valueOf),
      startMs: millisecondsOf(span.startTime),
      durationMs: Math.max(0, millisecondsOf(span.duration)),
      inputTokens: tokenCount(valueOf("inputTokens")),
      outputTokens: tokenCount(valueOf("outputTokens")),
      firstChunkMs: firstChunkSeconds === undefined ? undefined : firstChunkSeconds * 1000,
    };
  };
}

function outcomeOf(statusCode: number, valueOf: (name: string) => unknown): PrintedOutcome {
  const retries = tokenCount(valueOf("retryCount")) ?? 0;
  const suffix = retries === 0 ? "" : ` (${retries} ${retries === 1 ? "retry" : "retries"})`;
  const inWords = (kind: PrintedOutcome["kind"], detail?: unknown, word: string = kind): PrintedOutcome => {
    const text = stringOf(detail);
    return { kind, words: `${word}${text === undefined ? "" : ` ${printable(text)}`}${suffix}` };
  };
  if (statusCode === ERROR_STATUS) return inWords("error", valueOf("errorType"));
  if (valueOf("canceled") === true) return inWords("canceled", valueOf("cancelCause"));
  const approval = valueOf("toolApproval");
  if (approval === "denied") return inWords("canceled", undefined, "denied");
  if (approval === "requested") return inWords("pending", "approval");
  return inWords(valueOf("toolPending") === true ? "pending" : "ok");
}

function millisecondsOf(time: readonly [number, number]): number {
  const [seconds, nanoseconds] = time;
  return (finiteNumber(seconds) ?? 0) * 1000 + (finiteNumber(nanoseconds) ?? 0) / 1e6;
}
