/**
 * The same spans through the tracing of Cloudflare's runtime, without an OpenTelemetry SDK. See docs/serverless.md.
 *
 * @module
 */
import { createAdapter, type AISDKTelemetry } from "./adapter/telemetry.ts";
import { NativeTracerProvider } from "./cloudflare/native-provider.ts";
import { defaultUnreadDeadlineMs, resolveOptions } from "./options.ts";
import { isRecord } from "./foundation/structure.ts";
import { Tracing } from "./spans/tracing.ts";
import { checkNamespace, wrapNamespace } from "./wrap/namespace.ts";

export type { ExecuteHookOptions } from "./adapter/execute-hooks.ts";
export type { AISDKTelemetry } from "./adapter/telemetry.ts";

export interface CloudflareOptions {
  /** As of `ai-spans`. Default `"ai_spans"`. */
  readonly namespace?: string;
  /**
   * Milliseconds after which a streamed result that nobody reads is closed as `abandoned`. Default 20,000: an invocation
   * lives for 30 seconds after its response; 2,000 for a result that nobody has begun to read, as of `ai-spans`.
   */
  readonly idleDeadlineMs?: number;
  /**
   * `tracing` of `cloudflare:workers`. Default: looked up through `process.getBuiltinModule`, which needs the
   * compatibility flag `nodejs_compat`.
   */
  readonly tracing?: object | undefined;
}

const DEFAULT_IDLE_DEADLINE_MS = 20_000;

/**
 * `wrapAISDK` of `ai-spans`, its spans being those of the runtime. Nothing is traced where there is no such tracing, or
 * where the invocation is not traced: the original functions get the original parameters.
 *
 * Loads and runs anywhere, never records content, and never throws after this call.
 *
 * @throws TypeError when `ai` has none of the SDK's functions, or an option is unknown or malformed
 */
export function wrapAISDK<T extends object>(ai: T, options?: CloudflareOptions): T {
  const tracing = nativeTracing("wrapAISDK", options);
  checkNamespace(ai);
  return wrapNamespace(ai, tracing);
}

/**
 * `createAISDKTelemetry` of `ai-spans`, for the AI SDK's own telemetry (v7), its spans being those of the runtime.
 *
 * @throws TypeError when an option is unknown or malformed
 */
export function createAISDKTelemetry(options?: CloudflareOptions): AISDKTelemetry {
  return createAdapter(nativeTracing("createAISDKTelemetry", options));
}

function nativeTracing(caller: string, given: CloudflareOptions = {}): Tracing {
  if (!isRecord(given)) throw new TypeError(`${caller}: options must be an object`);
  const { tracing, ...options }: CloudflareOptions = given;
  const resolved = resolveOptions(caller, { idleDeadlineMs: DEFAULT_IDLE_DEADLINE_MS, ...options });
  const unreadDeadlineMs =
    options.idleDeadlineMs ?? Math.min(defaultUnreadDeadlineMs(), DEFAULT_IDLE_DEADLINE_MS);
  return new Tracing({
    ...resolved,
    unreadDeadlineMs,
    tracerProvider: new NativeTracerProvider(tracing, resolved.namespace),
  });
}
