/**
 * Model streams that are not instances of the platform's class. They record how often each of their methods is called,
 * and how often their source is pulled.
 */
import { expect } from "vitest";
import { says } from "../../conformance/script.ts";
import { rest, turn, turns } from "../../support/gate.ts";
import type { CallParameters, Major, SDK, StreamResult } from "../../support/majors.ts";
import { toStreamParts } from "../../support/model-shapes.ts";
import type { ScriptedStep } from "../../support/scripted-model.ts";
import type { Telemetry } from "../../support/telemetry.ts";
import type { Way } from "../../support/ways.ts";
import { compare, type ComparisonOptions } from "../../harness/compare.ts";

type Stream = ReadableStream<object>;

/** Records something that the program notices. The order counts. */
export type Log = (what: string) => void;

/** A kind of stream that records how it is used. `of` creates it from a source. */
export interface ForeignStream {
  readonly title: string;
  readonly of: (source: Stream, log: Log) => unknown;
}

export const METHODS = ["pipeThrough", "tee", "getReader"] as const;
export type Method = (typeof METHODS)[number];

/** A transform that turns the text of each part into capitals. */
function shouting(): TransformStream<object, object> {
  return new TransformStream({
    transform(part, controller) {
      controller.enqueue("delta" in part ? { ...part, delta: String(part.delta).toUpperCase() } : part);
    },
  });
}

/** Not a subclass: it contains a stream of the platform and implements the methods itself. */
class CustomStream {
  readonly #stream: Stream;
  readonly #log: Log;

  constructor(stream: Stream, log: Log) {
    this.#stream = stream;
    this.#log = log;
  }

  get locked(): boolean {
    return this.#stream.locked;
  }

  getReader(): unknown {
    this.#log("call getReader");
    return this.#stream.getReader();
  }

  pipeThrough(...args: Parameters<Stream["pipeThrough"]>): unknown {
    this.#log("call pipeThrough");
    return this.#stream.pipeThrough(shouting()).pipeThrough(...args);
  }

  pipeTo(...args: Parameters<Stream["pipeTo"]>): unknown {
    this.#log("call pipeTo");
    return this.#stream.pipeThrough(shouting()).pipeTo(...args);
  }

  tee(): unknown {
    this.#log("call tee");
    return this.#stream.pipeThrough(shouting()).tee();
  }

