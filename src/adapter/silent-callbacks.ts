/**
 * Removes the adapter's callbacks while nothing records. The SDK reads each callback once for each call
 * (`createTelemetryDispatcher`, 7.0.173) and copies its events for those that are there.
 */
import { contain } from "../foundation/containment.ts";

/**
 * A program may copy the adapter before it registers its provider, as in `{ ...adapter }`. So a copy gets all callbacks:
 * JavaScript asks for the descriptor of a property before it copies the property.
 *
 * @param adapter its properties are callbacks
 * @param isRecording called at each read of a property
 * @returns a proxy of the adapter, whose properties are `undefined` while nothing records
 */
export function silentUnlessRecording<Adapter extends object>(
  adapter: Adapter,
  isRecording: () => boolean,
): Adapter {
  /** The properties whose descriptor was read, until they are read. */
  const described = new Set<PropertyKey>();
  return new Proxy(adapter, {
    get(target, key, receiver) {
      // The SDK asks for every callback that it knows.
      if (!(key in target)) return undefined;
      const isCopied = described.size > 0 && described.delete(key);
      const isSilent = !isCopied && typeof key === "string" && contain("adapter", isRecording) === false;
      return isSilent ? undefined : Reflect.get(target, key, receiver);
    },
    getOwnPropertyDescriptor(target, key) {
      described.add(key);
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
  });
}
