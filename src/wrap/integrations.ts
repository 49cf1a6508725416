/**
 * Changes the telemetry integrations of a call (v7).
 * - Our adapters are removed, because the wrapper traces the call already.
 * - The hook that observes a tool search is added.
 * - If other integrations remain and the call has tools, a placeholder is added for each start callback that the caller
 *   did not pass. The SDK passes one event object to the callback and to the integrations. Our wrapped callback
 *   replaces the proxies in it by the originals.
 */
import { asRecord } from "../foundation/structure.ts";
import { isAdapter } from "../runs/adapter-brand.ts";
import { hasCallback, placeholder, type ParametersCopy } from "./callbacks.ts";
import { START_CALLBACKS } from "./parameter-table.ts";
import { searchHook } from "./tool-search.ts";
import { rememberOriginal } from "./view.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/** @param copy the copied parameters of the call, which are changed */
export function changeIntegrations(copy: ParametersCopy, run: WrappedRun): void {
  const hook = searchHook(copy.tools, run);
  // A step that the program has prepared may have neither a model nor telemetry settings. Then nothing is changed.
  if (!copy.telemetry && !copy.model && !hook) return;
  const telemetry = copy.telemetry ?? copy.experimental_telemetry;
  const integrations =
    asRecord(telemetry)?.integrations ?? asRecord(globalThis)?.AI_SDK_TELEMETRY_INTEGRATIONS;
  if (!integrations && !hook) return;
  const all: unknown[] = Array.isArray(integrations) ? integrations : integrations ? [integrations] : [];
  const others = all.filter((integration) => !isAdapter(integration));
  if (others.length < all.length || hook) {
    const original = copy.telemetry ?? placeholder;
    const changed = hook ? [hook, ...others] : others;
    copy.telemetry = rememberOriginal({ ...asRecord(telemetry), integrations: changed }, original);
  }
  if (others.length === 0 || !copy.tools) return;
  for (const names of START_CALLBACKS) if (!hasCallback(copy, names)) copy[names[0]] = placeholder;
}
