/**
 * Gives one stream object a method of its own in place of the platform's, without touching any other stream.
 */

/**
 * @param takeOver does what the method does for a plain call; `undefined` leaves a call to the platform
 * @returns false when the stream cannot be given a method (it is frozen)
 */
export function ownMethod(
  stream: ReadableStream<unknown>,
  name: "tee" | "pipeThrough",
  takeOver: (pair?: ReadableWritablePair<unknown, unknown>, options?: unknown) => unknown,
): boolean {
  const platform: (...args: never[]) => unknown = stream[name];
  return Reflect.defineProperty(stream, name, {
    configurable: true,
    writable: true,
    value: function (
      this: unknown,
      pair?: ReadableWritablePair<unknown, unknown>,
      options?: unknown,
    ): unknown {
      // A foreign receiver or a stream in use: the platform knows best.
      const result = this === stream && !stream.locked ? takeOver(pair, options) : undefined;
      return result ?? Reflect.apply(platform, this, [pair, options]);
    },
  });
}
