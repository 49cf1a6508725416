/**
 * Sets the SDK's default provider, which returns the models of calls that name a model by its id.
 */

/** Runs the work with this default provider. */
export async function withDefaultProvider(provider: object, work: () => unknown): Promise<void> {
  Object.assign(globalThis, { AI_SDK_DEFAULT_PROVIDER: provider });
  try {
    await work();
  } finally {
    Reflect.deleteProperty(globalThis, "AI_SDK_DEFAULT_PROVIDER");
  }
}
