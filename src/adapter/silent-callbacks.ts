/**
 * Removes the callbacks of a registered adapter while nothing records. The SDK reads each callback once for each call
 * (`createTelemetryDispatcher`, 7.0.173) and copies its events for those that are there.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord } from "../foundation/structure.ts";

/** Whether the SDK reads the adapter, and not a program that makes an integration of its own from it. */
function isRegistered(adapter: object): boolean {
  const integrations = asRecord(globalThis)?.AI_SDK_TELEMETRY_INTEGRATIONS;
  return Array.isArray(integrations) && integrations.includes(adapter);
}

/**
 * @param adapter its properties are callbacks
 * @param isRecording called at each read of a callback
 * @returns a proxy of the adapter. While it is registered with the SDK and nothing records, its callbacks are `undefined`.
 */
export function silentUnlessRecording<Adapter extends object>(
  adapter: Adapter,
  isRecording: () => boolean,
): Adapter {
  const proxy: Adapter = new Proxy(adapter, {
    get(target, key, receiver) {
      const isSilent =
        typeof key === "string" &&
        Object.hasOwn(target, key) &&
        contain("adapter", () => isRegistered(proxy) && !isRecording()) === true;
      return isSilent ? undefined : Reflect.get(target, key, receiver);
    },
  });
  return proxy;
}
