/**
 * Shows another value of one property while a call goes on that is to see it, and restores the property after the last
 * such call. For objects that no view may stand for: an agent may know itself by identity, or have private members.
 */
import { createAsyncStorage, type AsyncStorage } from "../builtin-module.ts";
import { contain, runOnce } from "../containment.ts";
import { originalOf } from "./view.ts";

/** A call that is to see another value. */
export interface LensCall {
  /** Whether the code that runs now belongs to the call itself, and not to what it has called. */
  isActive(): boolean;
}

const lenses = new WeakMap<object, Map<PropertyKey, Lens>>();

/** Whose turn it is to see the other value in the synchronous part of its call. */
let entering: LensCall | undefined;

/**
 * @param onAssign what the call sees of a value that the program assigns meanwhile; default: the same as before
 * @returns what takes the value away again; `undefined` where the property is fixed
 */
export function showDuring(
  owner: object,
  key: PropertyKey,
  call: LensCall,
  value: unknown,
  onAssign?: (value: unknown) => unknown,
): (() => void) | undefined {
  const ofOwner = lenses.get(owner) ?? new Map<PropertyKey, Lens>();
  const lens = ofOwner.get(key) ?? Lens.on(owner, key);
  if (!lens) return undefined;
  lenses.set(owner, ofOwner.set(key, lens));
  lens.calls.set(call, value);
  if (onAssign) lens.observers.set(call, onAssign);
  return () => {
    lens.observers.delete(call);
    if (!lens.calls.delete(call) || lens.calls.size > 0) return;
    ofOwner.delete(key);
    lens.restore();
  };
}

/** Identifies the running call where no context manager is registered. Made for the first such call. */
let storage: { readonly found: AsyncStorage | undefined } | undefined;

/** Runs the program's own work inside a call: it sees what the program sees. */
export function leaveCall<T>(work: () => T): T {
  const before = entering;
  entering = undefined;
  try {
    return storage ? inStorage(undefined, work) : work();
  } finally {
    entering = before;
  }
}

function inStorage<T>(call: LensCall | undefined, work: () => T): T {
  const found = storage?.found;
  return found ? runOnce("AsyncLocalStorage", work, (run) => found.run(call, run)) : work();
}

/** Runs a call, so that it is known whose settings are read: in its synchronous part, and after that by its context. */
export function enterCall<T>(call: LensCall, work: () => T): T {
  const before = entering;
  entering = call;
  try {
    if (contain("agent settings", () => call.isActive())) return work();
    storage ??= { found: createAsyncStorage() };
    return inStorage(call, work);
  } finally {
    entering = before;
  }
}

class Lens {
  readonly calls = new Map<LensCall, unknown>();
  readonly observers = new Map<LensCall, (value: unknown) => unknown>();
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
    const isSet = Reflect.defineProperty(owner, key, {
      configurable: true,
      enumerable: lens.#original?.enumerable ?? false,
      get: () => {
        const call = contain("agent settings", () => lens.#currentCall());
        return call ? lens.calls.get(call) : lens.#readOriginal();
      },
      set: (value: unknown) => {
        // Whoever puts back what a call has read puts back its own.
        const own = originalOf(value);
        contain("agent settings", () => {
          const call = lens.#currentCall();
          const observe = call && lens.observers.get(call);
          if (observe) lens.calls.set(call, observe(own));
        });
        lens.#assign(own);
      },
    });
    return isSet ? lens : undefined;
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

  #currentCall(): LensCall | undefined {
    if (entering && this.calls.has(entering)) return entering;
    for (const call of this.calls.keys()) if (call.isActive()) return call;
    const stored = storage?.found?.getStore();
    return [...this.calls.keys()].find((call) => call === stored);
  }

  #readOriginal(): unknown {
    if (this.#assigned) return this.#assigned.to;
    const original = this.#original;
    if (!original) return Reflect.get(Object.getPrototypeOf(this.#owner) as object, this.#key, this.#owner);
    return "value" in original ? original.value : original.get?.call(this.#owner);
  }
}
