/**
 * Contexts out of carriers and into them. What a carrier says is taken only if it is a valid remote span context; the
 * baggage that is already there is never replaced. Starts no span.
 */
import {
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  trace,
  type Baggage,
  type Context,
  type TextMapPropagator,
} from "@opentelemetry/api";
import { bindCarrier, type BoundCarrier, type CarrierPair } from "../carriers/carrier.ts";
import { carrierFor, isList } from "../carriers/recognize.ts";
import { withoutEnded } from "../carriers/trace-context.ts";
import { contain, warnOnce } from "../foundation/containment.ts";
import { activeContext, runInContext } from "../spans/context.ts";
import { originFrom, setOrigin } from "./origin.ts";
import { propagatorFor } from "./propagator.ts";
import { remoteSpan } from "./span-context.ts";

export interface PropagationOptions {
  /** How the carrier is read and written, for one whose shape is not told from its looks. Default: recognized. */
  readonly as?: CarrierPair;
  /**
   * The format, such as `new AWSXRayPropagator()` or `new B3Propagator()`. Default: the propagator registered with
   * `@opentelemetry/api`; W3C Trace Context and Baggage where none is.
   */
  readonly propagator?: TextMapPropagator;
  /** The local context. Default: the active one. */
  readonly context?: Context;
}

export interface RemoteContextOptions extends PropagationOptions {
  /**
   * What the work is a child of where `source` carries nothing usable: the active span, or nothing. Default: the active
   * span; nothing, if that span has ended (a message on a socket that was opened in an earlier request).
   */
  readonly ifAbsent?: "active" | "root";
}

const BAGGAGE_FIELD = "baggage";

/**
 * Writes the context's span and baggage into a carrier: headers of a request, a message, a job, an environment. Fields
 * of an earlier trace in it are taken out; baggage in it stays, and wins over the context's entries of the same name.
 * Where no span is active, nothing of a trace is written. A list is written to only where it is known to be one of
 * headers. Never throws.
 *
 * @param carrier is changed in place
 * @returns the same carrier
 */
export function injectContext<T>(carrier: T, options: PropagationOptions = {}): T {
  contain("injectContext", () => {
    const bound = writableCarrier(carrier, options.as);
    if (bound) injectInto(bound, options.context ?? activeContext(), propagatorFor(options.propagator));
  });
  return carrier;
}

export function injectInto(bound: BoundCarrier, local: Context, propagator: TextMapPropagator): void {
  const { carrier, getter, setter, remove } = bound;
  const own = contain("propagator", () =>
    propagation.getBaggage(propagator.extract(ROOT_CONTEXT, carrier, getter)),
  );
  const span = trace.getSpanContext(local);
  if (span && isSpanContextValid(span)) {
    for (const field of propagator.fields()) if (field !== BAGGAGE_FIELD) remove(carrier, field);
  }
  propagator.inject(withBaggage(local, own), carrier, setter);
}

/**
 * Continues the trace of a request or message: runs `work` in the context that `source` carries, the agent runs in it
 * become children of the sender's span. Where `source` carries nothing usable, the active context stays, unless its span
 * has ended: then `work` starts a trace of its own.
 *
 * What `work` returns or throws is what the caller gets. Needs a registered context manager to reach past an `await`.
 */
export function withRemoteContext<T>(source: unknown, work: () => T, options: RemoteContextOptions = {}): T {
  const active = contain("withRemoteContext", () => options.context) ?? activeContext();
  const local = contain("withRemoteContext", () => localContext(active, options.ifAbsent)) ?? active;
  const remote = contain("withRemoteContext", () => {
    const bound = boundCarrier(source, options.as);
    return bound && contextFrom(bound, local, propagatorFor(options.propagator));
  });
  return runInContext(remote ?? local, work);
}

function localContext(active: Context, ifAbsent: unknown): Context {
  if (ifAbsent === "active") return active;
  const local = ifAbsent === "root" ? trace.deleteSpan(active) : withoutEnded(active);
  return local === active ? active : setOrigin(local, undefined);
}

/** `undefined` for a list that may be one of messages: an entry more would be a message more. */
export function writableCarrier(carrier: unknown, as: CarrierPair | undefined): BoundCarrier | undefined {
  const bound = boundCarrier(carrier, as);
  if (!bound && isList(carrier)) {
    warnOnce(
      "no context is written into a list that is not known to be one of headers: write into each message, or name the list's pair in `as` (docs/propagation.md)",
    );
  }
  return bound;
}

function boundCarrier(source: unknown, as: CarrierPair | undefined): BoundCarrier | undefined {
  return as ? bindCarrier(source, as) : carrierFor(source);
}

/** The local context with the carrier's span as the active one, where it has one, and the carrier's baggage added. */
export function contextFrom(bound: BoundCarrier, local: Context, propagator: TextMapPropagator): Context {
  const { carrier, getter } = bound;
  // Without a span and baggage of its own, what is there afterwards came from the carrier.
  const bare = propagation.deleteBaggage(trace.deleteSpan(local));
  const extracted = propagator.extract(bare, carrier, getter);
  const remote = remoteSpan(extracted);
  const localSpan = trace.getSpan(local);
  const baggage = withBaggage(extracted, propagation.getBaggage(local));
  // Another run's work: its origin, or none, and not that of the run that happens to be active here.
  if (remote) {
    const origin = contain("propagator", () => originFrom(bound, propagator));
    return setOrigin(trace.setSpanContext(baggage, remote), origin);
  }
  return localSpan ? trace.setSpan(baggage, localSpan) : trace.deleteSpan(baggage);
}

/** Adds entries; those given win. */
function withBaggage(target: Context, winning: Baggage | undefined): Context {
  if (!winning) return target;
  const present = propagation.getBaggage(target)?.getAllEntries() ?? [];
  // All at once: each `setEntry` copies the whole baggage.
  const merged = propagation.createBaggage(Object.fromEntries([...present, ...winning.getAllEntries()]));
  return propagation.setBaggage(target, merged);
}
