/**
 * Replaces one property of an object for the calls that are to read another value, and restores the property after the
 * last of them. For objects that no view may replace: an agent may know itself by identity, or have private members.
 */
import { createAsyncStorage, type AsyncStorage } from "../foundation/builtin-module.ts";
import { contain, runOnce } from "../foundation/containment.ts";
import { sharedState } from "../foundation/process-state.ts";
import { isRecord } from "../foundation/structure.ts";
import { runAsWorkOf, workOf } from "../spans/context.ts";
import { originalOf } from "./view.ts";

/** What a call reads in place of the object's value. */
export type Replace = (value: unknown) => unknown;

/** Accessors of every copy of ours, by their getters: two wrappers of one object, or two proxies of it, share one. */
const lenses = sharedState("lenses.v1", WeakMap<object, Lens>);
/** The call that runs now, in any copy of ours. */
const running = sharedState("agent-calls.v1", Map<string, unknown>);
/** Known in the synchronous part of a call. */
const ENTERED = "entered";
/** Carries the call where no context manager is registered. Made for the first such call. */
const STORAGE = "storage";

/**
 * @param call who reads the other value
 * @param onAssign is called with what the call assigns, which is replaced as well; default: the call reads it as it is
 * @returns what restores the property; `undefined` where the property is fixed
 */
export function replaceDuring(
  owner: object,
  key: PropertyKey,
  call: object,
  replace: Replace,
  onAssign?: (value: unknown) => void,
): (() => void) | undefined {
  const getter = Reflect.getOwnPropertyDescriptor(owner, key)?.get;
  const lens = (getter && lenses.get(getter)) ?? Lens.on(owner, key);
  if (!lens) return undefined;
  lens.begin(call, { replace, onAssign, hasRead: false, assigned: undefined });
  return () => {
    if (lens.calls.delete(call) && lens.calls.size === 0) lens.restore();
  };
}

/** The call whose code runs now: not that of a callback, a tool or a model, which read what the program reads. */
export function currentCall(): unknown {
  return running.get(ENTERED) ?? workOf("method") ?? storage()?.getStore();
}

/** Runs a call, so that its reads are known: in its synchronous part, and after that by the active context. */
export function enterCall<T>(call: object, work: () => T): T {
  return runAs(call, () =>
    runAsWorkOf("method", call, () => {
      if (contain("context", () => workOf("method")) === call) return work();
      if (!running.has(STORAGE)) running.set(STORAGE, createAsyncStorage());
      return inStorage(call, work);
    }),
  );
}

/** Runs the program's own work inside a call. */
export function leaveCall<T>(work: () => T): T {
  return runAs(undefined, () => runAsWorkOf("method", undefined, () => inStorage(undefined, work)));
}

function runAs<T>(call: object | undefined, work: () => T): T {
  const before = running.get(ENTERED);
  running.set(ENTERED, call);
  try {
    return work();
  } finally {
    running.set(ENTERED, before);
  }
}

function inStorage<T>(call: object | undefined, work: () => T): T {
  const found = storage();
  return found ? runOnce("AsyncLocalStorage", work, (run) => found.run(call, run)) : work();
}

function storage(): AsyncStorage | undefined {
  // Only `enterCall` writes it.
  return running.get(STORAGE) as AsyncStorage | undefined;
}

interface Reader {
  readonly replace: Replace;
  readonly onAssign: ((value: unknown) => void) | undefined;
  hasRead: boolean;
  /** What the call has assigned, and the program's value of it. */
  assigned: { readonly value: unknown; readonly original: unknown } | undefined;
}

class Lens {
  readonly calls = new Map<object, Reader>();
  /** Calls that have read the property, those that are over included. */
  readonly #known = new WeakSet();
  readonly #owner: object;
  readonly #key: PropertyKey;
  readonly #original: PropertyDescriptor | undefined;
  /** What the program has assigned meanwhile. */
  #assigned: { readonly to: unknown } | undefined;

  private constructor(owner: object, key: PropertyKey) {
    this.#owner = owner;
    this.#key = key;
    this.#original = Reflect.getOwnPropertyDescriptor(owner, key);
  }

  static on(owner: object, key: PropertyKey): Lens | undefined {
    const lens = new Lens(owner, key);
    const get = (): unknown => {
      const value = lens.#read();
      return (contain("agent", () => ({ as: lens.#replaced(value) })) ?? { as: value }).as;
    };
    const isSet = Reflect.defineProperty(owner, key, {
      configurable: true,
      enumerable: lens.#original?.enumerable ?? false,
      get,
      set: (value: unknown) => {
        // Whoever puts back what a call has read puts back the program's value.
        const original = originalOf(value);
        contain("agent", () => lens.#onAssign(value, original));
        lens.#assign(original);
      },
    });
    if (!isSet) return undefined;
    lenses.set(get, lens);
    return lens;
  }

  begin(call: object, reader: Reader): void {
    this.calls.set(call, reader);
    this.#known.add(call);
  }

  restore(): void {
    const original = this.#original;
    const value = this.#assigned?.to;
    if (this.#assigned) {
      const kept = original ?? { writable: true, enumerable: true, configurable: true };
      Reflect.defineProperty(this.#owner, this.#key, { ...kept, value });
    } else if (original) Reflect.defineProperty(this.#owner, this.#key, original);
    else Reflect.deleteProperty(this.#owner, this.#key);
  }

  #reader(): Reader | undefined {
    const call = currentCall();
    if (!isRecord(call)) return undefined;
    // A queue starts the next call where one has ended.
    return this.calls.get(call) ?? (this.#known.has(call) ? this.#waiting() : undefined);
  }

  #waiting(): Reader | undefined {
    for (const [, reader] of this.calls) if (!reader.hasRead) return reader;
    return undefined;
  }

  #onAssign(value: unknown, original: unknown): void {
    const reader = this.#reader();
    if (reader?.onAssign) reader.onAssign(original);
    else if (reader) reader.assigned = { value, original };
  }

  #replaced(value: unknown): unknown {
    const reader = this.#reader();
    if (!reader) return value;
    reader.hasRead = true;
    const { assigned } = reader;
    return assigned && assigned.original === value ? assigned.value : reader.replace(value);
  }

  /** As without us: a setter is called, anything else is a value. */
  #assign(value: unknown): void {
    const original = this.#original;
    const isData = original ? "value" in original : !this.#hasInheritedSetter();
    if (isData) this.#assigned = { to: value };
    else if (original) original.set?.call(this.#owner, value);
    else Reflect.set(Object.getPrototypeOf(this.#owner) as object, this.#key, value, this.#owner);
  }

  #hasInheritedSetter(): boolean {
    let holder = Object.getPrototypeOf(this.#owner) as object | null;
    while (holder && !Object.hasOwn(holder, this.#key))
      holder = Object.getPrototypeOf(holder) as object | null;
    return holder !== null && Reflect.getOwnPropertyDescriptor(holder, this.#key)?.set !== undefined;
  }

  #read(): unknown {
    if (this.#assigned) return this.#assigned.to;
    const original = this.#original;
    if (!original) return Reflect.get(Object.getPrototypeOf(this.#owner) as object, this.#key, this.#owner);
    return "value" in original ? original.value : original.get?.call(this.#owner);
  }
}
