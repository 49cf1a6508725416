/**
 * Finds other instrumentations of the AI SDK in the process: integrations of AI SDK 7, Datadog and Sentry. Reads only
 * what they have put on `globalThis`. Instrumentations that put nothing there are recognized by their spans
 * (`span-scopes.ts`).
 */
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, isFunction, isRecord, readProperty, stringOf } from "../foundation/structure.ts";
import { isAdapter } from "../runs/adapter-brand.ts";

/** Reads the registry of AI SDK 7 (`telemetry-registry.ts`, 7.0.173). */
function integrations(): readonly unknown[] {
  const registered = readProperty(globalThis, "AI_SDK_TELEMETRY_INTEGRATIONS");
  return Array.isArray(registered) ? registered : [];
}

export function countAdapters(): number {
  return integrations().filter(isAdapter).length;
}

/** @returns the names of the other instrumentations */
export function readNeighbors(): string[] {
  const others = integrations()
    .filter((integration) => !isAdapter(integration) && isRecord(integration))
    .map(classNameOf);
  return [...others, ...datadog(), ...sentry()];
}

/** The name of the value's class, if it is a valid one. A plain object has no class. */
function classNameOf(value: unknown): string {
  const name = stringOf(readProperty(readProperty(value, "constructor"), "name"));
  return name !== undefined && name !== "Object" && /^\w{1,64}$/.test(name)
    ? name
    : "an integration without a class";
}

/** dd-trace 5 and 6 store their global object under this symbol. */
function datadog(): string[] {
  return readProperty(globalThis, Symbol.for("dd-trace")) === undefined ? [] : ["dd-trace"];
}

/**
 * Reads Sentry's client from its global carrier. The carrier has an object per Sentry version, with the scope that
 * holds the client (`carrier.ts`, 11.12).
 */
function sentryClient(): unknown {
  const carrier = readProperty(globalThis, "__SENTRY__");
  const version = stringOf(readProperty(carrier, "version"));
  const scope =
    version === undefined ? undefined : readProperty(readProperty(carrier, version), "defaultCurrentScope");
  return callMethod(scope, "getClient");
}

function sentry(): string[] {
  return callMethod(sentryClient(), "getIntegrationByName", "VercelAI") === undefined ? [] : ["Sentry"];
}

/**
 * Observes the spans of Sentry, because the settings of its integration are not public. Only the spans show what it
 * records.
 *
 * @param onSpan gets the attribute keys of each span as it ends
 * @returns whether Sentry has a client
 */
export function observeSentry(onSpan: (keys: readonly string[]) => void): boolean {
  const client = sentryClient();
  const onEnd = contained("doctor: Sentry", (span: unknown) => {
    const json = callMethod(span, "getSpanJSON");
    onSpan(Object.keys(asRecord(readProperty(json, "data") ?? readProperty(json, "attributes")) ?? {}));
  });
  if (client !== undefined) callMethod(client, "on", "spanEnd", onEnd);
  return client !== undefined;
}

/** @returns what the method returns; `undefined` if it does not exist or throws */
function callMethod(owner: unknown, name: string, ...args: unknown[]): unknown {
  const method = readProperty(owner, name);
  return isFunction(method) ? contain("doctor: Sentry", () => Reflect.apply(method, owner, args)) : undefined;
}
