/**
 * Extracts contexts from carriers and injects contexts into them. The span context of a carrier is used only if it is
 * valid. Baggage entries that exist already are never replaced. Starts no span.
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
import { withoutEndedSpan } from "../carriers/trace-context.ts";
import { contain, warnOnce } from "../foundation/containment.ts";
import { activeContext, runInContext } from "../spans/context.ts";
import { runWorkBeforeFirstSpan } from "../spans/set-up.ts";
import { originFrom, setOrigin } from "./origin.ts";
import { propagatorFor } from "./propagator.ts";
import { remoteSpanContext } from "./span-context.ts";

/**
 * The options of `injectContext` and `forwardOrigin`. All other functions that read or write a carrier have them, too.
 */
export interface PropagationOptions {
  /**
   * The pair that reads and writes the carrier, such as `carriers.kafkaMessage`. Default: the pair of the recognized
   * shape.
   */
  readonly as?: CarrierPair;
  /**
   * The propagator, such as `new AWSXRayPropagator()` or `new B3Propagator()`. Default: the one registered with
   * `@opentelemetry/api`, or else W3C Trace Context and Baggage.
   */
  readonly propagator?: TextMapPropagator;
  /** The local context. Default: the active context. */
  readonly context?: Context;
}

/** The options of `withRemoteContext`. */
export interface RemoteContextOptions extends PropagationOptions {
  /**
   * The parent of the work if `source` carries no valid span context. `active`: the active span. `root`: none. Default:
   * the active span, but none if it has ended. For example, a message may arrive on a socket that was opened in an
   * earlier request.
   */
  readonly ifAbsent?: "active" | "root";
}

const BAGGAGE_FIELD = "baggage";

/**
 * Injects the active span and baggage into a carrier: the headers of a request, a message, a job, an environment. Never
 * throws.
 *
 * Fields of an earlier trace in the carrier are removed. Baggage in the carrier stays. If the context has a baggage
 * entry with the same name, the carrier's value is kept. Without an active span no trace is written. A list is written
 * to only if it is recognized as headers.
 *
 * @param carrier is changed in place
 * @returns the same carrier
 *
 * @example
 * await fetch(url, { headers: injectContext(new Headers()) });
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
  const carriedBaggage = contain("propagator", () =>
    propagation.getBaggage(propagator.extract(ROOT_CONTEXT, carrier, getter)),
  );
  const span = trace.getSpanContext(local);
  if (span && isSpanContextValid(span)) {
    for (const field of propagator.fields()) if (field !== BAGGAGE_FIELD) remove(carrier, field);
  }
  propagator.inject(withBaggage(local, carriedBaggage), carrier, setter);
}

/**
 * Runs `work` in the context that `source` carries. Agent runs in it become children of the sender's span. If `source`
 * carries no valid span context, the active context stays. If the active span has ended, `work` starts a new trace (see
 * `ifAbsent`).
 *
 * Starts no span. Needs a registered context manager to reach work after an `await`.
 *
 * @param source a request, a message, a job, headers, or a stored carrier
 * @returns what `work` returns
 * @throws what `work` throws, and nothing else
 *
 * @example
 * const response = await withRemoteContext(request, () => handle(request));
 */
export function withRemoteContext<T>(source: unknown, work: () => T, options: RemoteContextOptions = {}): T {
  // The set-up registers the context manager that carries the context past the first `await` in `work`.
  runWorkBeforeFirstSpan();
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
  const local = ifAbsent === "root" ? trace.deleteSpan(active) : withoutEndedSpan(active);
  return local === active ? active : setOrigin(local, undefined);
}

/** @returns `undefined` for a list that may be a list of messages, because a written entry would become a message */
export function writableCarrier(carrier: unknown, as: CarrierPair | undefined): BoundCarrier | undefined {
  const bound = boundCarrier(carrier, as);
  if (!bound && isList(carrier)) {
    warnOnce(
      "no context is written into a list that is not recognized as headers: write into each message, or name the list's pair in `as` (docs/guide/boundaries.md)",
    );
  }
  return bound;
}

function boundCarrier(source: unknown, as: CarrierPair | undefined): BoundCarrier | undefined {
  return as ? bindCarrier(source, as) : carrierFor(source);
}

/**
 * The local context with the carrier's baggage added. If the carrier has a valid span context, it is the active span.
 */
export function contextFrom(bound: BoundCarrier, local: Context, propagator: TextMapPropagator): Context {
  const { carrier, getter } = bound;
  // The local span and baggage are removed first. So a span or baggage that is there after `extract` came from the
  // carrier.
  const bare = propagation.deleteBaggage(trace.deleteSpan(local));
  const extracted = propagator.extract(bare, carrier, getter);
  const remote = remoteSpanContext(extracted);
  const localSpan = trace.getSpan(local);
  const baggage = withBaggage(extracted, propagation.getBaggage(local));
  // The work belongs to the sender's run. So its origin is the sender's or none, but never that of the active run.
  if (remote) {
    const origin = contain("propagator", () => originFrom(bound, propagator));
    return setOrigin(trace.setSpanContext(baggage, remote), origin);
  }
  return localSpan ? trace.setSpan(baggage, localSpan) : trace.deleteSpan(baggage);
}

/** Adds baggage entries. An added entry replaces an entry of the same name. */
function withBaggage(target: Context, added: Baggage | undefined): Context {
  if (!added) return target;
  const present = propagation.getBaggage(target)?.getAllEntries() ?? [];
  // All entries are set by one call, because each `setEntry` copies the whole baggage.
  const merged = propagation.createBaggage(Object.fromEntries([...present, ...added.getAllEntries()]));
  return propagation.setBaggage(target, merged);
}
