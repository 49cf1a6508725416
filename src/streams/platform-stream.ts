/**
 * Replaces methods of one stream of the platform. Calls the platform's methods as they were when the module loaded.
 *
 * Never changes a stream of another class, with a replaced method, or behind a Proxy. The author of such a stream
 * expects the same method calls as without ai-spans.
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

/** The methods that we replace on a stream. */
const REPLACED = { tee: readable.tee, pipeThrough: readable.pipeThrough };

/**
 * The methods that we call. We call them as they were at load, as the platform does, even if the program replaces one
 * later.
 */
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

/**
 * Whether a method was replaced before this module loaded. Most replacements have another name than the method, or have
 * a `prototype`, which the platform's methods lack.
 */
const wereReplaced = [REPLACED, CALLED, CALLED_TO_WRITE]
  .flatMap((methods) => Object.entries<unknown>(methods))
  .some(
    ([name, method]) => !isFunction(method) || method.name !== name || Object.hasOwn(method, "prototype"),
  );

type Call<Args extends unknown[], Result> = (self: object, ...args: Args) => Result;

/**
 * Converts a method to a function whose first argument is `this`. The type annotation of each constant states the types
 * of the platform's method.
 */
function callOf(method: unknown): Call<unknown[], never> {
  // If the platform has no such method, `wereReplaced` is true. Then no stream is observed, and nothing calls this.
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

/** Whether the platform has streams, and no code has replaced their methods. */
export function canObserveStreams(): boolean {
  return !isReplaced("tee") && !isReplaced("pipeThrough");
}

/** The platform's `locked` getters. A getter throws for any value that is no stream of the platform. */
const isReadableLocked = Reflect.getOwnPropertyDescriptor(readable, "locked")?.get;
const isWritableLocked = Reflect.getOwnPropertyDescriptor(writable, "locked")?.get;

let isProxyOfNode: UnknownFunction | undefined;

/**
 * Whether a value is a Proxy. Node's getters accept a Proxy of a stream and run its traps. The getters of other
 * runtimes throw for it.
 */
function isProxy(value: object): boolean {
  if (!isProxyOfNode) {
    const check = asRecord(builtinModule("node:util")?.types)?.isProxy;
    isProxyOfNode = isFunction(check) ? check : () => false;
  }
  return isProxyOfNode(value) === true;
}

/**
 * Whether a stream is locked. Does not read `stream.locked`, because that could run a getter or a Proxy trap of the
 * program.
 *
 * @returns `undefined` for a value that is no stream of the platform
 */
function isLocked(stream: object, locked: UnknownFunction | undefined): boolean | undefined {
  if (!locked || isProxy(stream)) return undefined;
  try {
    return Boolean(Reflect.apply(locked, stream, []));
  } catch {
    return undefined;
  }
}

/** Whether the stream is the platform's and has the platform's method. */
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
 * Replaces a method of a stream for its next call.
 *
 * @param stream any object
 * @param takeOver does the work of the platform's method, for a call without options. If it returns `undefined`, it
 *   must leave the stream unchanged. Then the platform's method runs.
 * @param onMissed called before the platform's method runs, because that call is not observed
 * @returns `false` when the stream cannot be observed: it is frozen, or no stream of the platform
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
      // Only the platform's method is right in these cases: the call has options, the stream is locked, or code has
      // replaced the method since.
      if (args.length > 1 || !isPlatforms(stream, name) || isLocked(stream, isReadableLocked))
        return undefined;
      // The argument should be a pair of streams. `takeOver` checks it.
      return takeOver(() => getReader(stream), args[0] as ReadableWritablePair<unknown, unknown> | undefined);
    });
    if (result !== undefined) return result;
    if (onMissed) contain("stream", onMissed);
    return Reflect.apply(platform, stream, args);
  });
  return override !== undefined;
}

/** @returns the platform's writer; `undefined` when the stream is locked, or no stream of the platform */
export function writerOf(stream: unknown): WritableStreamDefaultWriter<unknown> | undefined {
  return isRecord(stream) && isLocked(stream, isWritableLocked) === false ? getWriter(stream) : undefined;
}

/**
 * Creates a stream of the platform's class. Uses the class as it was at load, even if code has replaced the global
 * since.
 */
export function createStream(source: UnderlyingDefaultSource<unknown>): ReadableStream<unknown> {
  return new Readable(source);
}
