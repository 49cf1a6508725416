/**
 * Hides the callbacks of a registered adapter from the SDK while nothing is recorded. The SDK reads each callback once
 * per call (`createTelemetryDispatcher`, 7.0.173). For each callback that it finds, it copies its events.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord } from "../foundation/structure.ts";

/**
 * Whether the adapter itself is registered with the SDK. A program may also build an integration from the adapter's
 * callbacks, and then it must find them.
 */
function isRegistered(adapter: object): boolean {
  const integrations = asRecord(globalThis)?.AI_SDK_TELEMETRY_INTEGRATIONS;
  return Array.isArray(integrations) && integrations.includes(adapter);
}

/**
 * @param adapter an object whose properties are callbacks
 * @param isRecording called at each read of a callback
 * @returns a proxy of the adapter. While the proxy is registered with the SDK and nothing is recorded, its callbacks
 *   are `undefined`.
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
