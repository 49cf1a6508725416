/**
 * Contexts that ai-spans derives from the program's. The API's own context stores three new functions in each instance,
 * and V8 allocates a function that is assigned to a property in its old generation. Such a function keeps all values of
 * its context alive until the next full collection. So each context of a span would keep the whole run alive:
 * docs/discoveries/closures-in-the-old-generation.md.
 */
import { trace, type Context, type Span } from "@opentelemetry/api";

/**
 * Has the same values as a context of the API. It stores the values that differ from its base, and no chain of earlier
 * contexts. So a replaced value is not kept alive.
 */
class DerivedContext implements Context {
  readonly #base: Context;
  readonly #keys: readonly symbol[];
  readonly #values: readonly unknown[];

  constructor(base: Context, keys: readonly symbol[], values: readonly unknown[]) {
    this.#base = base;
    this.#keys = keys;
    this.#values = values;
  }

  getValue(key: symbol): unknown {
    const index = this.#keys.indexOf(key);
    return index < 0 ? this.#base.getValue(key) : this.#values[index];
  }

  setValue(key: symbol, value: unknown): Context {
    const index = this.#keys.indexOf(key);
    if (index < 0) return new DerivedContext(this.#base, [...this.#keys, key], [...this.#values, value]);
    return new DerivedContext(
      this.#base,
      this.#keys,
      this.#values.map((known, at) => (at === index ? value : known)),
    );
  }

  deleteValue(key: symbol): Context {
    return this.setValue(key, undefined);
  }
}

/** @returns a context with the same values, from which further contexts derive cheaply */
function derivable(base: Context): Context {
  return base instanceof DerivedContext ? base : new DerivedContext(base, [], []);
}

/** @returns a context with the values of `base`, and with this value */
export function contextWith(base: Context, key: symbol, value: unknown): Context {
  return derivable(base).setValue(key, value);
}

/** @returns a context with the values of `base`, in which the span is active */
export function contextWithSpan(base: Context, span: Span): Context {
  return trace.setSpan(derivable(base), span);
}
