/**
 * Changes the telemetry integrations of a call (v7):
 * - Our adapters are removed, because the wrapper traces the call already.
 * - The hook of a tool search is added.
 * - The SDK passes the same event object to the caller's callback and to the other integrations. A wrapped callback replaces
 *   our proxies in the event by the originals. So where the caller has no callback, one that does nothing is added.
 */
import { asRecord } from "../foundation/structure.ts";
import { isAdapter } from "../runs/adapter-brand.ts";
import { hasCallback, placeholder, type ParametersCopy } from "./callbacks.ts";
import { START_CALLBACKS } from "./parameter-table.ts";
import { searchHook } from "./tool-search.ts";
import { rememberOriginal } from "./view.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/** @param copy the parameters of the call, which are changed */
export function changeIntegrations(copy: ParametersCopy, run: WrappedRun): void {
  const hook = searchHook(copy.tools, run);
  // A step that the program has prepared may have neither model nor telemetry.
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
