/**
 * The call that an agent of the SDK's has prepared from its settings (v6, v7): the SDK adds callbacks to it and makes it.
 */
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, isRecord, type UnknownFunction, type UnknownRecord } from "../foundation/structure.ts";
import { mapResult } from "../runs/traced-work.ts";
import { tracedCallbacks, tracedParameters } from "./parameters.ts";
import { isSDKs } from "./sdk-class.ts";
import { originalOf } from "./view.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/**
 * An agent prepares a call: what it gives is traced. The SDK's method gives an object of its own, which is changed before
 * the SDK goes on with it. A method of the program's may give any object, so a copy takes its place.
 */
export function prepare(
  run: WrappedRun,
  agent: object,
  prepareCall: UnknownFunction,
  work: () => unknown,
): unknown {
  contain("agent", () => run.onPrepare());
  const result = work();
  const isOfSDK = contain("agent", () => isSDKs(agent, "prepareCall", originalOf(prepareCall)));
  if (isOfSDK && result instanceof Promise) {
    const change = (prepared: unknown): void => {
      if (!isRecord(prepared)) return;
      Object.assign(prepared, tracedCall(run, prepared));
      const shown = new ShownCallbacks(agent, run, prepared);
      shown.open();
      void Promise.resolve().then(contained("agent", () => shown.close()));
    };
    // This reaction is called just before the SDK's, which handles a rejection.
    result.then(contained("agent", change), () => {});
    return result;
  }
  const promise = contain("agent", () => Promise.resolve(result));
  if (!promise) return result;
  const traced: unknown = mapResult(promise, (prepared) => {
    if (!isRecord(prepared)) return prepared;
    const call = tracedCall(run, prepared);
    const shown = new ShownCallbacks(agent, run, call);
    // The first of these is called just before the SDK goes on, the other one just after that.
    void Promise.resolve().then(contained("agent", () => shown.open()));
    if (traced instanceof Promise) void traced.then(contained("agent", () => shown.close()));
    return call;
  });
  return traced;
}

function tracedCall(run: WrappedRun, prepared: UnknownRecord): UnknownRecord {
  contain("agent", () => run.onPrepared(prepared));
  return asRecord(tracedParameters(prepared, run)) ?? prepared;
}

/** By the agent: whose callbacks its settings have now. Two calls of an agent may be prepared at once. */
const shownBy = new WeakMap<object, ShownCallbacks>();

/**
 * Traces the callbacks in an agent's settings while the SDK puts them beside a prepared call, and no longer: no code of the
 * program's runs in between. An agent that is frozen keeps its settings.
 */
class ShownCallbacks {
  readonly #agent: object;
  readonly #run: WrappedRun;
  readonly #call: UnknownRecord;
  /** The property as it was. */
  #original: PropertyDescriptor | undefined;
  #getter: (() => unknown) | undefined;
  /** What the SDK has read of the call and of the settings, in the order of its release. */
  readonly #read = new Set<string>();

  constructor(agent: object, run: WrappedRun, call: UnknownRecord) {
    this.#agent = agent;
    this.#run = run;
    this.#call = call;
  }

  open(): void {
    shownBy.get(this.#agent)?.close();
    const settings = asRecord(this.#agent)?.settings;
    if (!isRecord(settings)) return;
    const shown = tracedCallbacks(settings, this.#run, this.#call.tools);
    this.#original = Reflect.getOwnPropertyDescriptor(this.#agent, "settings");
    const { model } = this.#call;
    const get = (): unknown => {
      contain("agent", () => this.#onRead("settings"));
      return shown;
    };
    const { enumerable = false } = this.#original ?? {};
    const set = (value: unknown): void => {
      contain("agent", () => this.close());
      Reflect.set(this.#agent, "settings", value);
    };
    if (!Reflect.defineProperty(this.#agent, "settings", { configurable: true, enumerable, get, set }))
      return;
    this.#getter = get;
    shownBy.set(this.#agent, this);
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
