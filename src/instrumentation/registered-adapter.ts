/**
 * The adapter in the AI SDK's registry of telemetry integrations (v7). Every copy of the SDK in the process reads the
 * registry at each call, a bundled copy too (`telemetry/telemetry-registry.ts`, 7.0.173). So it traces the calls that no
 * module hook reaches. The wrapper removes our adapters from the calls that it traces itself.
 *
 * v6 reads the same registry. Its events have no call id, so the adapter ignores them.
 */
import { createAdapter, type AISDKTelemetry } from "../adapter/telemetry.ts";
import { contain } from "../foundation/containment.ts";
import { asRecord } from "../foundation/structure.ts";
import { activeTracing } from "./active-tracing.ts";

const REGISTRY = "AI_SDK_TELEMETRY_INTEGRATIONS";

/** Our entry in the registry. All instrumentations of this copy of ai-spans share it. */
let registered: AISDKTelemetry | undefined;

/** Puts an adapter with the active tracing into the registry, or removes ours where no instrumentation is enabled. */
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
  // Nothing of ours remains. The SDK treats an absent registry as an empty one.
  if (integrations.length === 0) Reflect.deleteProperty(globalThis, REGISTRY);
}

/** The SDK's list. The SDK and its users write it, so it may be anything. */
function registry(): unknown[] | undefined {
  const integrations = asRecord(globalThis)?.[REGISTRY];
  return Array.isArray(integrations) ? integrations : undefined;
}
