/**
 * A layer around a real object. Every method is a place that may throw before the real method runs.
 */
import { createEra, strike, type StrikeOptions } from "./fault-point.ts";

export interface LayerOptions extends StrikeOptions {
  /** Replaces the result of a method, for example by a layer around it. */
  readonly results?: Readonly<Record<string, (result: never, args: readonly unknown[]) => unknown>>;
  /** Methods that also throw after the real method has run, at a place such as `span.end, done`. */
  readonly after?: readonly string[];
}

/** @param name prefix of the places: `span` makes `span.end` */
export function faulty<T extends object>(
  name: string,
  real: T,
  { results = {}, after = [], onlyOurs = false }: LayerOptions = {},
): T {
  const isCurrent = createEra();
  const strikeHere = (place: string, options?: StrikeOptions): void => {
    if (isCurrent()) strike(place, options);
  };
  return new Proxy(real, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      const place = `${name}.${String(key)}`;
      if (typeof value !== "function") {
        // `startTime` is a property of OpenTelemetry's spans that ai-spans reads, so it is a place too.
        if (key === "startTime") strikeHere(place);
        return value;
      }
      return (...args: unknown[]): unknown => {
        strikeHere(place, { onlyOurs });
        // Methods of SDK classes use private state, so they must run on the real object.
        const result: unknown = value.apply(target, args);
        if (after.includes(String(key))) strikeHere(`${place}, done`, { onlyOurs });
        const map = results[String(key)];
        // The caller of `faulty` knows the types of the results that it names.
        return map ? map(result as never, args) : result;
      };
    },
  });
}
