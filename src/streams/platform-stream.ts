/**
 * The platform's own streams: their methods as they were when the module loaded, and one stream object with a method of
 * ours. A stream of another class, one whose instance or prototype has another method, or one behind a Proxy is never
 * touched: whoever made it wants its own methods to be called, as often as without us.
 */
import { builtinModule } from "../foundation/builtin-module.ts";
import { contain } from "../foundation/containment.ts";
import { asRecord, isFunction, isRecord, type UnknownFunction } from "../foundation/structure.ts";
import { overrideOnce } from "./override-once.ts";

const {
  ReadableStream: Readable,
  ReadableStreamDefaultReader: Reader,
  WritableStream: Writable,
  WritableStreamDefaultWriter: Writer,
} = globalThis;

const readable = asRecord(Readable?.prototype) ?? {};
const reader = asRecord(Reader?.prototype) ?? {};
const writable = asRecord(Writable?.prototype) ?? {};
const writer = asRecord(Writer?.prototype) ?? {};

/** The methods in whose place a stream gets one of ours. */
const REPLACED = { tee: readable.tee, pipeThrough: readable.pipeThrough };

/** The methods that ours call, as they were when the module loaded: the platform's own call none that is replaced later. */
const CALLED = {
  getReader: readable.getReader,
  read: reader.read,
  cancel: reader.cancel,
  releaseLock: reader.releaseLock,
};
const CALLED_TO_WRITE = {
  getWriter: writable.getWriter,
  write: writer.write,
  close: writer.close,
  abort: writer.abort,
  releaseLock: writer.releaseLock,
};

/** A method that was replaced before the module loaded is mostly a function that is no method, or has another name. */
const wereReplaced = [REPLACED, CALLED, CALLED_TO_WRITE]
  .flatMap((methods) => Object.entries<unknown>(methods))
  .some(
    ([name, method]) => !isFunction(method) || method.name !== name || Object.hasOwn(method, "prototype"),
  );

type Call<Args extends unknown[], Result> = (self: object, ...args: Args) => Result;

/** Each place says what the platform's method takes and gives. */
function callOf(method: unknown): Call<unknown[], never> {
  // Nothing is observed where the platform has no such method.
  return Function.prototype.call.bind(method as UnknownFunction) as Call<unknown[], never>;
}

const getReader: Call<[], ReadableStreamDefaultReader<unknown>> = callOf(CALLED.getReader);
const getWriter: Call<[], WritableStreamDefaultWriter<unknown>> = callOf(CALLED_TO_WRITE.getWriter);
export const readFrom: Call<[], Promise<ReadableStreamReadResult<unknown>>> = callOf(CALLED.read);
export const cancelReader: Call<[reason: unknown], Promise<void>> = callOf(CALLED.cancel);
export const releaseReader: Call<[], void> = callOf(CALLED.releaseLock);
export const writeTo: Call<[chunk: unknown], Promise<void>> = callOf(CALLED_TO_WRITE.write);
export const closeWriter: Call<[], Promise<void>> = callOf(CALLED_TO_WRITE.close);
export const abortWriter: Call<[reason: unknown], Promise<void>> = callOf(CALLED_TO_WRITE.abort);
export const releaseWriter: Call<[], void> = callOf(CALLED_TO_WRITE.releaseLock);

type Replaced = keyof typeof REPLACED;

function isReplaced(name: Replaced): boolean {
  return wereReplaced || readable[name] !== REPLACED[name];
}

/** Whether streams can be observed at all: the platform has them, and nobody has replaced their methods. */
export function canObserveStreams(): boolean {
  return !isReplaced("tee") && !isReplaced("pipeThrough");
}

/** The platform's getters, which refuse everything but the platform's streams. */
const isReadableLocked = Reflect.getOwnPropertyDescriptor(readable, "locked")?.get;
const isWritableLocked = Reflect.getOwnPropertyDescriptor(writable, "locked")?.get;

let isProxyOfNode: UnknownFunction | undefined;

/** Node takes a Proxy around a stream for a stream, and its getters run the Proxy's traps. Other runtimes refuse it. */
function isProxy(value: object): boolean {
  if (!isProxyOfNode) {
    const found = asRecord(builtinModule("node:util")?.types)?.isProxy;
    isProxyOfNode = isFunction(found) ? found : () => false;
  }
  return isProxyOfNode(value) === true;
}

/**
 * Whether a stream of the platform's is in use; `undefined` for all other values. Reads no property of it: a Proxy or a
 * getter of the program's would notice.
 */
function isLocked(stream: object, locked: UnknownFunction | undefined): boolean | undefined {
  if (!locked || isProxy(stream)) return undefined;
  try {
    return Boolean(Reflect.apply(locked, stream, []));
  } catch {
    return undefined;
  }
}

/** Whether a stream is the platform's, and a method of it too. */
function isPlatforms(stream: object, name: Replaced): boolean {
  if (isReplaced(name) || isLocked(stream, isReadableLocked) === undefined) return false;
  let holder: object | null = stream;
  while (holder && holder !== Readable.prototype) {
    if (Object.hasOwn(holder, name)) return false;
    holder = Reflect.getPrototypeOf(holder);
  }
  return holder !== null;
}

/**
 * @param takeOver does what the platform's method does for a plain call; `undefined` leaves a call to the platform, with
 *   the stream as it was
 * @param onMissed called when the platform is to do it
 * @param stream anything
 * @returns false when the stream cannot be observed: it is frozen, or not the platform's own
 */
export function overrideMethod(
  stream: object,
  name: Replaced,
  takeOver: (
    lock: () => ReadableStreamDefaultReader<unknown>,
    pair?: ReadableWritablePair<unknown, unknown>,
  ) => unknown,
  onMissed?: () => void,
): boolean {
  if (!isPlatforms(stream, name)) return false;
  const override = overrideOnce(stream, name, (platform, args) => {
    const result = contain("stream", () => {
      // A stream in use, or a method that was replaced since: the platform knows best.
      if (args.length > 1 || !isPlatforms(stream, name) || isLocked(stream, isReadableLocked))
        return undefined;
      // The platform's dictionary of a pair of streams, which `takeOver` checks.
      return takeOver(() => getReader(stream), args[0] as ReadableWritablePair<unknown, unknown> | undefined);
    });
    if (result !== undefined) return result;
    if (onMissed) contain("stream", onMissed);
    return Reflect.apply(platform, stream, args);
  });
  return override !== undefined;
}

/** The platform's own writer; `undefined` when the stream is not the platform's, or in use. */
export function writerOf(stream: unknown): WritableStreamDefaultWriter<unknown> | undefined {
  return isRecord(stream) && isLocked(stream, isWritableLocked) === false ? getWriter(stream) : undefined;
}

/** Made by the platform's class, whatever has replaced it since. */
export function createStream(source: UnderlyingDefaultSource<unknown>): ReadableStream<unknown> {
  return new Readable(source);
}
