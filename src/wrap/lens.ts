/**
 * Shows another value of one property while a call goes on that is to see it, and restores the property after the last
 * such call. For objects that no view may stand for: an agent may know itself by identity, or have private members.
 */
import { contain } from "../containment.ts";

/** A call that is to see another value. */
export interface LensCall {
  /** Whether the code that runs now belongs to the call itself, and not to what it has called. */
  isActive(): boolean;
}

const lenses = new WeakMap<object, Map<PropertyKey, Lens>>();

/** Whose turn it is to see the other value in the synchronous part of its call. */
let entering: LensCall | undefined;

/** @returns what takes the value away again; `undefined` where the property is fixed */
export function showDuring(
  owner: object,
  key: PropertyKey,
  call: LensCall,
  value: unknown,
): (() => void) | undefined {
  const ofOwner = lenses.get(owner) ?? new Map<PropertyKey, Lens>();
  const lens = ofOwner.get(key) ?? Lens.on(owner, key);
  if (!lens) return undefined;
  lenses.set(owner, ofOwner.set(key, lens));
  lens.calls.set(call, value);
  return () => {
    if (!lens.calls.delete(call) || lens.calls.size > 0) return;
    ofOwner.delete(key);
    lens.restore();
  };
}

/** The call whose callback runs: it sees what the program sees. */
let left: LensCall | undefined;

/** Runs the synchronous part of a callback of the program's. */
export function leaveCall<T>(call: LensCall, work: () => T): T {
  const before = { entering, left };
  entering = undefined;
  left = call;
  try {
    return work();
  } finally {
    ({ entering, left } = before);
  }
}

/** Runs the synchronous part of a call, which is where it is known without a context manager. */
export function enterCall<T>(call: LensCall, work: () => T): T {
  const before = entering;
  entering = call;
  try {
    return work();
  } finally {
    entering = before;
  }
}

class Lens {
  readonly calls = new Map<LensCall, unknown>();
  readonly #owner: object;
  readonly #key: PropertyKey;
  readonly #original: PropertyDescriptor | undefined;
  /** What the program has assigned meanwhile. */
  #assigned: { readonly to: unknown } | undefined;
  /** Whether the active context tells calls apart, as far as it was seen. */
  #isTold = false;

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
        lens.#assign(value);
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
    if (entering && this.calls.has(entering)) {
      this.#isTold ||= entering.isActive();
      return entering;
    }
    for (const call of this.calls.keys()) if (call.isActive()) return call;
    // Without a context manager nothing tells several calls apart, or a call from a program that has assigned.
    const [only] = this.calls.keys();
    const isKnown = this.#isTold || this.#assigned || this.calls.size > 1;
    return isKnown || only === left ? undefined : only;
  }

  #readOriginal(): unknown {
    if (this.#assigned) return this.#assigned.to;
    const original = this.#original;
    if (!original) return Reflect.get(Object.getPrototypeOf(this.#owner) as object, this.#key, this.#owner);
    return "value" in original ? original.value : original.get?.call(this.#owner);
  }
}
