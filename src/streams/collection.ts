/**
 * Hears that a stream nobody can read any more was collected: the only sign of a result that was dropped unread.
 */
import type { ResultLifetime } from "./result-lifetime.ts";

const registry: FinalizationRegistry<ResultLifetime> | undefined =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry((lifetime) => lifetime.collected());

/** The lifetime is held until then and must not hold the stream. */
export function watchCollection(stream: object, lifetime: ResultLifetime): void {
  registry?.register(stream, lifetime);
}
