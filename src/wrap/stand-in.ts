/**
 * What the program holds in place of an object of its own for as long as it likes: an agent, a transport. Its methods and
 * getters run on the object itself, so private members work, and it may know itself by identity.
 *
 * The object's state is the program's: such writes reach the object, whose methods are to see them. A method that somebody
 * replaces, as a spy or an instrumentation does, is replaced here alone, and so is a property that the object never had.
 */
import { contain } from "../foundation/containment.ts";
import { isFunction, type UnknownFunction } from "../foundation/structure.ts";
import { originalOf, rememberOriginal } from "./view.ts";

export interface StandInOptions {
  /**
   * Takes the place of a method.
   *
   * @returns `undefined`: the method itself is called
   */
  readonly replaceMethod: (key: PropertyKey, method: UnknownFunction) => UnknownFunction | undefined;
  /** Runs a call of any other method on the object. */
  readonly around?: (work: () => unknown, method: UnknownFunction) => unknown;
  /** Properties that are state also where the object declares none. */
  readonly state?: ReadonlySet<PropertyKey>;
  /** Whether all is state that is no method of the object's class: handlers that the program assigns, new properties. */
  readonly isOpen?: boolean;
}

export function standInFor<T extends object>(original: T, options: StandInOptions): T {
  return new StandInHandler(original, options).standIn;
}

/** The proxy's target holds what was written here alone. All else is looked up on the object when it is asked for. */
class StandInHandler<T extends object> implements ProxyHandler<T> {
  readonly standIn: T;
  readonly #original: T;
  readonly #options: StandInOptions;
  /** Own properties that were deleted here alone. */
  readonly #removed = new Set<PropertyKey>();
  /** Ours by the object's. A function may be shown in another way under another name. */
  readonly #methods = new Map<PropertyKey, readonly [of: UnknownFunction, shown: UnknownFunction]>();

  constructor(original: T, options: StandInOptions) {
    this.#original = original;
    this.#options = options;
    // Node prints the target of a proxy: let it print the object.
    const target: object = Object.create({ [Symbol.for("nodejs.util.inspect.custom")]: () => original });
    // The traps alone decide what the proxy is seen as.
    this.standIn = rememberOriginal(new Proxy(target as T, this), original);
  }

  get(target: T, key: PropertyKey, receiver: unknown): unknown {
    if (Object.hasOwn(target, key)) return Reflect.get(target, key, receiver);
    const holder = this.#holderOf(key);
    return holder && this.#shown(key, Reflect.get(holder, key, this.#original));
  }

  has(target: T, key: PropertyKey): boolean {
    const holder = this.#holderOf(key);
    return Object.hasOwn(target, key) || (holder !== null && Reflect.has(holder, key));
  }

