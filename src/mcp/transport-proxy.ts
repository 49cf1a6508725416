/**
 * The proxy that takes the place of a transport. Its methods and getters run on the transport itself, so private members
 * work; what `send` is given can be replaced.
 *
 * The client keeps its state on the transport: its listeners and the protocol version. Such writes reach the transport.
 * A method that somebody replaces, as a spy or an instrumentation does, is replaced here alone, and so is a property that
 * the transport never had: the caller's object stays as it is.
 */
import { contain } from "../containment.ts";
import { isFunction, type UnknownFunction } from "../readers/structure.ts";
import { originalOf, rememberOriginal } from "../wrap/view.ts";

/** What the clients of `@ai-sdk/mcp` and `@modelcontextprotocol/sdk` write, also where a transport declares no such property. */
const CLIENT_STATE: ReadonlySet<PropertyKey> = new Set([
  "onclose",
  "onerror",
  "onmessage",
  "protocolVersion",
  "sessionId",
]);

/** @param replaced the message to send in the place of another; `undefined`: that message itself */
export function transportProxy<T extends object>(transport: T, replaced: (message: unknown) => unknown): T {
  return new TransportHandler(transport, replaced).wrapped;
}

/** The proxy's target holds what was written here alone. All else is looked up on the transport when it is asked for. */
class TransportHandler<T extends object> implements ProxyHandler<T> {
  readonly wrapped: T;
  readonly #transport: T;
  readonly #replaced: (message: unknown) => unknown;
  /** Own properties that were deleted here alone. */
  readonly #removed = new Set<PropertyKey>();
  /** Ours by the transport's. A function that sends has another one where it is used by another name. */
  readonly #sends = new WeakMap<UnknownFunction, UnknownFunction>();
  readonly #methods = new WeakMap<UnknownFunction, UnknownFunction>();

  constructor(transport: T, replaced: (message: unknown) => unknown) {
    this.#transport = transport;
    this.#replaced = replaced;
    // Node prints the target of a proxy: let it print the transport.
    const target: object = Object.create({ [Symbol.for("nodejs.util.inspect.custom")]: () => transport });
    // The traps alone decide what the proxy is seen as.
    this.wrapped = rememberOriginal(new Proxy(target as T, this), transport);
  }

  get(target: T, key: PropertyKey, receiver: unknown): unknown {
    if (Object.hasOwn(target, key)) return Reflect.get(target, key, receiver);
    const holder = this.#holderOf(key);
    return holder && this.#shown(key, Reflect.get(holder, key, this.#transport));
  }

  has(target: T, key: PropertyKey): boolean {
    const holder = this.#holderOf(key);
    return Object.hasOwn(target, key) || (holder !== null && Reflect.has(holder, key));
  }

