/**
 * Gives one stream object a method of its own in place of the platform's, without touching any other stream.
 */
import { asRecord, isFunction, isRecord } from "../readers/structure.ts";

/**
 * @param takeOver does what the method does for a plain call; `undefined` leaves a call to the platform
 * @param onMissed called when the platform is to do it
 * @returns false when the stream cannot be given a method: it is frozen, or the method is not its class's own
 */
export function ownMethod(
  stream: ReadableStream<unknown>,
  name: "tee" | "pipeThrough",
  takeOver: (pair?: ReadableWritablePair<unknown, unknown>, options?: unknown) => unknown,
  onMissed?: () => void,
): boolean {
  // Whoever overrides it wants to be called.
  if (holderOf(stream, name) !== holderOf(stream, "locked")) return false;
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
      if (result === undefined) {
        onMissed?.();
        return Reflect.apply(platform, this, [pair, options]);
      }
      // Nobody who looks at the stream later is to find it there.
      Reflect.deleteProperty(stream, name);
      return result;
    },
  });
}

/** A reader as the platform takes one for itself: a `getReader` that is overridden is not called. */
export function readerOf(stream: ReadableStream<unknown>): ReadableStreamDefaultReader<unknown> {
  const getReader = asRecord(holderOf(stream, "locked"))?.getReader;
  // What the stream's own class gives is what its type says.
  return (isFunction(getReader) ? getReader.call(stream) : stream.getReader()) as ReturnType<typeof readerOf>;
}

/** Where a property comes from: the stream itself or one of its prototypes. */
function holderOf(stream: object, name: PropertyKey): unknown {
  let holder: unknown = stream;
  while (isRecord(holder) && !Object.hasOwn(holder, name)) holder = Object.getPrototypeOf(holder);
  return holder;
}
