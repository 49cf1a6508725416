/**
 * A delegating layer around one real object: every method is a place that may throw before the real one runs.
 */
import { strike, type StrikeOptions } from "./fault-point.ts";

export interface LayerOptions extends StrikeOptions {
  /** What a method's result is replaced by: a layer around it. */
  readonly results?: Readonly<Record<string, (result: never, args: readonly unknown[]) => unknown>>;
  /** Methods that throw after the real one has run, at a place of their own (`span.end, done`). */
  readonly after?: readonly string[];
}

/** @param name of its places: `span` makes `span.end` */
export function faulty<T extends object>(
  name: string,
  real: T,
  { results = {}, after = [], onlyOurs = false }: LayerOptions = {},
): T {
  return new Proxy(real, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      const place = `${name}.${String(key)}`;
      if (typeof value !== "function") {
        // OpenTelemetry's own spans show when they started: a property that is read from outside.
        if (key === "startTime") strike(place);
        return value;
      }
      return (...args: unknown[]): unknown => {
        strike(place, { onlyOurs });
        // Methods of SDK classes use private state, so they must run on the real object.
        const result: unknown = value.apply(target, args);
        if (after.includes(String(key))) strike(`${place}, done`, { onlyOurs });
        const map = results[String(key)];
        // The layers name methods whose results they know.
        return map ? map(result as never, args) : result;
      };
    },
  });
}
