/**
 * Other instrumentations of the AI SDK in the process, as far as they can be recognized without their spans: integrations
 * of AI SDK 7, Datadog and Sentry. Reads what they have put on `globalThis`.
 */
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, isFunction, isRecord, readProperty, stringOf } from "../foundation/structure.ts";
import { isAdapter } from "../runs/adapter-brand.ts";

/** The registry of AI SDK 7 (`telemetry-registry.ts`, 7.0.173). */
function integrations(): readonly unknown[] {
  const registered = readProperty(globalThis, "AI_SDK_TELEMETRY_INTEGRATIONS");
  return Array.isArray(registered) ? registered : [];
}

export function countAdapters(): number {
  return integrations().filter(isAdapter).length;
}

/** @returns their names */
export function readNeighbors(): string[] {
  const others = integrations()
    .filter((integration) => !isAdapter(integration) && isRecord(integration))
    .map(classNameOf);
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
function datadog(): string[] {
  return readProperty(globalThis, Symbol.for("dd-trace")) === undefined ? [] : ["dd-trace"];
}

/** Sentry keeps its client in the scope of a carrier, under its version (`carrier.ts`, 11.12). */
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
 * Observes the spans that Sentry makes of the AI SDK. Its settings do not tell what it records, because those of its
 * integration are not public.
 *
 * @param onSpan gets the attribute keys of each span as it ends
 * @returns whether there is a client
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

/** @returns `undefined` where there is no such method, or it throws */
function callMethod(owner: unknown, name: string, ...args: unknown[]): unknown {
  const method = readProperty(owner, name);
  return isFunction(method) ? contain("doctor: Sentry", () => Reflect.apply(method, owner, args)) : undefined;
}
