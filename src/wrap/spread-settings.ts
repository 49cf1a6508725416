/**
 * Traces an agent's settings when the SDK spreads them. The SDK's agent of v5 uses its settings only in that way.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord, isRecord, type UnknownRecord } from "../foundation/structure.ts";
import { placeholder } from "./callbacks.ts";
import { wrapParameters } from "./parameters.ts";
import { originalOf, rememberOriginal, copyWithGetters } from "./view.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/**
 * @returns `{ ...settings, ...parameters }`. If a getter of the caller throws, an object with getters instead, so that
 *   the SDK gets the error.
 */
export function mergeSettings(settings: unknown, parameters: unknown): object {
  const sources = [asRecord(settings) ?? {}, asRecord(parameters) ?? {}];
  return contain("parameters", () => ({ ...sources[0], ...sources[1] })) ?? copyWithGetters(sources);
}

/**
 * A proxy of an agent's settings (v5). When the SDK spreads the proxy, the copy has the traced settings. Any other read
 * returns the original setting. A write changes the original settings.
 */
export function traceOnSpread(settings: UnknownRecord, run: WrappedRun): object {
  let traced: UnknownRecord = {};
  /** The keys that the current spread has not read yet. */
  const listed = new Set<PropertyKey>();
  let next: PropertyKey | undefined;
  const proxy = new Proxy<object>(
    {},
    {
      ownKeys: () => {
        contain("agent", () => {
          run.onPrepare();
          traced = asRecord(wrapParameters(settings, run)) ?? settings;
          // The agent's method may assign the copy to the agent. So the originals are remembered, and
          // `restoreOriginals` can restore them.
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

/** Restores the originals in settings that an agent's method has copied from the proxy and assigned. */
export function restoreOriginals(settings: unknown): void {
  for (const key of isRecord(settings) ? Object.keys(settings) : []) {
    if (!isRecord(settings)) return;
    const original = originalOf(settings[key]);
    if (original === placeholder) Reflect.deleteProperty(settings, key);
    else if (original !== settings[key]) Reflect.set(settings, key, original);
  }
}
