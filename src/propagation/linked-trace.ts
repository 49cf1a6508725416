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
  type TracerProvider,
} from "@opentelemetry/api";
import { bindCarrier, type BoundCarrier } from "../carriers/carrier.ts";
import { carriersIn } from "../carriers/recognize.ts";
import { contain } from "../containment.ts";
import { activeContext } from "../spans/context.ts";
import { runInSpan, type HandoverStart } from "./handover-span.ts";
import { asSpanContext, originFrom, setOrigin } from "./origin.ts";
import { propagatorFor } from "./propagator.ts";
import { contextFrom, type PropagationOptions } from "./remote-context.ts";
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

/** As many as OpenTelemetry's SDKs keep by default. */
const MAXIMUM_LINKS = 128;
const ATTR_LINK = "ai_spans.link";

/**
 * Runs `work` in a new trace whose root span links to the delivery in `source` and to the origin of the run; equal and
 * unusable ones are left out. In mode `continuous` the root is a child of the delivery instead, if there is just one.
 * The span ends when the promise of `work` settles, or when it returns; it is never open for longer than that.
 *
 * What `work` returns or throws is what the caller gets. Needs a registered context manager to reach past an `await`.
 */
export function withLinkedTrace<T>(options: LinkedTraceOptions, work: () => T): T {
  const start = contain("withLinkedTrace", () => linkedStart(options)) ?? plainStart(options);
  return runInSpan(start, work);
}

interface Delivery {
  readonly span: SpanContext;
  readonly role: "delivery" | "origin";
}

function linkedStart(options: LinkedTraceOptions): HandoverStart {
  const { source, as, context: local = activeContext() } = options;
  const propagator = propagatorFor(options.propagator);
  const found = as ? [bindCarrier(source, as)] : carriersIn(source);
  const deliveries = distinct(found.map((bound) => spanContextFrom(bound, propagator)));
  const given = givenOrigin(options);
  const origins = given ? [given] : distinct(found.map((bound) => originFrom(bound, propagator)));
  const [delivery] = deliveries;
  const isContinuous = traceMode(options.mode) === "continuous" && deliveries.length === 1;
  // Entries of several senders would mix tenants.
  const [only] = found.length === 1 ? found : [];
  const base = trace.deleteSpan(only ? contextFrom(only, local, propagator) : local);
  const links = linksTo(deliveries, origins, isContinuous);
  const start = plainStart(options, found);
  return {
    ...start,
    links,
    root: !isContinuous,
    context: setOrigin(
      isContinuous && delivery ? trace.setSpanContext(base, delivery) : base,
      origins[0] ?? delivery,
    ),
  };
}

function plainStart(options: LinkedTraceOptions, found: readonly BoundCarrier[] = []): HandoverStart {
  const { name, attributes, tracerProvider, context = activeContext() } = options;
  const isDelivered = found.some(({ isDelivery }) => isDelivery);
  const kind = options.kind ?? (isDelivered ? SpanKind.CONSUMER : SpanKind.INTERNAL);
  return { name, kind, root: true, context, tracerProvider, ...(attributes ? { attributes } : {}) };
}

function givenOrigin({ origin, ...options }: LinkedTraceOptions): SpanContext | undefined {
  const kept = contain("carrier", () => asSpanContext(origin));
  if (kept) return kept;
  const [bound] = carriersIn(origin);
  return bound && spanContextFrom(bound, propagatorFor(options.propagator));
}

/** The parent, in continuous mode, needs no link. */
function linksTo(
  deliveries: readonly SpanContext[],
  origins: readonly SpanContext[],
  isContinuous: boolean,
): Link[] {
  const all = [
    ...deliveries.map((span): Delivery => ({ span, role: "delivery" })),
    ...origins
      .filter((origin) => !deliveries.some((span) => isSame(span, origin)))
      .map((span): Delivery => ({ span, role: "origin" })),
  ];
  return all
    .slice(isContinuous ? 1 : 0)
    .slice(0, MAXIMUM_LINKS)
    .map(({ span, role }) => ({ context: span, attributes: { [ATTR_LINK]: role } }));
}

function distinct(spans: ReadonlyArray<SpanContext | undefined>): SpanContext[] {
  const found: SpanContext[] = [];
  for (const span of spans) if (span && !found.some((other) => isSame(other, span))) found.push(span);
  return found;
}

function isSame(left: SpanContext, right: SpanContext): boolean {
  return left.traceId === right.traceId && left.spanId === right.spanId;
}
