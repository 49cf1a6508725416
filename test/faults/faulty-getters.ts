/**
 * The caller's own objects with getters in the place of their values. A getter throws only when ours reads it: what the
 * SDK and the program read is as it was.
 */
import { strike } from "./fault-point.ts";

/** Every place that was made, in the order in which it was. */
const places = new Set<string>();

/** The places that a piece of work makes. */
export async function placesMadeBy(work: () => Promise<unknown>): Promise<readonly string[]> {
  places.clear();
  await work();
  return [...places];
}

/**
 * @param name of its places: `tool` makes `tool.execute`
 * @param object is changed itself, for the program knows it by identity
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

/** A signal whose members are getters: the platform's own are on its prototype. */
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

/** What an event cannot be without: nothing of ours knows whose it is, or what there is to run. */
const NEEDED: ReadonlySet<string> = new Set(["callId", "operationId", "execute"]);

/** Our adapter, which gets each event with getters in the place of its values. */
export function adapterWithGetters(adapter: object): object {
  return new Proxy(adapter, {
    get(target, key) {
      // A getter of the adapter's own makes a function for each call.
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (event: object): unknown => {
        const needed = Object.entries(event).filter(([name]) => NEEDED.has(name));
        const others = Object.entries(event).filter(([name]) => !NEEDED.has(name));
        const given = withGetters(`${String(key)} event`, Object.fromEntries(others));
        return value.call(target, Object.assign(given, Object.fromEntries(needed)));
      };
    },
  });
}
