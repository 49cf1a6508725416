/**
 * A carrier pair: a getter and a setter of the OpenTelemetry API for one shape of carrier. This file has the checks
 * that every shape needs. The other files have the shapes. A pair never throws, and never returns a value that no
 * propagator could have written.
 */
import type { TextMapGetter, TextMapSetter } from "@opentelemetry/api";
import { contain, contained, report } from "../foundation/containment.ts";
import { boundedText } from "./text.ts";

/**
 * The getter and the setter of one shape of carrier, for `propagation.extract` and `propagation.inject`, and a function
 * that removes a field. None of their functions throws.
 *
 * @example
 * const context = propagation.extract(ROOT_CONTEXT, message.headers, carriers.kafkaHeaders.getter);
 */
export interface CarrierPair {
  /** `get` returns a text of at most 8,192 characters without line breaks; `undefined` for any other value. */
  readonly getter: TextMapGetter<unknown>;
  readonly setter: TextMapSetter<unknown>;
  /** Removes a field. So a carrier that is used twice keeps no field of its first trace. */
  readonly remove: (carrier: unknown, key: string) => void;
}

/** A carrier that was found in a value of the application, and the pair that reads and writes it. */
export interface BoundCarrier extends CarrierPair {
  readonly carrier: unknown;
  /** Whether a queue delivered the carrier. If so, the span in `withLinkedTrace` has the kind CONSUMER by default. */
  readonly isDelivery: boolean;
}

/**
 * How a shape of carrier stores its fields. The functions may throw and may return any value, because `carrierPair`
 * adds the checks.
 */
export interface CarrierAccess {
  /** Returns the stored value of a field. Each shape decides whether the name is compared with or without case. */
  readonly get: (carrier: unknown, key: string) => unknown;
  readonly set: (carrier: unknown, key: string, value: string) => void;
  readonly remove: (carrier: unknown, key: string) => void;
  readonly keys: (carrier: unknown) => readonly string[];
}

/** @param shape the name of the shape in the `diag` warning of its first failure */
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
  // The properties are listed, because a spread is slow and a batch has a carrier for each message.
  return { getter, setter, remove, carrier, isDelivery };
}
