/**
 * Starts a trace for delivered work. In mode `linked` the root links to the delivery and to the origin of the run. So a
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
  /** Name of the root span, such as `process bookings`. Low cardinality: use few different names. */
  readonly name: string;
  /** What was delivered: a message, a job, a request, a batch of messages, or a stored carrier. Default: none. */
  readonly source?: unknown;
  /**
   * The origin of the run, for a source that does not carry it: a stored carrier or a span context. Default: the origin
   * that the sender forwarded, or else the sender. Without a sender, the origin of the active run.
   */
  readonly origin?: unknown;
  /** Kind of the root span. Default: CONSUMER if a queue delivered the work, otherwise INTERNAL. */
  readonly kind?: SpanKind;
  /** More attributes of the root span. Default: none. */
  readonly attributes?: Attributes;
  /**
   * `linked` or `continuous`. Default: the value of the environment variable `AI_SPANS_TRACE_MODE`, or else `linked`.
   */
  readonly mode?: TraceMode;
  /** The provider that starts the span. Default: the provider registered with `@opentelemetry/api`. */
  readonly tracerProvider?: TracerProvider;
}

const ATTR_LINK = "ai_spans.link";
const ATTR_MODE = "ai_spans.trace.mode";
const ATTR_PROPAGATED = "ai_spans.trace.propagated";

/**
 * Runs `work` in a new trace. Its root span links to the delivery and to the origin of the run. If there is an active
 * span, it is the delivery, for example the span of an instrumented consumer or of a Lambda handler. Otherwise the
 * sender in `source` is. Each span gets one link. A span context that is not valid gets none. A batch is read up to its
 * 128th distinct sender, because a span has at most 128 links.
 *
 * In mode `continuous` the root is a child of the origin and links to the delivery. If only one of the two is known,
 * the root is its child. Messages of several senders belong to several runs. So their root is linked in both modes,
 * unless the option `origin` names the run.
 *
 * The root has the attribute `ai_spans.trace.mode`. It has `ai_spans.trace.propagated` if `source` carries a valid span
 * context. It ends when the promise of `work` settles, or at once if `work` returns any other value.
 *
 * Needs a registered context manager to reach work after an `await`. A failure of ours or of the tracer never reaches
 * the caller: `work` runs in any case.
 *
 * @returns what `work` returns. A promise is replaced by one that settles in the same way.
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
  // Baggage is read from a single message only. The baggage of several messages would mix tenants.
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

/**
 * Warns of a source whose shape is not recognized. Does not warn of `null`, because a sender without a context may have
 * stored it.
 */
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

/** Links to all deliveries and origins, except the parent of the root. */
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
