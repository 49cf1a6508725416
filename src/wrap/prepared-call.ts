/**
 * Traces the call that an SDK agent has prepared from its settings (v6, v7). After that, the SDK adds callbacks to the
 * call and makes it.
 */
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, isRecord, type UnknownFunction, type UnknownRecord } from "../foundation/structure.ts";
import { mapResult } from "../spans/traced-work.ts";
import { tracedCallbacks, wrapParameters } from "./parameters.ts";
import { isMethodOfSDK } from "./sdk-class.ts";
import { originalOf } from "./view.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/**
 * Runs an agent's `prepareCall` and traces the parameters that it returns. The SDK's method returns a new object, so
 * that object is changed before the SDK uses it. A program's method may return any object, so a copy replaces it.
 */
export function prepare(
  run: WrappedRun,
  agent: object,
  prepareCall: UnknownFunction,
  work: () => unknown,
): unknown {
  contain("agent", () => run.onPrepare());
  const result = work();
  const isOfSDK = contain("agent", () => isMethodOfSDK(agent, "prepareCall", originalOf(prepareCall)));
  if (isOfSDK && result instanceof Promise) {
    const change = (prepared: unknown): void => {
      if (!isRecord(prepared)) return;
      Object.assign(prepared, tracedCall(run, prepared));
      const tracedSettings = new TracedSettings(agent, run, prepared);
      tracedSettings.open();
      void Promise.resolve().then(contained("agent", () => tracedSettings.close()));
    };
    // `change` runs just before the SDK uses the call. A rejection needs no handling here, because the SDK handles it.
    result.then(contained("agent", change), () => {});
    return result;
  }
  const promise = contain("agent", () => Promise.resolve(result));
  if (!promise) return result;
  const traced: unknown = mapResult(promise, (prepared) => {
    if (!isRecord(prepared)) return prepared;
    const call = tracedCall(run, prepared);
    const tracedSettings = new TracedSettings(agent, run, call);
    // `open` runs just before the SDK uses the call, and `close` just after.
    void Promise.resolve().then(contained("agent", () => tracedSettings.open()));
    if (traced instanceof Promise) void traced.then(contained("agent", () => tracedSettings.close()));
    return call;
  });
  return traced;
}

function tracedCall(run: WrappedRun, prepared: UnknownRecord): UnknownRecord {
  contain("agent", () => run.onPrepared(prepared));
  return asRecord(wrapParameters(prepared, run)) ?? prepared;
}

/**
 * By agent: the replacement of its `settings` that is open now. Two calls of one agent may be prepared at the same
 * time.
 */
const currentSettings = new WeakMap<object, TracedSettings>();

/**
 * Replaces an agent's `settings` while the SDK reads the callbacks from them, and restores them right after. No code of
 * the program runs in that time. The settings of a frozen agent are not replaced.
 */
class TracedSettings {
  readonly #agent: object;
  readonly #run: WrappedRun;
  readonly #call: UnknownRecord;
  /** The property descriptor of the agent's `settings` before the replacement. */
  #original: PropertyDescriptor | undefined;
  #getter: (() => unknown) | undefined;
  /**
   * What the SDK has read so far: `call`, `settings` or both. Releases read them in different orders. After both reads,
   * the settings are restored.
   */
  readonly #read = new Set<string>();

  constructor(agent: object, run: WrappedRun, call: UnknownRecord) {
    this.#agent = agent;
    this.#run = run;
    this.#call = call;
  }

  open(): void {
    currentSettings.get(this.#agent)?.close();
    const settings = asRecord(this.#agent)?.settings;
    if (!isRecord(settings)) return;
    const tracedSettings = tracedCallbacks(settings, this.#run, this.#call.tools);
    this.#original = Reflect.getOwnPropertyDescriptor(this.#agent, "settings");
    const { model } = this.#call;
    const get = (): unknown => {
      contain("agent", () => this.#onRead("settings"));
      return tracedSettings;
    };
    const { enumerable = false } = this.#original ?? {};
    const set = (value: unknown): void => {
      contain("agent", () => this.close());
      Reflect.set(this.#agent, "settings", value);
    };
    if (!Reflect.defineProperty(this.#agent, "settings", { configurable: true, enumerable, get, set }))
      return;
    this.#getter = get;
    currentSettings.set(this.#agent, this);
    Reflect.defineProperty(this.#call, "model", {
      configurable: true,
      enumerable: true,
      get: () => {
        contain("agent", () => this.#onRead("call"));
        return model;
      },
    });
  }

  #onRead(what: string): void {
    if (this.#read.add(what).size === 2) this.close();
  }

  close(): void {
    const getter = this.#getter;
    this.#getter = undefined;
    const isOurs = getter && Reflect.getOwnPropertyDescriptor(this.#agent, "settings")?.get === getter;
    if (!isOurs) return;
    if (this.#original) Reflect.defineProperty(this.#agent, "settings", this.#original);
    else Reflect.deleteProperty(this.#agent, "settings");
  }
}
