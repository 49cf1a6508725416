/**
 * Replaces the values in the caller's objects by getters. A getter throws only when ai-spans reads it. The SDK and the
 * program get the value.
 */
import { strike } from "./fault-point.ts";

/** The names of all places, in the order in which they were made. */
const places = new Set<string>();

/** Runs the work, and returns the places that it makes. */
export async function placesMadeBy(work: () => Promise<unknown>): Promise<readonly string[]> {
  places.clear();
  await work();
  return [...places];
}

/**
 * @param name prefix of the places: `tool` makes `tool.execute`
 * @param object is changed itself, because the program compares its identity
 */
export function withGetters<T extends object>(name: string, object: T): T {
  for (const key of Object.keys(object)) {
    const place = `${name}.${key}`;
    places.add(place);
    let value: unknown = Reflect.get(object, key);
    Object.defineProperty(object, key, {
      configurable: true,
      enumerable: true,
      get() {
        strike(place, { onlyOurs: true });
        return value;
      },
      set(next: unknown) {
        value = next;
      },
    });
  }
  return object;
}

/** Puts getters on the signal itself, because the platform's members are on the prototype. */
export function signalWithGetters(name: string, signal: AbortSignal): AbortSignal {
  for (const key of ["aborted", "reason", "addEventListener", "removeEventListener"] as const) {
    const place = `${name}.${key}`;
    places.add(place);
    Object.defineProperty(signal, key, {
      configurable: true,
      get() {
        strike(place, { onlyOurs: true });
        const value: unknown = Reflect.get(AbortSignal.prototype, key, signal);
        return value;
      },
    });
  }
  return signal;
}

/** Fields of an event that always can be read. Without them the adapter knows neither the call nor the work. */
const NEEDED: ReadonlySet<string> = new Set(["callId", "operationId", "execute"]);

/** Our adapter, which gets each event with getters instead of values. */
export function adapterWithGetters(adapter: object): object {
  return new Proxy(adapter, {
    get(target, key) {
      // Some callbacks are getters of the adapter, which must run on the adapter itself.
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (event: object): unknown => {
        const needed = Object.entries(event).filter(([name]) => NEEDED.has(name));
        const others = Object.entries(event).filter(([name]) => !NEEDED.has(name));
        const eventWithGetters = withGetters(`${String(key)} event`, Object.fromEntries(others));
        return value.call(target, Object.assign(eventWithGetters, Object.fromEntries(needed)));
      };
    },
  });
}
