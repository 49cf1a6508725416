/**
 * The platform's own streams: their methods as they were when the module loaded, and one stream object with a method of
 * ours. A stream of another class, one whose instance or prototype has another method, or one behind a Proxy is never
 * touched: whoever made it wants its own methods to be called, as often as without us.
 */
import { contain } from "../containment.ts";
import { asRecord, isFunction, isRecord } from "../readers/structure.ts";
import { overrideOnce } from "./override-once.ts";

const {
  ReadableStream: Readable,
  ReadableStreamDefaultReader: Reader,
  WritableStream: Writable,
  WritableStreamDefaultWriter: Writer,
} = globalThis;

/** A method of a prototype as it was when the module loaded. */
type PlatformMethod = readonly [owner: object | undefined, name: string, method: unknown];

function methodsOf(owner: object | undefined, names: readonly string[]): PlatformMethod[] {
  return names.map((name) => [owner, name, asRecord(owner)?.[name]]);
}

/** What a tee and a pipe of ours do by methods of the platform's, which its own do by none. */
const METHODS: readonly PlatformMethod[] = [
  ...methodsOf(Readable?.prototype, ["tee", "pipeThrough", "getReader"]),
  ...methodsOf(Reader?.prototype, ["read", "cancel", "releaseLock"]),
  ...methodsOf(Writable?.prototype, ["getWriter"]),
  ...methodsOf(Writer?.prototype, ["write", "close", "abort", "releaseLock"]),
];

/** A method that was replaced before the module loaded is mostly a function that is no method, or has another name. */
const wereReplaced = METHODS.some(
  ([, name, method]) => !isFunction(method) || method.name !== name || Object.hasOwn(method, "prototype"),
);

/** Whether streams can be observed at all: the platform has them, and nobody has replaced one of their methods. */
export function canObserveStreams(): boolean {
  return !wereReplaced && METHODS.every(([owner, name, method]) => asRecord(owner)?.[name] === method);
}

/** Whether a stream's method, and the one that takes its place, is the platform's own. */
function isPlatforms(stream: ReadableStream<unknown>, name: "tee" | "pipeThrough"): boolean {
  const platform = Readable.prototype;
  return stream[name] === platform[name] && stream.getReader === platform.getReader;
}

/**
 * @param takeOver does what the platform's method does for a plain call; `undefined` leaves a call to the platform, with
 *   the stream as it was
 * @param onMissed called when the platform is to do it
 * @returns false when the stream cannot be observed: it is frozen, or not the platform's own
 */
export function overrideMethod(
  stream: ReadableStream<unknown>,
  name: "tee" | "pipeThrough",
  takeOver: (pair?: ReadableWritablePair<unknown, unknown>) => unknown,
  onMissed?: () => void,
): boolean {
  if (!canObserveStreams() || !isPlatforms(stream, name)) return false;
  const override = overrideOnce(stream, name, (platform, args) => {
    const result = contain("stream", () => {
      // A stream in use, or a method that was replaced since: the platform knows best.
      const isPlain = args.length <= 1 && !stream.locked && canObserveStreams() && isPlatforms(stream, name);
      // The platform's dictionary of a pair of streams, which `takeOver` checks.
      return isPlain ? takeOver(args[0] as ReadableWritablePair<unknown, unknown> | undefined) : undefined;
    });
    if (result !== undefined) return result;
    if (onMissed) contain("stream", onMissed);
    return Reflect.apply(platform, stream, args);
  });
  return override !== undefined;
}

/** The platform's own writer; `undefined` when the stream is not the platform's, or in use. */
export function writerOf(stream: unknown): WritableStreamDefaultWriter<unknown> | undefined {
  const { getWriter } = Writable.prototype;
  if (!isRecord(stream) || stream.getWriter !== getWriter || stream.locked !== false) return undefined;
  // The platform checks that it is one.
  return Reflect.apply(getWriter, stream as unknown as WritableStream<unknown>, []);
}

/** Made by the platform's class, whatever has replaced it since. */
export function createStream(source: UnderlyingDefaultSource<unknown>): ReadableStream<unknown> {
  return new Readable(source);
}
