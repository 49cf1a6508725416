/**
 * Records the spans of ai-spans with the tracing of Cloudflare's runtime, without an OpenTelemetry SDK. See
 * docs/guide/serverless.md.
 *
 * @module
 */
import { createAdapter, type AISDKTelemetry } from "./adapter/telemetry.ts";
import { NativeTracerProvider } from "./cloudflare/native-provider.ts";
import { defaultUnreadDeadlineMs, resolveOptions } from "./options.ts";
import { isRecord } from "./foundation/structure.ts";
import { Tracing } from "./spans/tracing.ts";
import { checkSDKModule, wrapSDKModule } from "./wrap/sdk-module.ts";

export type { ExecuteHookOptions } from "./adapter/execute-hooks.ts";
export type { AISDKTelemetry } from "./adapter/telemetry.ts";

/** The options of `wrapAISDK` and `createAISDKTelemetry` of this entry. */
export interface CloudflareOptions {
  /** The prefix of our attribute keys, as in `ai-spans`. Default `"ai_spans"`. */
  readonly namespace?: string;
  /**
   * Milliseconds after which the run of a streamed result ends as `abandoned` if nobody reads it any more. Default:
   * 20,000, because an invocation lives for 30 seconds after its response. On Cloudflare's runtime the default is 2,000
   * until somebody begins to read, as in `ai-spans`.
   */
  readonly idleDeadlineMs?: number;
  /**
   * `tracing` of `cloudflare:workers`. Default: it is looked up by `process.getBuiltinModule`, which needs the
   * compatibility flag `nodejs_compat`.
   */
  readonly tracing?: object | undefined;
}

const DEFAULT_IDLE_DEADLINE_MS = 20_000;

/**
 * Wraps the AI SDK as `wrapAISDK` of `ai-spans` does, but records spans of the Workers runtime. If the runtime has no
 * tracing, or the invocation is not traced, the original functions get the original parameters.
 *
 * Loads and runs in any runtime. Never records content. Calls of the wrapped SDK throw only what the SDK throws.
 *
 * @param ai the SDK's module: `import * as ai from "ai"` (v5, v6, v7)
 * @returns an object with the same functions and classes
 * @throws TypeError when `ai` has none of the SDK's functions, or when an option is unknown or malformed
 *
 * @example
 * const { generateText } = wrapAISDK(ai);
 * const { text } = await generateText({ model, prompt });
 */
export function wrapAISDK<T extends object>(ai: T, options?: CloudflareOptions): T {
  const tracing = nativeTracing("wrapAISDK", options);
  checkSDKModule(ai);
  return wrapSDKModule(ai, tracing);
}

/**
 * Creates an integration for the AI SDK's telemetry (v7) as `createAISDKTelemetry` of `ai-spans` does, but records
 * spans of the Workers runtime.
 *
 * @throws TypeError when an option is unknown or malformed
 *
 * @example
 * registerTelemetry(createAISDKTelemetry());
 */
export function createAISDKTelemetry(options?: CloudflareOptions): AISDKTelemetry {
  return createAdapter(nativeTracing("createAISDKTelemetry", options));
}

function nativeTracing(caller: string, passedOptions: CloudflareOptions = {}): Tracing {
  if (!isRecord(passedOptions)) throw new TypeError(`${caller}: options must be an object`);
  const { tracing, ...options }: CloudflareOptions = passedOptions;
  const resolved = resolveOptions(caller, { idleDeadlineMs: DEFAULT_IDLE_DEADLINE_MS, ...options });
  const unreadDeadlineMs =
    options.idleDeadlineMs ?? Math.min(defaultUnreadDeadlineMs(), DEFAULT_IDLE_DEADLINE_MS);
  return new Tracing({
    ...resolved,
    unreadDeadlineMs,
    tracerProvider: new NativeTracerProvider(tracing, resolved.namespace),
  });
}
