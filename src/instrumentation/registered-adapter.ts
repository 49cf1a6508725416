/**
 * Keeps an adapter in the AI SDK's registry of telemetry integrations (v7). Every copy of the SDK in the process reads
 * the registry at each call, a bundled copy too (`telemetry/telemetry-registry.ts`, 7.0.173). So the adapter traces the
 * calls that no module hook reaches. The wrapper removes our adapters from the calls that it traces itself.
 *
 * v6 reads the same registry. Its events have no call id, so the adapter ignores them.
 */
import { createAdapter, type AISDKTelemetry } from "../adapter/telemetry.ts";
import { contain } from "../foundation/containment.ts";
import { asRecord } from "../foundation/structure.ts";
import { activeTracing } from "./active-tracing.ts";

const REGISTRY = "AI_SDK_TELEMETRY_INTEGRATIONS";

/** Our adapter in the registry. All instrumentations of this copy of ai-spans share it. */
let registered: AISDKTelemetry | undefined;

/** Puts an adapter with the active tracing into the registry. If no instrumentation is enabled, removes our adapter. */
export function updateRegistry(): void {
  contain("registry", update);
}

function update(): void {
  const tracing = activeTracing();
  const previous = registered;
  registered = tracing && createAdapter(tracing, tracing.isRecording);
  const integrations = registry();
  const index = previous ? (integrations?.indexOf(previous) ?? -1) : -1;
  if (registered) {
    if (integrations && index >= 0) integrations[index] = registered;
    else if (integrations) integrations.push(registered);
    else Reflect.set(globalThis, REGISTRY, [registered]);
    return;
  }
  if (!integrations || index < 0) return;
  integrations.splice(index, 1);
  // The SDK treats an absent registry as an empty one, so an empty list is removed.
  if (integrations.length === 0) Reflect.deleteProperty(globalThis, REGISTRY);
}

/** The SDK's list on `globalThis`. Other code can write it too, so its type is checked. */
function registry(): unknown[] | undefined {
  const integrations = asRecord(globalThis)?.[REGISTRY];
  return Array.isArray(integrations) ? integrations : undefined;
}
