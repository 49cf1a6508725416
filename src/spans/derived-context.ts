/**
 * Contexts that ai-spans derives from the program's. The API's own context assigns three new functions to itself, and V8
 * allocates a function that is assigned to a property in its old generation. Such a function keeps all values of its
 * context alive until the next full collection. So each context of a span would keep the whole run alive:
 * docs/why/discoveries/closures-in-the-old-generation.md.
 */
import { ROOT_CONTEXT, trace, type Context, type Span } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";

type Values = ReadonlyMap<symbol, unknown>;

/**
 * Has the fields and the class of a context of the API, so that a program sees no difference. Its functions are
 * initialized as fields, which V8 allocates like any other object.
 */
class DerivedContext implements Context {
  readonly _currentContext: Values;

  constructor(values: Values) {
    this._currentContext = values;
  }

  readonly getValue = (key: symbol): unknown => this._currentContext.get(key);

  readonly setValue = (key: symbol, value: unknown): Context =>
    new DerivedContext(new Map(this._currentContext).set(key, value));

  readonly deleteValue = (key: symbol): Context => {
    const values = new Map(this._currentContext);
    values.delete(key);
    return new DerivedContext(values);
  };
}

/** The class of the API's contexts. `undefined` where a test has replaced the API by one without a root context. */
const BaseContext = contain("context", () => {
  const { constructor } = ROOT_CONTEXT;
  Reflect.setPrototypeOf(DerivedContext.prototype, Object(constructor.prototype) as object);
  Reflect.deleteProperty(DerivedContext.prototype, "constructor");
  return constructor;
});

/**
 * @returns a context with the same values, from which further contexts derive. A context of another class stays as it
 *   is, because its class may carry more than values (APMs, programs with a context manager of their own).
 */
function derivable(base: Context): Context {
  if (base instanceof DerivedContext || base.constructor !== BaseContext) return base;
  const values: unknown = Reflect.get(base, "_currentContext");
  return values instanceof Map ? new DerivedContext(values) : base;
}

/** @returns a context with the values of `base`, and with this value */
export function contextWith(base: Context, key: symbol, value: unknown): Context {
  return derivable(base).setValue(key, value);
}

/** @returns a context with the values of `base`, in which the span is active */
export function contextWithSpan(base: Context, span: Span): Context {
  return trace.setSpan(derivable(base), span);
}
