/**
 * What a carrier is here: a getter and a setter of the OpenTelemetry API, hardened once for every shape. Knows no
 * shape itself. Nothing a carrier holds or does gets past it: no throw, no value that no propagator could have written.
 */
import type { TextMapGetter, TextMapSetter } from "@opentelemetry/api";
import { contain, contained, report } from "../foundation/containment.ts";
import { boundedText } from "./text.ts";

/** The getter and the setter of one shape, as `propagation.extract` and `propagation.inject` take them. */
export interface CarrierPair {
  readonly getter: TextMapGetter<unknown>;
  readonly setter: TextMapSetter<unknown>;
  /** Takes a field out, so that a carrier used again keeps nothing of its former trace. */
  readonly remove: (carrier: unknown, key: string) => void;
}

/** A carrier found in what the application holds, with the pair that fits it. */
export interface BoundCarrier extends CarrierPair {
  readonly carrier: unknown;
  /** Whether it came by a queue: then the span of its receiver is of kind CONSUMER. */
  readonly isDelivery: boolean;
}

/** How a shape keeps its fields. May throw; what it reads may be anything. */
export interface CarrierAccess {
  /** The value of a field as it is kept, in any case the shape allows. */
  readonly get: (carrier: unknown, key: string) => unknown;
  readonly set: (carrier: unknown, key: string, value: string) => void;
  readonly remove: (carrier: unknown, key: string) => void;
  readonly keys: (carrier: unknown) => readonly string[];
}

/** @param shape names the carrier in the one warning that it may give */
export function carrierPair(shape: string, access: CarrierAccess): CarrierPair {
  const site = `carrier ${shape}`;
  return {
    getter: {
      get: contained(site, (carrier: unknown, key: string) => {
        const value = access.get(carrier, key);
        const text = boundedText(key, value);
        if (text === undefined && value !== undefined && value !== null && value !== "") report(site, value);
        return text;
      }),
      keys: (carrier) => contain(site, () => [...access.keys(carrier)]) ?? [],
    },
    setter: { set: contained(site, access.set) },
    remove: contained(site, access.remove),
  };
}

export function bindCarrier(
  carrier: unknown,
  { getter, setter, remove }: CarrierPair,
  isDelivery = false,
): BoundCarrier {
  // Not spread: that is slow, and a batch has a carrier for each message.
  return { getter, setter, remove, carrier, isDelivery };
}