  set(target: T, key: PropertyKey, value: unknown, receiver: unknown): boolean {
    if (Object.hasOwn(target, key)) return Reflect.set(target, key, value, receiver);
    const holder = this.#holderOf(key);
    // What inherits from the stand-in has properties of its own.
    if (receiver !== this.standIn) return Reflect.set(holder ?? {}, key, value, receiver);
    const known = descriptorOf(holder, key);
    if (known?.set || this.#isState(key, known)) {
      this.#removed.delete(key);
      return Reflect.set(this.#original, key, originalOf(value), this.#original);
    }
    if (known && !known.writable) return false;
    const enumerable = this.#ownOf(key)?.enumerable ?? true;
    return Reflect.defineProperty(target, key, { value, writable: true, enumerable, configurable: true });
  }

  defineProperty(target: T, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    const isAccessor = "get" in descriptor || "set" in descriptor;
    // A property can only be fixed where the proxy's target has it.
    if (!Object.hasOwn(target, key) && !isAccessor && descriptor.configurable !== false) {
      if (this.#isState(key, descriptorOf(this.#holderOf(key), key))) {
        this.#removed.delete(key);
        const value = "value" in descriptor ? { value: originalOf(valueIn(descriptor)) } : {};
        return Reflect.defineProperty(this.#original, key, { ...descriptor, ...value });
      }
    }
    const shown = this.getOwnPropertyDescriptor(target, key);
    if (shown) Reflect.defineProperty(target, key, shown);
    return Reflect.defineProperty(target, key, descriptor);
  }

  deleteProperty(target: T, key: PropertyKey): boolean {
    const own = this.#ownOf(key);
    if (Object.hasOwn(target, key)) {
      if (!Reflect.deleteProperty(target, key)) return false;
      if (own) this.#removed.add(key);
      return true;
    }
    if (own && this.#isState(key, own)) return Reflect.deleteProperty(this.#original, key);
    if (this.getOwnPropertyDescriptor(target, key)) this.#removed.add(key);
    return true;
  }

  /**
   * A method of the object's class is shown as an own property, not enumerable. Spies read a method's descriptor from
   * the object that has it, and a prototype would give them the bare method, which is not traced.
   */
  getOwnPropertyDescriptor(target: T, key: PropertyKey): PropertyDescriptor | undefined {
    const written = Reflect.getOwnPropertyDescriptor(target, key);
    if (written || this.#removed.has(key)) return written;
    const own = this.#ownOf(key) ?? this.#inheritedMethod(key);
    if (!own) return undefined;
    const value = isData(own) ? { value: this.#shown(key, valueIn(own)) } : {};
    return { ...own, ...value, configurable: true };
  }

  /** The methods of the class are not listed: whoever lists the properties sees those of the object. */
  ownKeys(target: T): (string | symbol)[] {
    const shown = Reflect.ownKeys(this.#original).filter((key) => !this.#removed.has(key));
    return [...new Set([...shown, ...Reflect.ownKeys(target)])];
  }

  getPrototypeOf(): object | null {
    return Reflect.getPrototypeOf(this.#original);
  }

  /** Refused: it would have to be done to the object. */
  setPrototypeOf(): boolean {
    return false;
  }

  /** Refused: what is written here could not be kept any more. */
  preventExtensions(): boolean {
    return false;
  }

  /** Where a look-up begins. */
  #holderOf(key: PropertyKey): object | null {
    return this.#removed.has(key) ? this.getPrototypeOf() : this.#original;
  }

  /** The object's own property, unless it was deleted here. */
  #ownOf(key: PropertyKey): PropertyDescriptor | undefined {
    return this.#removed.has(key) ? undefined : Reflect.getOwnPropertyDescriptor(this.#original, key);
  }

  #inheritedMethod(key: PropertyKey): PropertyDescriptor | undefined {
    const inherited = descriptorOf(this.getPrototypeOf(), key);
    const method = valueIn(inherited);
    return this.#shown(key, method) === method ? undefined : { ...inherited, enumerable: false };
  }

  /**
   * Whether a value that is written under the key is the object's own state.
   *
   * @param known the property as the object or its class has it
   */
  #isState(key: PropertyKey, known: PropertyDescriptor | undefined): boolean {
    if (known && !isData(known)) return false;
    const { state, isOpen } = this.#options;
    if (state?.has(key) || (isOpen && (!known || this.#ownOf(key)))) return true;
    return this.#ownOf(key) !== undefined && !isFunction(valueIn(known));
  }

  /** A method is the same function each time it is read, until the object has another one. */
  #shown(key: PropertyKey, value: unknown): unknown {
    if (value === this.#original) return this.standIn;
    const { state, isOpen } = this.#options;
    if (!isFunction(value) || key === "constructor" || state?.has(key)) return value;
    if (isOpen && this.#ownOf(key)) return value;
    const known = this.#methods.get(key);
    if (known?.[0] === value) return known[1];
    if (isClass(value) || value === Reflect.get(Object.prototype, key)) return value;
    const replaced = contain("method", () => this.#options.replaceMethod(key, value));
    const shown = this.#methodFor(value, replaced);
    this.#methods.set(key, [value, shown]);
    return shown;
  }

  /** Has all properties of the method; what is written to it stays there. */
  #methodFor(original: UnknownFunction, replaced: UnknownFunction | undefined): UnknownFunction {
    const object = this.#original;
    const { standIn } = this;
    const { around } = this.#options;
    const { method } = {
      method(this: unknown, ...args: unknown[]): unknown {
        const self = originalOf(this);
        const work = (): unknown => Reflect.apply(replaced ?? original, self, args);
        const result = !replaced && around && self === object ? around(work, original) : work();
        return result === object && this === standIn ? standIn : result;
      },
    };
    contain("method", () => {
      Object.setPrototypeOf(method, Object.getPrototypeOf(original));
      Object.defineProperties(method, Object.getOwnPropertyDescriptors(original));
    });
    return rememberOriginal(method, original);
  }
}

/** The nearest one, an own property before an inherited one. */
function descriptorOf(object: object | null, key: PropertyKey): PropertyDescriptor | undefined {
  for (let holder = object; holder; holder = Reflect.getPrototypeOf(holder)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(holder, key);
    if (descriptor) return descriptor;
  }
  return undefined;
}

function isData(descriptor: PropertyDescriptor): boolean {
  return "writable" in descriptor;
}

/** `undefined` for an accessor: no getter runs. */
function valueIn(descriptor: PropertyDescriptor | undefined): unknown {
  return descriptor?.value;
}

/** A class is called by `new` alone, so nothing has to be done about its `this`; its prototype is fixed. */
function isClass(value: UnknownFunction): boolean {
  return Reflect.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
}
