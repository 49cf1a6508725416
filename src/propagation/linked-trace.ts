/**
 * Starts a trace for delivered work. In mode `linked` the root links to the delivery and to the run's origin, so a
 * trace does not contain the hours between two steps. In mode `continuous` the root continues the origin's trace.
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
import { eachCarrierIn, hasKnownShape } from "../carriers/recognize.ts";
import { contain, warnOnce } from "../foundation/containment.ts";
import { activeContext } from "../spans/context.ts";
import { withSpan, type NewSpan } from "./with-span.ts";
import { asSpanContext, originOf, setOrigin } from "./origin.ts";
import { propagatorFor } from "./propagator.ts";
import { contextFrom, type PropagationOptions } from "./remote-context.ts";
import { isSame, MAXIMUM_LINKS, readSenders, type Senders } from "./senders.ts";
import { spanContextFrom } from "./span-context.ts";
import { traceMode, type TraceMode } from "./trace-mode.ts";

/** The options of `withLinkedTrace`. */
export interface LinkedTraceOptions extends PropagationOptions {
  /** Name of the root span, of low cardinality, such as `process bookings`. */
  readonly name: string;
  /** The delivered message, job, request, batch of messages, or stored carrier. Default: none. */
  readonly source?: unknown;
  /**
   * The origin of the run, as a stored carrier or span context, for a source that does not carry it. Default: the
   * origin that the sender forwarded, else the sender; without a sender, the origin of the active run.
   */
  readonly origin?: unknown;
  /** Kind of the root span. Default: CONSUMER for work that a queue delivered, else INTERNAL. */
  readonly kind?: SpanKind;
  /** More attributes of the root span. Default: none. */
  readonly attributes?: Attributes;
  /** `linked` or `continuous`. Default: the environment variable `AI_SPANS_TRACE_MODE`, else `linked`. */
  readonly mode?: TraceMode;
  /** The provider that starts the span. Default: the one registered with `@opentelemetry/api`. */
  readonly tracerProvider?: TracerProvider;
}

const ATTR_LINK = "ai_spans.link";
const ATTR_MODE = "ai_spans.trace.mode";
const ATTR_PROPAGATED = "ai_spans.trace.propagated";

/**
 * Runs `work` in a new trace whose root span links to its delivery and to the origin of the run. The delivery is the
 * active span, where there is one: an instrumented consumer's, or a Lambda handler's. Otherwise it is the sender in
 * `source`. Each span gets one link, and a span context that is not valid gets none. A batch is read up to its 128th
 * distinct sender, because a span has at most 128 links.
 *
 * In mode `continuous` the root is a child of the origin and links to the delivery. Where only one of the two is
 * known, it is a child of that one. Messages of several senders belong to several runs, so their root is linked in
 * both modes, unless the option `origin` names the run.
 *
 * The root has the attribute `ai_spans.trace.mode`, and `ai_spans.trace.propagated` if `source` carries a valid span
 * context. It ends when the promise of `work` settles, or when `work` returns another value.
 *
 * Needs a registered context manager to reach work after an `await`. A failure of ours or of the tracer never reaches
 * the caller: `work` runs in any case.
 *
 * @returns what `work` returns; for a promise, another promise that settles in the same way
 * @throws what `work` throws, and nothing else
 *
 * @example
 * await withLinkedTrace({ name: "process bookings", source: message }, () => handle(message));
 */
export function withLinkedTrace<T>(options: LinkedTraceOptions, work: () => T): T {
  const start =
    contain("withLinkedTrace", () => linkedStart(options)) ??
    contain("withLinkedTrace", () => startWithoutLinks(options, undefined));
  return start ? withSpan(start, work) : work();
}

function linkedStart(options: LinkedTraceOptions): NewSpan {
  const { source, as, context: local = activeContext() } = options;
  const propagator = propagatorFor(options.propagator);
  const found = as ? [bindCarrier(source, as)] : eachCarrierIn(source);
  const senders = readSenders(found, propagator, {
    active: usableSpan(local),
    origin: originOption(options, propagator),
    localOrigin: originOf(local),
  });
  if (!senders.isPropagated && source !== undefined && !as) contain("carrier", () => warnAboutShape(source));
  const { deliveries, origins, onlyCarrier } = senders;
  const origin = origins.first ?? deliveries.first;
  const mode = senders.isOneRun ? traceMode(options.mode) : "linked";
  const parent = mode === "continuous" ? origin : undefined;
  // Baggage is taken from a single message only. That of several senders would mix tenants.
  const carried = onlyCarrier && contain("propagator", () => contextFrom(onlyCarrier, local, propagator));
  const base = trace.deleteSpan(carried ?? local);
  const start = startWithoutLinks(options, senders);
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

/** No warning for `null`: a sender without a context may have stored it. */
function warnAboutShape(source: unknown): void {
  if (source === null || hasKnownShape(source)) return;
  const kind = Array.isArray(source) ? "array" : typeof source;
  warnOnce(
    `withLinkedTrace: the shape of a source (${kind}) is not recognized: pass the message as its client returns it, or its headers, or name its pair in \`as\` (docs/guide/boundaries.md)`,
  );
}

function usableSpan(local: Context): SpanContext | undefined {
  const span = trace.getSpanContext(local);
  return span && isSpanContextValid(span) ? span : undefined;
}

function startWithoutLinks(options: LinkedTraceOptions, senders: Senders | undefined): NewSpan {
  const { name, attributes, tracerProvider, context = activeContext() } = options;
  const kind = options.kind ?? (senders?.isDelivery ? SpanKind.CONSUMER : SpanKind.INTERNAL);
  return { name, kind, root: true, context, tracerProvider, ...(attributes ? { attributes } : {}) };
}

function originOption(
  { origin }: LinkedTraceOptions,
  propagator: TextMapPropagator,
): SpanContext | undefined {
  const stored = contain("carrier", () => asSpanContext(origin));
  if (stored) return stored;
  const [bound] = eachCarrierIn(origin);
  return bound && contain("propagator", () => spanContextFrom(bound, propagator));
}

/** The parent gets no link. */
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
