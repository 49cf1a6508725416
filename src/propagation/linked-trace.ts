/**
 * A trace of its own for work that was delivered: its root links to the delivery and to the run's origin, so that hours
 * between two steps are no hours of one trace.
 */
import {
  SpanKind,
  trace,
  type Attributes,
  type Link,
  type SpanContext,
  type TextMapPropagator,
  type TracerProvider,
} from "@opentelemetry/api";
import { bindCarrier } from "../carriers/carrier.ts";
import { eachCarrierIn } from "../carriers/recognize.ts";
import { contain } from "../containment.ts";
import { activeContext } from "../spans/context.ts";
import { runInSpan, type HandoverStart } from "./handover-span.ts";
import { asSpanContext, setOrigin } from "./origin.ts";
import { propagatorFor } from "./propagator.ts";
import { contextFrom, type PropagationOptions } from "./remote-context.ts";
import { MAXIMUM_LINKS, readSenders, type Senders } from "./senders.ts";
import { spanContextFrom } from "./span-context.ts";
import { traceMode, type TraceMode } from "./trace-mode.ts";

export interface LinkedTraceOptions extends PropagationOptions {
  /** Name of the root span: low cardinality, such as `process bookings`. */
  readonly name: string;
  /** What was delivered: a message, a job, a request, a batch of messages, a stored carrier. */
  readonly source?: unknown;
  /**
   * What the run began with, where `source` does not say: a stored carrier or span context. Default: the origin that
   * the sender forwarded, else the sender.
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

/**
 * Runs `work` in a new trace whose root span links to the delivery in `source` and to the origin of the run; equal and
 * unusable ones are left out. In mode `continuous` the root is a child of the delivery instead, if there is just one.
 * A batch is read up to its 128th distinct delivery, as many as a span has links.
 *
 * The span ends when the promise of `work` settles, or when it returns; it is never open for longer than that.
 *
 * What `work` returns or throws is what the caller gets. Needs a registered context manager to reach past an `await`.
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
  const senders = readSenders(found, propagator, givenOrigin(options, propagator));
  const { deliveries, origins, only } = senders;
  const delivery = deliveries.first;
  const isContinuous = traceMode(options.mode) === "continuous" && deliveries.size === 1;
  // Entries of several senders would mix tenants.
  const carried = only && contain("propagator", () => contextFrom(only, local, propagator));
  const base = trace.deleteSpan(carried ?? local);
  return {
    ...plainStart(options, senders),
    links: linksTo(senders, isContinuous),
    root: !isContinuous,
    context: setOrigin(
      isContinuous && delivery ? trace.setSpanContext(base, delivery) : base,
      origins.first ?? delivery,
    ),
  };
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

/** The parent, in continuous mode, needs no link. */
function linksTo({ deliveries, origins }: Senders, isContinuous: boolean): Link[] {
  const links: Link[] = isContinuous
    ? []
    : Array.from(deliveries.values(), (span) => linkTo(span, "delivery"));
  for (const span of origins.values()) {
    if (links.length >= MAXIMUM_LINKS) break;
    if (!deliveries.has(span)) links.push(linkTo(span, "origin"));
  }
  return links;
}

function linkTo(span: SpanContext, role: "delivery" | "origin"): Link {
  return { context: span, attributes: { [ATTR_LINK]: role } };
}
