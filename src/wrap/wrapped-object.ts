/**
 * Wraps an object that the program keeps for any length of time: an agent, a transport, an MCP server. Methods and
 * getters run on the object itself. So private members work, and `this` is the object that the program created.
 *
 * A write to the object's state reaches the object, because its methods read the state. Two kinds of writes stay in the
 * proxy. One is a replaced method, such as a spy's or an instrumentation's. The other is a property that the object
 * never had.
 */
import { contain } from "../foundation/containment.ts";
import { isFunction, type UnknownFunction } from "../foundation/structure.ts";
import { originalOf, rememberOriginal } from "./view.ts";

export interface ObjectWrapOptions {
  /** @returns the function that replaces the method; `undefined` if the method is not replaced */
  readonly replaceMethod: (key: PropertyKey, method: UnknownFunction) => UnknownFunction | undefined;
  /** Called for each call of a method that is not replaced. It must call `work` once and return the result. */
  readonly around?: (work: () => unknown, method: UnknownFunction) => unknown;
  /** Names of properties that count as state, even if the object does not have them. */
  readonly state?: ReadonlySet<PropertyKey>;
  /**
   * Whether every property counts as state, except the methods of the object's class. Used for objects to which the
   * program assigns handlers.
   */
  readonly isAllState?: boolean;
}

/**
 * @returns a proxy of the object; `originalOf` returns the object
 * @example
 *   wrapObject(server, { replaceMethod: (key, method) => (key === "connect" ? connect(method) : undefined) });
 */
export function wrapObject<T extends object>(original: T, options: ObjectWrapOptions): T {
  return new ObjectHandler(original, options).proxy;
}

/** The target of the proxy has the writes that stay in the proxy. All other reads reach the object. */
class ObjectHandler<T extends object> implements ProxyHandler<T> {
  readonly proxy: T;
  readonly #original: T;
  readonly #options: ObjectWrapOptions;
  /** The object's properties that were deleted from the proxy, but not from the object. */
  readonly #removed = new Set<PropertyKey>();
  /**
   * By property name: the object's method and the function that replaces it. The key is the name, because one function
   * may have two names.
   */
  readonly #methods = new Map<PropertyKey, readonly [method: UnknownFunction, replaced: UnknownFunction]>();

  constructor(original: T, options: ObjectWrapOptions) {
    this.#original = original;
    this.#options = options;
    // `util.inspect` prints the target of a proxy. This method on the target makes it print the object instead.
    const target: object = Object.create({ [Symbol.for("nodejs.util.inspect.custom")]: () => original });
    this.proxy = rememberOriginal(new Proxy(target as T, this), original);
  }

  get(target: T, key: PropertyKey, receiver: unknown): unknown {
    if (Object.hasOwn(target, key)) return Reflect.get(target, key, receiver);
    const holder = this.#holderOf(key);
    return holder && this.#replaced(key, Reflect.get(holder, key, this.#original));
  }

  has(target: T, key: PropertyKey): boolean {
    const holder = this.#holderOf(key);
    return Object.hasOwn(target, key) || (holder !== null && Reflect.has(holder, key));
  }

