/**
 * Contexts that ai-spans derives from the program's. The API's own context stores three new functions in each instance,
 * and V8 allocates a function that is assigned to a property in its old generation. Such a function keeps all values of
 * its context alive until the next full collection. So each context of a span would keep the whole run alive:
 * docs/why/discoveries/closures-in-the-old-generation.md.
 */
import { trace, type Context, type Span } from "@opentelemetry/api";

/**
 * Has one value, and all values of the next context. No key occurs twice in such a list, so a replaced value is not kept
 * alive.
 */
class DerivedContext implements Context {
  readonly next: Context;
  readonly key: symbol;
  readonly stored: unknown;

  constructor(next: Context, key: symbol, stored: unknown) {
    this.next = next;
    this.key = key;
    this.stored = stored;
  }

  getValue(key: symbol): unknown {
    return key === this.key ? this.stored : this.next.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return contextWith(this, key, value);
  }

  deleteValue(key: symbol): Context {
    const rest = without(this, key);
    // The program's context may have a value too. It cannot be removed there, so it is hidden.
    return rest.getValue(key) === undefined ? rest : new DerivedContext(rest, key, undefined);
  }
}

/** @returns the context without the value that a derived context has for the key */
function without(context: Context, key: symbol): Context {
  if (!(context instanceof DerivedContext)) return context;
  if (context.key === key) return context.next;
  const next = without(context.next, key);
  return next === context.next ? context : new DerivedContext(next, context.key, context.stored);
}

/** @returns a context with the values of `base`, and with this value */
export function contextWith(base: Context, key: symbol, value: unknown): Context {
  return new DerivedContext(without(base, key), key, value);
}

/** @returns a context with the values of `base`, in which the span is active */
export function contextWithSpan(base: Context, span: Span): Context {
  // Only the API knows the key of the span. It sets the span on the context that it gets. Nobody reads this other key.
  const derived = base instanceof DerivedContext ? base : contextWith(base, Symbol.iterator, undefined);
  return trace.setSpan(derived, span);
}