  cancel(reason: unknown): unknown {
    this.#log("cancel");
    return this.#stream.cancel(reason);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<object> {
    this.#log("call asyncIterator");
    for await (const part of this.#stream.pipeThrough(shouting())) yield part;
  }
}

/** The platform's method, which also records its call. */
function noting(name: Method, log: Log): (this: Stream, ...args: unknown[]) => unknown {
  return function (...args) {
    log(`call ${name}`);
    return Reflect.apply(ReadableStream.prototype[name], this, args);
  };
}

function subclassWith(name: Method): ForeignStream {
  return {
    title: `of a subclass that has its own ${name}`,
    of: (source, log) => {
      class Subclass extends ReadableStream<object> {}
      Object.assign(Subclass.prototype, { [name]: noting(name, log) });
      return Object.setPrototypeOf(source, Subclass.prototype) as Stream;
    },
  };
}

function instanceWith(name: Method): ForeignStream {
  return {
    title: `with a ${name} of its own`,
    of: (source, log) => Object.assign(source, { [name]: noting(name, log) }),
  };
}

/** A proxy that records each read, and binds methods to the original stream. */
function behindProxy(source: Stream, log: Log): Stream {
  return new Proxy(source, {
    get(target, key) {
      log(`call get ${String(key)}`);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

export const FOREIGN_STREAMS: readonly ForeignStream[] = [
  { title: "of a class of its own", of: (source, log) => new CustomStream(source, log) },
  ...METHODS.flatMap((name) => [subclassWith(name), instanceWith(name)]),
  { title: "behind a Proxy", of: behindProxy },
  { title: "behind a Proxy that binds nothing", of: (source) => new Proxy(source, {}) },
  { title: "that is frozen", of: (source) => Object.freeze(source) },
];

/** The text of an object, for the functions that stream an object. */
const WORDS = ['{"city":', '"Paris"', ',"rooms":', "2", "}"];

export function wordsOf(words: readonly string[] = WORDS): ScriptedStep {
  return says("", { parts: words.map((text) => ({ text })) });
}

/** A stream with one part per pull, each in a separate turn. */
export function sourceOf(major: Major, step: ScriptedStep, log: Log): Stream {
  const parts = toStreamParts(major, step).flatMap((item) => ("part" in item ? [item.part] : []));
  return new ReadableStream<object>(
    {
      async pull(controller) {
        log("pull");
        await turn();
        const part = parts.shift();
        if (part) controller.enqueue(part);
        else controller.close();
      },
      cancel(reason) {
        log(`cancel ${String(reason)}`);
      },
    },
    { highWaterMark: 0 },
  );
}

/** A model that returns one stream per step, each changed by `change`. */
export function modelOf(
  major: Major,
  steps: readonly ScriptedStep[],
  log: Log,
  change: (source: Stream) => unknown = (source) => source,
): object {
  const left = [...steps];
  const doStream = async (): Promise<object> => ({
    stream: change(sourceOf(major, left.shift() ?? wordsOf(), log)),
  });
  return major.mockModel({
    provider: "mock-provider",
    modelId: "mock-model",
    doGenerate: doStream,
    doStream,
  });
}

type Start = (parameters: CallParameters) => StreamResult;

/** The streaming functions by name. A major may lack some. */
export const STREAMING: Readonly<Record<string, (sdk: SDK) => Start | undefined>> = {
  streamText: (sdk) => sdk.streamText,
  streamObject: (sdk) => {
    const { streamObject } = sdk as unknown as { streamObject: Start };
    return (parameters) => streamObject({ output: "no-schema", ...parameters });
  },
  experimental_streamTextLowMemory: (sdk) =>
    (sdk as unknown as Record<string, Start | undefined>)["experimental_streamTextLowMemory"],
};

/** The number of turns after which no more pulls come. */
const TURNS_TO_PULL = 10;

export async function pullsCease(): Promise<void> {
  await turns(TURNS_TO_PULL);
}

interface ReadingOptions {
  /** The number of parts after which the reader leaves. Default: all. */
  readonly parts?: number;
  /** Called before each read, with the number of parts so far. */
  readonly beforeRead?: (read: number) => void;
}

/** Reads part by part, and waits before each read until the source gets no more pulls. */
export async function readSlowly(
  stream: ReadableStream<unknown>,
  log: Log,
  { parts = Infinity, beforeRead }: ReadingOptions = {},
): Promise<void> {
  const reader = stream.getReader();
  for (let count = 0; count < parts; count++) {
    await pullsCease();
    beforeRead?.(count);
    const { done, value } = await reader.read();
    if (done) return log("end");
    log(`part ${describePart(value)}`);
  }
  await reader.cancel("enough");
}

function describePart(part: unknown): string {
  const { type, text, delta, textDelta } = part as Readonly<Record<string, unknown>>;
  return [type ?? part, text ?? delta ?? textDelta ?? ""].map(String).join(" ");
}

/**
 * Prefix of recorded method calls. They are compared separately from parts and pulls, because single microtasks decide
 * how the two interleave.
 */
const CALLED = "call ";

/** Runs the program bare and traced, and expects both to notice the same. */
export async function notices(
  way: Way,
  run: (sdk: SDK, log: Log) => Promise<void>,
  options?: ComparisonOptions,
): Promise<Telemetry> {
  const program = async (sdk: SDK): Promise<object> => {
    const entries: string[] = [];
    const log = (what: string): void => void entries.push(what);
    try {
      await run(sdk, log);
    } catch (error) {
      log(`fails with ${String(error)}`);
    }
    await rest();
    const isCall = (what: string): boolean => what.startsWith(CALLED);
    return { calls: entries.filter(isCall), parts: entries.filter((what) => !isCall(what)) };
  };
  const { telemetry } = await compare(way, program, options);
  expect(telemetry.diagnostics, "reports to diag").toEqual([]);
  return telemetry;
}
