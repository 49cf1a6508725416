/**
 * Counts calls of the AI SDK, traced or not. Version 7 publishes each call to a diagnostics channel of Node. Versions 5
 * and 6 publish nothing, so V8 counts for us how often the SDK's internal function `prepareRetries` runs: once per
 * call.
 */
import { builtinModule, createAsyncStorage } from "../foundation/builtin-module.ts";
import { contain, contained } from "../foundation/containment.ts";
import { readVariable } from "../foundation/environment-variable.ts";
import { sharedState } from "../foundation/process-state.ts";
import { asRecord, isFunction, isString, readProperty, stringOf } from "../foundation/structure.ts";
import { add } from "./failure-code.ts";
import { InspectorSession } from "./loaded-sdks.ts";

/** The types on the channel that are calls of the program (7.0.173). */
const CALLS = new Set([
  "generateText",
  "streamText",
  "embed",
  "embedMany",
  "rerank",
  "generateSpeech",
  "transcribe",
]);
const MAX_UNCLAIMED = 10_000;

/** The calls that an adapter traces. The key is the SDK's call id (`adapter/calls.ts`). */
const claims = sharedState("adapter-calls.v1", Map<unknown, object>);

/**
 * Is kept in the async context of a wrapped call. It shows, when the SDK publishes the call, that a wrapper traces it.
 */
interface WrappedCall {
  isPublished: boolean;
}

export class CallsOfV7 {
  /** How many calls the SDK has published. */
  published = 0;
  /** How many of `published` were calls of a wrapped SDK. */
  publishedByWrapper = 0;
  readonly #unclaimed = new Set<string>();
  readonly #storage = createAsyncStorage();

  observe(): void {
    const channels = builtinModule("node:diagnostics_channel");
    const subscribe = channels?.subscribe;
    const onStart = contained("doctor: call", (message: unknown) => this.#onCall(message));
    if (isFunction(subscribe))
      contain("doctor: channel", () => subscribe.call(channels, "tracing:ai:telemetry:start", onStart));
  }

  /**
   * Is called when the program calls a function of a wrapped SDK.
   *
   * @param name of the function; an agent's method has none
   */
  onWrappedCall(name: unknown): void {
    if (isString(name) && !CALLS.has(name) && name !== "streamTextLowMemory") return;
    const enterWith = readProperty(this.#storage, "enterWith");
    const call: WrappedCall = { isPublished: false };
    if (isFunction(enterWith)) contain("doctor: call", () => enterWith.call(this.#storage, call));
  }

  /**
   * Is called when an adapter starts to trace a call. The adapter puts the call into `claims` in the same turn, so we
   * look one microtask later.
   */
  onAdapterRun(): void {
    queueMicrotask(contained("doctor: call", () => this.#removeClaimed()));
  }

  /** How many calls neither a wrapper nor an adapter traces. */
  get untraced(): number {
    return this.#unclaimed.size;
  }

  #onCall(message: unknown): void {
    const type = readProperty(message, "type");
    const callId = stringOf(readProperty(readProperty(message, "event"), "callId"));
    if (!isString(type) || !CALLS.has(type)) return;
    this.published += 1;
    // Only `onWrappedCall` writes to this storage, and always a `WrappedCall`.
    const call = this.#storage?.getStore() as WrappedCall | undefined;
    if (call && !call.isPublished) {
      call.isPublished = true;
      this.publishedByWrapper += 1;
    } else if (this.#unclaimed.size < MAX_UNCLAIMED) this.#unclaimed.add(callId ?? `call ${this.published}`);
  }

  #removeClaimed(): void {
    for (const callId of this.#unclaimed) if (claims.has(callId)) this.#unclaimed.delete(callId);
  }
}

/**
 * The counted function. A bundler may add a number to its name. `ONLY_V5_V6` must be in the same script, so that no
 * other script is counted.
 */
const COUNTED = /^prepareRetries\d*$/;
const ONLY_V5_V6 = /^streamText\d*$/;
/** Names of functions that only version 7 has. Its calls are counted by the channel. */
const ONLY_V7 = /^(runWithTracingChannelSpan|redactTelemetryCredentials)\d*$/;

export class CallsOfOlder {
  readonly #counts = new Map<string, number>();
  #session: InspectorSession | undefined;

  /**
   * Starts to count. The program runs slower while V8 counts. Each reading resets V8's counts, which would falsify
   * those of another tool. So nothing is counted under `NODE_V8_COVERAGE`, or while the inspector is open.
   */
  observe(): void {
    const url = builtinModule("node:inspector")?.url;
    if (readVariable("NODE_V8_COVERAGE") !== undefined || (isFunction(url) && url() !== undefined)) return;
    this.#session = InspectorSession.open();
    this.#session?.post("Profiler.enable");
    this.#session?.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  }

  /** @returns `undefined` where calls are not counted */
  read(): number | undefined {
    if (!this.#session) return undefined;
    const scripts = readProperty(this.#session.post("Profiler.takePreciseCoverage"), "result");
    if (!Array.isArray(scripts)) return undefined;
    for (const script of scripts) contain("doctor: counts", () => this.#add(script));
    let sum = 0;
    for (const count of this.#counts.values()) sum += count;
    return sum;
  }

  #add(script: unknown): void {
    const functions = readProperty(script, "functions");
    if (!Array.isArray(functions)) return;
    const named = functions.map((each) => ({ name: String(readProperty(each, "functionName")), each }));
    const has = (pattern: RegExp): boolean => named.some(({ name }) => pattern.test(name));
    if (!has(ONLY_V5_V6) || has(ONLY_V7)) return;
    for (const { name, each } of named) {
      const range = asRecord(asRecord(readProperty(each, "ranges"))?.[0]);
      if (COUNTED.test(name))
        add(this.#counts, String(readProperty(script, "url")), Number(range?.count ?? 0));
    }
  }
}
