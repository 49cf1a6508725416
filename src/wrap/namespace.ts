/**
 * The wrapped namespace: a proxy that hands out traced functions and leaves everything else alone. The same function
 * each time it is read, and never wrapped twice.
 */
import { asRecord, isFunction, isRecord, type UnknownFunction } from "../readers/guards.ts";
import type { Tracing } from "../spans/tracing.ts";
import { callOperation } from "./operation.ts";
import { operationKind, operationNames, type ResultKind } from "./operations.ts";
import { standIn } from "./stand-in.ts";

/** Every proxy and traced function of ours, in any wrapper, to its original: what is traced stays as it is. */
const originals = new WeakMap<object, object>();

export function wrapNamespace<T extends object>(namespace: T, tracing: Tracing): T {
  if (originals.has(namespace)) return namespace;
  const proxy = new Proxy<T>(standIn(namespace, operationNames()), new NamespaceHandler(namespace, tracing));
  originals.set(proxy, namespace);
  return proxy;
}

/** Whether an object has one of the functions that are traced. */
export function hasOperation(value: unknown): boolean {
  const record = asRecord(value);
  return record !== undefined && operationNames().some((name) => isFunction(record[name]));
}

function originalOf(value: unknown): unknown {
  return isRecord(value) ? (originals.get(value) ?? value) : value;
}

class NamespaceHandler implements ProxyHandler<object> {
  readonly #namespace: object;
  readonly #tracing: Tracing;
  readonly #functions = new WeakMap<UnknownFunction, UnknownFunction>();
  #defaultExport: { readonly original: object; readonly wrapped: object } | undefined;

  constructor(namespace: object, tracing: Tracing) {
    this.#namespace = namespace;
    this.#tracing = tracing;
  }

  get(_target: object, key: PropertyKey): unknown {
    const value: unknown = Reflect.get(this.#namespace, key);
    if (key === "default") return this.#wrapDefault(value);
    const kind = operationKind(key);
    return kind !== undefined && isFunction(value) ? this.#trace(value, kind) : value;
  }

  #trace(original: UnknownFunction, kind: ResultKind): UnknownFunction {
    if (originals.has(original)) return original;
    const known = this.#functions.get(original);
    if (known !== undefined) return known;
    const operation = { kind, original, namespace: this.#namespace, tracing: this.#tracing };
    // A proxy keeps name, length, properties and prototype of the function.
    const wrapped = new Proxy(original, {
      // Called as a method of our proxy, the function sees the object it belongs to.
      apply: (_original, self: unknown, args: unknown[]) => callOperation(operation, originalOf(self), args),
    });
    originals.set(wrapped, original);
    this.#functions.set(original, wrapped);
    return wrapped;
  }

  /** A CommonJS build behind `import * as ai` has its functions on `default` as well. */
  #wrapDefault(value: unknown): unknown {
    if (!hasOperation(value) || !isRecord(value)) return value;
    if (this.#defaultExport?.original !== value) {
      this.#defaultExport = { original: value, wrapped: wrapNamespace(value, this.#tracing) };
    }
    return this.#defaultExport.wrapped;
  }
}
