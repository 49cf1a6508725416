/**
 * Replaces one property of an object during some calls: only reads inside these calls get the replaced value. The property
 * is restored after the last call. A view cannot do this for an agent, which may have private members or compare itself
 * with other agents.
 */
import { createAsyncStorage, type AsyncStorage } from "../foundation/builtin-module.ts";
import { contain, runOnce } from "../foundation/containment.ts";
import { sharedState } from "../foundation/process-state.ts";
import { isRecord } from "../foundation/structure.ts";
import { runAsWorkOf, workOf } from "../spans/context.ts";
import { originalOf } from "./view.ts";

/** @returns the value that a call reads in place of the object's value */
export type Replace = (value: unknown) => unknown;

/** By getter. Shared by all copies of ai-spans, so that two wrappers or two proxies of one object use one replaced property. */
const replacedProperties = sharedState("lenses.v1", WeakMap<object, ReplacedProperty>);
/** The call that runs now. Shared by all copies of ai-spans. */
const running = sharedState("agent-calls.v1", Map<string, unknown>);
/** Holds the call during its synchronous part. */
const ENTERED = "entered";
/** Holds the storage that carries the call where no context manager is registered. Created for the first such call. */
const STORAGE = "storage";

/**
 * @param call the call whose code gets the replaced value, from `enterCall` to the end of its work
 * @param onAssign is called with each value that the call assigns, and the value is replaced at the next read. Without
 *   it the call reads the assigned value unchanged.
 * @returns restores the property for this call; `undefined` where the property cannot be redefined
 */
export function replaceDuring(
  owner: object,
  key: PropertyKey,
  call: object,
  replace: Replace,
  onAssign?: (value: unknown) => void,
): (() => void) | undefined {
  const getter = Reflect.getOwnPropertyDescriptor(owner, key)?.get;
  const property = (getter && replacedProperties.get(getter)) ?? ReplacedProperty.on(owner, key);
  if (!property) return undefined;
  property.begin(call, { replace, onAssign, hasRead: false, assigned: undefined });
  return () => {
    if (property.calls.delete(call) && property.calls.size === 0) property.restore();
  };
}

/** The call whose code runs now. A callback, a tool and a model run outside, so they read the program's values. */
export function currentCall(): unknown {
  return running.get(ENTERED) ?? workOf("method") ?? storage()?.getStore();
}

/** Runs the work of a call. `currentCall` gives the call in its synchronous part, and later in its active context. */
export function enterCall<T>(call: object, work: () => T): T {
  return runAs(call, () =>
    runAsWorkOf("method", call, () => {
      if (contain("context", () => workOf("method")) === call) return work();
      if (!running.has(STORAGE)) running.set(STORAGE, createAsyncStorage());
      return inStorage(call, work);
    }),
  );
}

/** Runs work of the program that was called inside a call, but does not belong to it. */
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
  // Only `enterCall` writes this entry.
  return running.get(STORAGE) as AsyncStorage | undefined;
}

interface Reader {
  readonly replace: Replace;
  readonly onAssign: ((value: unknown) => void) | undefined;
  hasRead: boolean;
  /** The value that the call assigned, and its original. */
  assigned: { readonly value: unknown; readonly original: unknown } | undefined;
}

class ReplacedProperty {
  readonly calls = new Map<object, Reader>();
  /** Calls that have begun, including those that have ended. */
  readonly #pastCalls = new WeakSet();
  readonly #owner: object;
  readonly #key: PropertyKey;
  readonly #original: PropertyDescriptor | undefined;
  /** The value that the program assigned while the property was replaced. */
  #assigned: { readonly to: unknown } | undefined;

  private constructor(owner: object, key: PropertyKey) {
    this.#owner = owner;
    this.#key = key;
    this.#original = Reflect.getOwnPropertyDescriptor(owner, key);
  }

  static on(owner: object, key: PropertyKey): ReplacedProperty | undefined {
    const property = new ReplacedProperty(owner, key);
    const get = (): unknown => {
      const value = property.#read();
      return (contain("agent", () => ({ as: property.#replaced(value) })) ?? { as: value }).as;
    };
    const isSet = Reflect.defineProperty(owner, key, {
      configurable: true,
      enumerable: property.#original?.enumerable ?? false,
      get,
      set: (value: unknown) => {
        // A call may assign the value that it has read. The program's property then gets the original.
        const original = originalOf(value);
        contain("agent", () => property.#onAssign(value, original));
        property.#assign(original);
      },
    });
    if (!isSet) return undefined;
    replacedProperties.set(get, property);
    return property;
  }

  begin(call: object, reader: Reader): void {
    this.calls.set(call, reader);
    this.#pastCalls.add(call);
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
    // A queue starts the next call in the context of a call that has ended.
    return this.calls.get(call) ?? (this.#pastCalls.has(call) ? this.#queuedReader() : undefined);
  }

  #queuedReader(): Reader | undefined {
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

  /** Assigns as without us: calls the setter where the property has one, else stores the value. */
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
