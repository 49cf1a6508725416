/**
 * Reads what is registered with `@opentelemetry/api`, from the global state that all copies of the API share
 * (`global-utils.ts`, 1.9.1). Changes nothing.
 */
import { trace } from "@opentelemetry/api";
import { builtinModule } from "../foundation/builtin-module.ts";
import { contain } from "../foundation/containment.ts";
import { readVariable } from "../foundation/environment-variable.ts";
import { sharedState } from "../foundation/process-state.ts";
import { asRecord, isFunction, isString, readProperty } from "../foundation/structure.ts";
import { hasWorkBeforeFirstSpan } from "../spans/set-up.ts";

export interface Registration {
  /** Whether a tracer provider is registered with any copy of the API. */
  readonly hasProvider: boolean;
  /** Whether the copy of the API that ai-spans loads returns that provider. */
  readonly isAccepted: boolean;
  readonly hasContextManager: boolean;
  /** Why `ai-spans/register` sets up no SDK; `undefined` if it sets one up, or is not in use. */
  readonly notSetUp: string | undefined;
  /** Whether `ai-spans/register` waits for the first traced call to set up an SDK. */
  readonly waitsForFirstCall: boolean;
  /** The version of the copy of the API with which the provider is registered. */
  readonly registeredVersion: string | undefined;
  /** The version of the copy of the API that ai-spans loads. */
  readonly ourVersion: string | undefined;
}

/** The global symbol of each major version of the API. */
const KEYS = [1, 2].map((major) => Symbol.for(`opentelemetry.js.api.${major}`));

function registrations(): unknown[] {
  return KEYS.map((key) => readProperty(globalThis, key)).filter((value) => value !== undefined);
}

/**
 * @returns the registered tracer provider, of any copy of the API. If the API has put a proxy around it, the proxy's
 * delegate.
 */
export function registeredProvider(): unknown {
  const provider = registrations()
    .map((registered) => readProperty(registered, "trace"))
    .find((value) => value !== undefined);
  const getDelegate = readProperty(provider, "getDelegate");
  return isFunction(getDelegate) ? contain("doctor: provider", () => getDelegate.call(provider)) : provider;
}

export function readRegistration(): Registration {
  const all = registrations();
  const withProvider = all.find((registered) => readProperty(registered, "trace") !== undefined);
  const provider = readProperty(withProvider, "trace");
  return {
    hasProvider: provider !== undefined,
    isAccepted:
      provider !== undefined && contain("doctor: provider", () => trace.getTracerProvider()) === provider,
    hasContextManager: all.some((registered) => readProperty(registered, "context") !== undefined),
    notSetUp: whyNotSetUp(),
    waitsForFirstCall: hasWorkBeforeFirstSpan(),
    registeredVersion: versionOf(readProperty(withProvider, "version")),
    ourVersion: ourVersion(),
  };
}

/** Holds an entry if `ai-spans/register` is in use (`register/register.ts`). */
const registeredEntries = sharedState("registrations.v1", Set<string>);
const ENDPOINTS = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

function whyNotSetUp(): string | undefined {
  if (registeredEntries.size === 0) return undefined;
  if (readVariable("OTEL_SDK_DISABLED")?.toLowerCase() === "true") return "OTEL_SDK_DISABLED is true";
  return ENDPOINTS.some((name) => readVariable(name) !== undefined)
    ? undefined
    : `neither ${ENDPOINTS.join(" nor ")} is set`;
}

function versionOf(value: unknown): string | undefined {
  return isString(value) && /^[\w.+-]{1,32}$/.test(value) ? value : undefined;
}

/** CommonJS modules have `__filename`, and no `import.meta.url`. */
declare const __filename: string;

function ourVersion(): string | undefined {
  const createRequire = builtinModule("node:module")?.createRequire;
  const read = builtinModule("node:fs")?.readFileSync;
  if (!isFunction(createRequire) || !isFunction(read)) return undefined;
  for (const modulePath of [() => __filename, () => import.meta.url]) {
    try {
      const resolve = asRecord(createRequire(modulePath()))?.resolve;
      // The package does not export its `package.json`. Its main file is `build/src/index.js`, so the path can be
      // derived.
      const main = isFunction(resolve) ? String(resolve("@opentelemetry/api")) : "";
      const manifest: unknown = JSON.parse(
        String(read(main.replace(/build[\\/]src[\\/].*$/, "package.json"))),
      );
      return versionOf(readProperty(manifest, "version"));
    } catch {
      // This kind of module does not have the variable, or the module is in a bundle.
    }
  }
  return undefined;
}
