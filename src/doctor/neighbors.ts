/**
 * Other instrumentations of the AI SDK in the process, as far as they can be recognized without their spans: integrations
 * of AI SDK 7, Datadog and Sentry. Reads what they have put on `globalThis`.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord, isFunction, isRecord, readProperty, stringOf } from "../foundation/structure.ts";
import { isAdapter } from "../runs/adapter-brand.ts";

export interface Neighbor {
  readonly name: string;
  /** What it records of the content by its own settings; `undefined` where they are not known. */
  readonly recordsContent: boolean | undefined;
}

/** The registry of AI SDK 7 (`telemetry-registry.ts`, 7.0.173). */
function integrations(): readonly unknown[] {
  const registered = readProperty(globalThis, "AI_SDK_TELEMETRY_INTEGRATIONS");
  return Array.isArray(registered) ? registered : [];
}

export function countAdapters(): number {
  return integrations().filter(isAdapter).length;
}

export function readNeighbors(): Neighbor[] {
  const others = integrations()
    .filter((integration) => !isAdapter(integration) && isRecord(integration))
    .map((integration) => ({ name: classNameOf(integration), recordsContent: undefined }));
  return [...others, ...datadog(), ...sentry()];
}

/** A class name that is one; a plain object of a program has none. */
function classNameOf(value: unknown): string {
  const name = stringOf(readProperty(readProperty(value, "constructor"), "name"));
  return name !== undefined && name !== "Object" && /^\w{1,64}$/.test(name)
    ? name
    : "an integration without a class";
}

/** dd-trace puts its global under this symbol, in 5 and 6. */
function datadog(): Neighbor[] {
  const isLoaded = readProperty(globalThis, Symbol.for("dd-trace")) !== undefined;
  return isLoaded ? [{ name: "dd-trace", recordsContent: false }] : [];
}

/** Sentry keeps its client in a carrier, under its version (`carrier.ts`, 11.12). */
function sentry(): Neighbor[] {
  const carrier = asRecord(readProperty(globalThis, "__SENTRY__"));
  const version = stringOf(readProperty(carrier, "version"));
  if (!carrier || version === undefined) return [];
  const client = contain("doctor: Sentry", () => {
    const scope = readProperty(carrier[version], "defaultCurrentScope");
    const getClient = readProperty(scope, "getClient");
    return isFunction(getClient) ? getClient.call(scope) : undefined;
  });
  const integration = contain("doctor: Sentry", () => {
    const byName = readProperty(client, "getIntegrationByName");
    return isFunction(byName) ? byName.call(client, "VercelAI") : undefined;
  });
  if (integration === undefined) return [];
  const options = readProperty(integration, "options");
  const isOff = [readProperty(options, "recordInputs"), readProperty(options, "recordOutputs")].every(
    (setting) => setting === false,
  );
  return [{ name: "Sentry", recordsContent: !isOff }];
}
