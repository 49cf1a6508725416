/**
 * Replaces one property of an object for some calls. Only reads inside these calls return the replaced value. After the
 * last call the property is restored. A view of the object would not work for an agent: the agent may have private
 * members, or compare itself with other agents.
 */
import { createAsyncStorage, type AsyncStorage } from "../foundation/builtin-module.ts";
import { contain, runOnce } from "../foundation/containment.ts";
import { sharedState } from "../foundation/process-state.ts";
import { isRecord } from "../foundation/structure.ts";
import { runAsWorkOf, workOf } from "../spans/context.ts";
import { originalOf } from "./view.ts";

/**
 * @param value the value that the property has for the program
 * @returns the value that a read inside the call returns
 */
export type Replace = (value: unknown) => unknown;

/**
 * The replaced properties, by their getter. All copies of ai-spans share them, so that two wrappers of one object do
 * not replace the property twice.
 */
const replacedProperties = sharedState("lenses.v1", WeakMap<object, ReplacedProperty>);
/** State of the call that runs now, under the keys `ENTERED` and `STORAGE`. All copies of ai-spans share it. */
const running = sharedState("agent-calls.v1", Map<string, unknown>);
/** The key of the call that is running synchronously. */
const ENTERED = "entered";
/**
 * The key of an `AsyncLocalStorage`, which carries the call where no context manager is registered. The first such call
 * creates it.
 */
const STORAGE = "storage";

/**
 * Replaces a property of `owner` for one call.
 *
 * @param call the call inside which a read returns the replaced value. The call begins with `enterCall` and ends with
 *   its work.
 * @param onAssign called with each value that the call assigns. The next read then returns the replacement of that
 *   value. Without `onAssign`, the call reads the assigned value unchanged.
 * @returns a function that ends the replacement for this call; `undefined` if the property cannot be redefined
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

/**
 * The call whose code runs now. Callbacks, tools and models run outside of it (`leaveCall`), so they read the program's
 * values.
 */
export function currentCall(): unknown {
  return running.get(ENTERED) ?? workOf("method") ?? storage()?.getStore();
}

/** Runs the work of a call. `currentCall` returns the call while the work runs, also in its asynchronous part. */
export function enterCall<T>(call: object, work: () => T): T {
  return runAs(call, () =>
    runAsWorkOf("method", call, () => {
      if (contain("context", () => workOf("method")) === call) return work();
      if (!running.has(STORAGE)) running.set(STORAGE, createAsyncStorage());
      return inStorage(call, work);
    }),
  );
}

/** Runs the program's code that is called inside a call but does not belong to it, such as a callback. */
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
  // Only `enterCall` writes this entry, so the cast is right.
  return running.get(STORAGE) as AsyncStorage | undefined;
}

interface Reader {
  readonly replace: Replace;
  readonly onAssign: ((value: unknown) => void) | undefined;
  hasRead: boolean;
  /** The value that the call assigned to the property, and the original of that value. */
  assigned: { readonly value: unknown; readonly original: unknown } | undefined;
}

class ReplacedProperty {
  readonly calls = new Map<object, Reader>();
  /** The calls that have begun. Calls that have ended stay in it. */
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
        // A call may assign the replaced value that it has read. Then the original is stored for the program.
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
    // A queue of the program may start a call in the context of another call that has ended. Then the reader is a call
    // that has not read the property yet.
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

  /**
   * Assigns a value as it would be without ai-spans: by the setter, if the property has one. Otherwise the value is
   * stored.
   */
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
