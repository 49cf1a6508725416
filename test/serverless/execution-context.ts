/**
 * The object that a platform passes to a handler to keep the invocation alive.
 */

/** The context of one invocation. `waitUntil` throws if it is called on another object, as the platform's does. */
export class ExecutionContext {
  readonly #promises: Promise<unknown>[] = [];

  waitUntil(promise: Promise<unknown>): void {
    this.#promises.push(promise);
  }

  get count(): number {
    return this.#promises.length;
  }

  /** Resolves when all promises have settled, including those added meanwhile. */
  async done(): Promise<void> {
    for (const promise of this.#promises) await promise;
  }
}
