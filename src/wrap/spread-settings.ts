/**
 * Settings that are traced where they are spread: the SDK's agent of v5 does nothing else with them.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord, isRecord, type UnknownRecord } from "../foundation/structure.ts";
import { placeholder } from "./callbacks.ts";
import { tracedParameters } from "./parameters.ts";
import { originalOf, rememberOriginal, unreadCopyOf } from "./view.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/** `{ ...settings, ...parameters }`. Where a getter throws, the SDK is to read it. */
export function spreadTogether(settings: unknown, parameters: unknown): object {
  const sources = [asRecord(settings) ?? {}, asRecord(parameters) ?? {}];
  return contain("parameters", () => ({ ...sources[0], ...sources[1] })) ?? unreadCopyOf(sources);
}

/**
 * An agent's settings (v5). Who spreads them, as the SDK does, gets traced ones. Any other read, and each write, is one of
 * the settings themselves.
 */
export function spreadingTraced(settings: UnknownRecord, run: WrappedRun): object {
  let traced: UnknownRecord = {};
  /** The keys that the spread has not read yet. */
  const listed = new Set<PropertyKey>();
  let next: PropertyKey | undefined;
  const proxy = new Proxy<object>(
    {},
    {
      ownKeys: () => {
        contain("agent", () => {
          run.onPrepare();
          traced = asRecord(tracedParameters(settings, run)) ?? settings;
          // A method that spreads them may assign the copy.
          for (const key of Object.keys(traced)) {
            if (traced[key] !== settings[key]) rememberOriginal(traced[key], settings[key] ?? placeholder);
          }
        });
        const keys = Reflect.ownKeys(traced);
        contain("agent", () => {
          listed.clear();
          for (const key of keys) listed.add(key);
        });
        return keys;
      },
      getOwnPropertyDescriptor: (_target, key) => {
        next = listed.delete(key) ? key : undefined;
        const descriptor = Reflect.getOwnPropertyDescriptor(next === undefined ? settings : traced, key);
        return descriptor && { ...descriptor, configurable: true };
      },
      get: (_target, key) => {
        const isSpread = key === next;
        next = undefined;
        return Reflect.get(isSpread ? traced : settings, key);
      },
      has: (_target, key) => Reflect.has(settings, key),
      set: (_target, key, value) => Reflect.set(settings, key, originalOf(value)),
      defineProperty: (_target, key, descriptor) => Reflect.defineProperty(settings, key, descriptor),
      deleteProperty: (_target, key) => Reflect.deleteProperty(settings, key),
      getPrototypeOf: () => Reflect.getPrototypeOf(settings),
    },
  );
  return rememberOriginal(proxy, settings);
}

/** What a method has made of the settings that it read has the agent's own values again. */
export function restoreOriginals(settings: unknown): void {
  for (const key of isRecord(settings) ? Object.keys(settings) : []) {
    if (!isRecord(settings)) return;
    const own = originalOf(settings[key]);
    if (own === placeholder) Reflect.deleteProperty(settings, key);
    else if (own !== settings[key]) Reflect.set(settings, key, own);
  }
}
