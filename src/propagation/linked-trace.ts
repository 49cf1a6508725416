/**
 * A trace for work that was delivered: its root links to the delivery and to the run's origin, so that hours between two
 * steps are no hours of one trace. Or, in continuous mode, the trace in which the run began.
 */
import {
  isSpanContextValid,
  SpanKind,
  trace,
  type Attributes,
  type Context,
  type Link,
  type SpanContext,
  type TextMapPropagator,
  type TracerProvider,
} from "@opentelemetry/api";
import { bindCarrier } from "../carriers/carrier.ts";
import { eachCarrierIn, isRecognized } from "../carriers/recognize.ts";
import { contain, warnOnce } from "../foundation/containment.ts";
import { activeContext } from "../spans/context.ts";
import { runInSpan, type HandoverStart } from "./handover-span.ts";
import { asSpanContext, originOf, setOrigin } from "./origin.ts";
import { propagatorFor } from "./propagator.ts";
import { contextFrom, type PropagationOptions } from "./remote-context.ts";
import { isSame, MAXIMUM_LINKS, readSenders, type Senders } from "./senders.ts";
import { spanContextFrom } from "./span-context.ts";
import { traceMode, type TraceMode } from "./trace-mode.ts";

export interface LinkedTraceOptions extends PropagationOptions {
  /** Name of the root span: low cardinality, such as `process bookings`. */
  readonly name: string;
  /** What was delivered: a message, a job, a request, a batch of messages, a stored carrier. */
  readonly source?: unknown;
  /**
   * What the run began with, where `source` does not say: a stored carrier or span context. Default: the origin that
   * the sender forwarded, else the sender; without a sender, the origin of the active run.
   */
  readonly origin?: unknown;
  /** Default: CONSUMER for what came by a queue, else INTERNAL. */
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** Default: the environment's `AI_SPANS_TRACE_MODE`, else `linked`. */
  readonly mode?: TraceMode;
  /** Where the span goes. Default: the provider registered with `@opentelemetry/api`. */
  readonly tracerProvider?: TracerProvider;
}

const ATTR_LINK = "ai_spans.link";
const ATTR_MODE = "ai_spans.trace.mode";
const ATTR_PROPAGATED = "ai_spans.trace.propagated";

/**
 * Runs `work` in a new trace whose root span links to its delivery and to the origin of the run. The delivery is the
 * active span, where there is one (an instrumented consumer, the span of a Lambda handler), else the sender in `source`.
 * Equal and unusable ones are left out. A batch is read up to its 128th distinct sender, as many links as a span has.
 *
 * In mode `continuous` the root is a child of the origin and links to the delivery; where only one of the two is known,
 * it is a child of that. Messages of several senders are no one piece of work, and have linked roots in either mode.
 *
 * The root has `ai_spans.trace.mode`, and `ai_spans.trace.propagated` if `source` carries a usable span context.
 *
 * The span ends when the promise of `work` settles, or when it returns; it is never open for longer than that.
 *
 * What `work` returns or throws is what the caller gets; of a promise another one that settles as it does. Needs a registered context manager to reach past an `await`.
 */
export function withLinkedTrace<T>(options: LinkedTraceOptions, work: () => T): T {
  const start =
    contain("withLinkedTrace", () => linkedStart(options)) ??
    contain("withLinkedTrace", () => plainStart(options, undefined));
  return start ? runInSpan(start, work) : work();
}

function linkedStart(options: LinkedTraceOptions): HandoverStart {
  const { source, as, context: local = activeContext() } = options;
  const propagator = propagatorFor(options.propagator);
  const found = as ? [bindCarrier(source, as)] : eachCarrierIn(source);
  const senders = readSenders(found, propagator, {
    active: usableSpan(local),
    origin: givenOrigin(options, propagator),
    localOrigin: originOf(local),
  });
  if (!senders.isPropagated && source !== undefined && !as) contain("carrier", () => warnOfUnknown(source));
  const { deliveries, origins, only } = senders;
  const origin = origins.first ?? deliveries.first;
  const mode = senders.isOneWork ? traceMode(options.mode) : "linked";
  const parent = mode === "continuous" ? origin : undefined;
  // Entries of several senders would mix tenants.
  const carried = only && contain("propagator", () => contextFrom(only, local, propagator));
  const base = trace.deleteSpan(carried ?? local);
  const start = plainStart(options, senders);
  return {
    ...start,
    attributes: {
      [ATTR_MODE]: mode,
      ...(senders.isPropagated ? { [ATTR_PROPAGATED]: true } : {}),
      ...start.attributes,
    },
    links: linksTo(senders, parent),
    root: !parent,
    context: setOrigin(parent ? trace.setSpanContext(base, parent) : base, origin),
  };
}

/** `null` is what a sender without a context may have stored. */
function warnOfUnknown(source: unknown): void {
  if (source === null || isRecognized(source)) return;
  const kind = Array.isArray(source) ? "array" : typeof source;
  warnOnce(
    `withLinkedTrace: a source (${kind}) is no carrier that is known: pass the message as its client gives it, or its headers, or name its pair in \`as\` (docs/propagation.md)`,
  );
}

function usableSpan(local: Context): SpanContext | undefined {
  const span = trace.getSpanContext(local);
  return span && isSpanContextValid(span) ? span : undefined;
}

function plainStart(options: LinkedTraceOptions, senders: Senders | undefined): HandoverStart {
  const { name, attributes, tracerProvider, context = activeContext() } = options;
  const kind = options.kind ?? (senders?.isDelivery ? SpanKind.CONSUMER : SpanKind.INTERNAL);
  return { name, kind, root: true, context, tracerProvider, ...(attributes ? { attributes } : {}) };
}

function givenOrigin({ origin }: LinkedTraceOptions, propagator: TextMapPropagator): SpanContext | undefined {
  const kept = contain("carrier", () => asSpanContext(origin));
  if (kept) return kept;
  const [bound] = eachCarrierIn(origin);
  return bound && contain("propagator", () => spanContextFrom(bound, propagator));
}

/** The parent needs no link. */
function linksTo({ deliveries, origins }: Senders, parent: SpanContext | undefined): Link[] {
  const links: Link[] = [];
  for (const span of deliveries.values()) if (!isSame(span, parent)) links.push(linkTo(span, "delivery"));
  for (const span of origins.values()) {
    if (links.length >= MAXIMUM_LINKS) break;
    if (!deliveries.has(span) && !isSame(span, parent)) links.push(linkTo(span, "origin"));
  }
  return links;
}

function linkTo(span: SpanContext, role: "delivery" | "origin"): Link {
  return { context: span, attributes: { [ATTR_LINK]: role } };
}