  set(target: T, key: PropertyKey, value: unknown, receiver: unknown): boolean {
    if (Object.hasOwn(target, key)) return Reflect.set(target, key, value, receiver);
    const holder = this.#holderOf(key);
    // What inherits from the wrapped transport has properties of its own.
    if (receiver !== this.wrapped) return Reflect.set(holder ?? {}, key, value, receiver);
    const known = descriptorOf(holder, key);
    if (known?.set || this.#isState(key, known)) {
      this.#removed.delete(key);
      return Reflect.set(this.#transport, key, originalOf(value), this.#transport);
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
        return Reflect.defineProperty(this.#transport, key, { ...descriptor, ...value });
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
    if (own && this.#isState(key, own)) return Reflect.deleteProperty(this.#transport, key);
    if (this.getOwnPropertyDescriptor(target, key)) this.#removed.add(key);
    return true;
  }

  /**
   * A method of the transport's class is shown as an own property, not enumerable. Spies read a method's descriptor from
   * the object that has it, and a prototype would give them the bare method, which knows no trace and no proxy.
   */
  getOwnPropertyDescriptor(target: T, key: PropertyKey): PropertyDescriptor | undefined {
    const written = Reflect.getOwnPropertyDescriptor(target, key);
    if (written || this.#removed.has(key)) return written;
    const own = this.#ownOf(key) ?? this.#inheritedMethod(key);
    if (!own) return undefined;
    const value = isData(own) ? { value: this.#shown(key, valueIn(own)) } : {};
    return { ...own, ...value, configurable: true };
  }

  ownKeys(target: T): (string | symbol)[] {
    const keys = new Set(Reflect.ownKeys(this.#transport));
    for (let holder = this.getPrototypeOf(); holder; holder = Reflect.getPrototypeOf(holder)) {
      for (const key of Reflect.ownKeys(holder)) if (this.#inheritedMethod(key)) keys.add(key);
    }
    const shown = [...keys].filter((key) => !this.#removed.has(key));
    return [...new Set([...shown, ...Reflect.ownKeys(target)])];
  }

  getPrototypeOf(): object | null {
    return Reflect.getPrototypeOf(this.#transport);
  }

  /** Refused: it would have to be done to the transport. */
  setPrototypeOf(): boolean {
    return false;
  }

  /** Refused: a client could not set its listeners any more. */
  preventExtensions(): boolean {
    return false;
  }

  /** Where a look-up begins. */
  #holderOf(key: PropertyKey): object | null {
    return this.#removed.has(key) ? this.getPrototypeOf() : this.#transport;
  }

  /** The transport's own property, unless it was deleted here. */
  #ownOf(key: PropertyKey): PropertyDescriptor | undefined {
    return this.#removed.has(key) ? undefined : Reflect.getOwnPropertyDescriptor(this.#transport, key);
  }

  #inheritedMethod(key: PropertyKey): PropertyDescriptor | undefined {
    const inherited = descriptorOf(this.getPrototypeOf(), key);
    const method = valueIn(inherited);
    return this.#shown(key, method) === method ? undefined : { ...inherited, enumerable: false };
  }

  /**
   * Whether a value that is written under the key is the transport's own state.
   *
   * @param known the property as the transport or its class has it
   */
  #isState(key: PropertyKey, known: PropertyDescriptor | undefined): boolean {
    if (known && !isData(known)) return false;
    if (CLIENT_STATE.has(key)) return true;
    const isMethod = isFunction(valueIn(known));
    return this.#ownOf(key) ? !isMethod || isListener(key) : !isMethod && isListener(key);
  }

  /** A method is the same function each time it is read, until the transport has another one. */
  #shown(key: PropertyKey, value: unknown): unknown {
    if (!isFunction(value)) return value;
    const methods = key === "send" ? this.#sends : this.#methods;
    const known = methods.get(value);
    if (known) return known;
    if (key === "constructor" || isClass(value) || value === Reflect.get(Object.prototype, key)) return value;
    // A listener is the client's. One that the class declares is a method.
    if (isListener(key) && valueIn(descriptorOf(this.getPrototypeOf(), key)) !== value) return value;
    const ours = this.#methodFor(key, value);
    methods.set(value, ours);
    return ours;
  }

  /** Has all properties of the method; what is written to it stays there. */
  #methodFor(key: PropertyKey, original: UnknownFunction): UnknownFunction {
    const transport = this.#transport;
    const { wrapped } = this;
    const replaced = this.#replaced;
    const { method } = {
      method(this: unknown, ...args: unknown[]): unknown {
        if (key === "send" && args.length > 0) {
          args[0] = contain("MCP message", () => replaced(args[0])) ?? args[0];
        }
        const result = Reflect.apply(original, originalOf(this), args);
        return result === transport && this === wrapped ? wrapped : result;
      },
    };
    contain("MCP transport", () => {
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

/** By its name, as `onmessage`. An emitter's `on` and `once` are methods. */
function isListener(key: PropertyKey): boolean {
  return typeof key === "string" && /^on(?!ce$)./.test(key);
}

/** A class is called by `new` alone, so nothing has to be done about its `this`. */
function isClass(value: UnknownFunction): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}
