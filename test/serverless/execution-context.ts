/**
 * What a platform hands to one invocation to keep it alive.
 */

/** One invocation's own: it knows what it was given, and only as a method of its own. */
export class ExecutionContext {
  readonly #promises: Promise<unknown>[] = [];

  waitUntil(promise: Promise<unknown>): void {
    this.#promises.push(promise);
  }

  get count(): number {
    return this.#promises.length;
  }

  /** All that it was given, then and since, has settled. */
  async done(): Promise<void> {
    for (const promise of this.#promises) await promise;
  }
}