  set(target: T, key: PropertyKey, value: unknown, receiver: unknown): boolean {
    if (Object.hasOwn(target, key)) return Reflect.set(target, key, value, receiver);
    const holder = this.#holderOf(key);
    // `receiver` inherits from the proxy. The property is then set on `receiver`.
    if (receiver !== this.proxy) return Reflect.set(holder ?? {}, key, value, receiver);
    const known = descriptorOf(holder, key);
    if (known?.set || this.#isState(key, known)) {
      this.#removed.delete(key);
      return Reflect.set(this.#original, key, originalOf(value), this.#original);
    }
    if (known && !known.writable) return false;
    const enumerable = this.#describe(key)?.enumerable ?? true;
    return Reflect.defineProperty(target, key, { value, writable: true, enumerable, configurable: true });
  }

  defineProperty(target: T, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    const isAccessor = "get" in descriptor || "set" in descriptor;
    // Accessors and fixed properties are defined on the proxy's target. The language requires it for fixed properties.
    if (!Object.hasOwn(target, key) && !isAccessor && descriptor.configurable !== false) {
      if (this.#isState(key, descriptorOf(this.#holderOf(key), key))) {
        this.#removed.delete(key);
        const value = "value" in descriptor ? { value: originalOf(valueIn(descriptor)) } : {};
        return Reflect.defineProperty(this.#original, key, { ...descriptor, ...value });
      }
    }
    const replaced = this.getOwnPropertyDescriptor(target, key);
    if (replaced) Reflect.defineProperty(target, key, replaced);
    return Reflect.defineProperty(target, key, descriptor);
  }

  deleteProperty(target: T, key: PropertyKey): boolean {
    const descriptor = this.#describe(key);
    if (Object.hasOwn(target, key)) {
      if (!Reflect.deleteProperty(target, key)) return false;
      if (descriptor) this.#removed.add(key);
      return true;
    }
    if (descriptor && this.#isState(key, descriptor)) return Reflect.deleteProperty(this.#original, key);
    if (this.getOwnPropertyDescriptor(target, key)) this.#removed.add(key);
    return true;
  }

  /**
   * The proxy reports a method of the class as its direct property, not enumerable. A spy reads the descriptor of a
   * method from the object that has the method. On the prototype it would find the method that is not traced.
   */
  getOwnPropertyDescriptor(target: T, key: PropertyKey): PropertyDescriptor | undefined {
    const written = Reflect.getOwnPropertyDescriptor(target, key);
    if (written || this.#removed.has(key)) return written;
    const descriptor = this.#describe(key) ?? this.#inheritedMethod(key);
    if (!descriptor) return undefined;
    const value = isData(descriptor) ? { value: this.#replaced(key, valueIn(descriptor)) } : {};
    return { ...descriptor, ...value, configurable: true };
  }

  /**
   * Lists the properties of the object and those written to the proxy. The methods of the class are not listed, as on
   * the object.
   */
  ownKeys(target: T): (string | symbol)[] {
    const replaced = Reflect.ownKeys(this.#original).filter((key) => !this.#removed.has(key));
    return [...new Set([...replaced, ...Reflect.ownKeys(target)])];
  }

  getPrototypeOf(): object | null {
    return Reflect.getPrototypeOf(this.#original);
  }

  /** Refused, because it would change the object. */
  setPrototypeOf(): boolean {
    return false;
  }

  /** Refused, because the proxy could then hold no new write. */
  preventExtensions(): boolean {
    return false;
  }

  /**
   * Where the look-up of a property starts: at the object, or at its prototype if the property was deleted from the
   * proxy.
   */
  #holderOf(key: PropertyKey): object | null {
    return this.#removed.has(key) ? this.getPrototypeOf() : this.#original;
  }

  /** The descriptor of the object's property; `undefined` if it was deleted from the proxy. */
  #describe(key: PropertyKey): PropertyDescriptor | undefined {
    return this.#removed.has(key) ? undefined : Reflect.getOwnPropertyDescriptor(this.#original, key);
  }

  #inheritedMethod(key: PropertyKey): PropertyDescriptor | undefined {
    const inherited = descriptorOf(this.getPrototypeOf(), key);
    const method = valueIn(inherited);
    return this.#replaced(key, method) === method ? undefined : { ...inherited, enumerable: false };
  }

  /**
   * Whether a write to the property reaches the object.
   *
   * @param known the descriptor of the property on the object or its class
   */
  #isState(key: PropertyKey, known: PropertyDescriptor | undefined): boolean {
    if (known && !isData(known)) return false;
    const { state, isAllState } = this.#options;
    if (state?.has(key) || (isAllState && (!known || this.#describe(key)))) return true;
    return this.#describe(key) !== undefined && !isFunction(valueIn(known));
  }

  /**
   * The value that a read through the proxy returns. For a method, each read returns the same function until the object
   * has another method.
   */
  #replaced(key: PropertyKey, value: unknown): unknown {
    if (value === this.#original) return this.proxy;
    const { state, isAllState } = this.#options;
    if (!isFunction(value) || key === "constructor" || state?.has(key)) return value;
    if (isAllState && this.#describe(key)) return value;
    const known = this.#methods.get(key);
    if (known?.[0] === value) return known[1];
    if (isClass(value) || value === Reflect.get(Object.prototype, key)) return value;
    const replacement = contain("method", () => this.#options.replaceMethod(key, value));
    const replaced = this.#methodFor(value, replacement);
    this.#methods.set(key, [value, replaced]);
    return replaced;
  }

  /**
   * A function that calls the replacement or the method, with the properties of the method. A write to the function
   * does not reach the method.
   */
  #methodFor(original: UnknownFunction, replacement: UnknownFunction | undefined): UnknownFunction {
    const object = this.#original;
    const { proxy } = this;
    const { around } = this.#options;
    const { method } = {
      method(this: unknown, ...args: unknown[]): unknown {
        const self = originalOf(this);
        const work = (): unknown => Reflect.apply(replacement ?? original, self, args);
        const result = !replacement && around && self === object ? around(work, original) : work();
        return result === object && this === proxy ? proxy : result;
      },
    };
    contain("method", () => {
      Object.setPrototypeOf(method, Object.getPrototypeOf(original));
      Object.defineProperties(method, Object.getOwnPropertyDescriptors(original));
    });
    return rememberOriginal(method, original);
  }
}

/** The descriptor of a property on the object, or on the nearest prototype that has the property. */
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

/** The value of a data property; `undefined` for an accessor. Runs no getter. */
function valueIn(descriptor: PropertyDescriptor | undefined): unknown {
  return descriptor?.value;
}

/**
 * Whether a function is a class, whose `prototype` is not writable. A class is only called by `new`, so its `this` is
 * no proxy.
 */
function isClass(value: UnknownFunction): boolean {
  return Reflect.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
}
