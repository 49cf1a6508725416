/**
 * A transform of the program returns a stream of a foreign class. Its methods are called as with the bare SDK, and the
 * run ends with its tokens. This holds even if no stream of the result is the platform's.
 */
import { describe, expect, test } from "vitest";
import { WAYS } from "../../support/ways.ts";
import { outlineOf } from "../../support/outline.ts";
import {
  FOREIGN_STREAMS,
  modelOf,
  notices,
  readSlowly,
  STREAMING,
  wordsOf,
  type ForeignStream,
  type Log,
} from "./foreign-stream.ts";

type Stream = ReadableStream<object>;

/** Changes a stream into an instance of a subclass whose methods return the same subclass. */
function persistent(stream: Stream, log: Log): Stream {
  class Persistent extends ReadableStream<object> {
    override pipeThrough<T>(...args: Parameters<Stream["pipeThrough"]>): ReadableStream<T> {
      log("call pipeThrough");
      return persistent(super.pipeThrough(...args) as Stream, log) as ReadableStream<T>;
    }

    override tee(): [Stream, Stream] {
      log("call tee");
      const [first, second] = super.tee();
      return [persistent(first, log), persistent(second, log)];
    }
  }
  return Object.setPrototypeOf(stream, Persistent.prototype) as Stream;
}

const KINDS: readonly ForeignStream[] = [
  ...FOREIGN_STREAMS,
  { title: "of a subclass whose methods give the same class", of: persistent },
];

describe.each(WAYS)("$title", (way) => {
  const { major } = way;
  const rows = Object.entries(STREAMING)
    .filter(([name, of]) => name !== "streamObject" && of(major.ai) !== undefined)
    .flatMap(([operation, of]) => KINDS.map((kind) => ({ operation, of, kind, title: kind.title })));

  test.each(rows)("$operation with a transform whose stream is one $title", async ({ of, kind }) => {
    let isTaken = false;
    const telemetry = await notices(way, async (sdk, log) => {
      const transform = (): unknown => {
        const { readable, writable } = new TransformStream<object, object>();
        return { writable, readable: kind.of(readable, log) };
      };
      const model = modelOf(major, [wordsOf()], log);
      const parameters = { model, prompt: "a room", onError: () => {}, experimental_transform: transform };
      const result = of(sdk)!(parameters);
      await readSlowly(result.textStream, log);
      log(`finish ${await result.finishReason}`);
      isTaken = true;
    });
    // The platform refuses to pipe into an object that is not its stream.
    if (isTaken) expect(outlineOf(telemetry)).toBe("invoke_agent ok 5 (chat ok 5)");
    else expect(kind.title).toMatch(/^of a class of its own$/);
  });

  test("streamObject whose model's stream gives streams of its class", async () => {
    const telemetry = await notices(way, async (sdk, log) => {
      const model = modelOf(major, [wordsOf()], log, (stream) => persistent(stream, log));
      const result = STREAMING["streamObject"]!(sdk)!({ model, prompt: "a room", onError: () => {} });
      await readSlowly(result.textStream, log);
      log(`finish ${await result.finishReason}`);
    });
    expect(outlineOf(telemetry)).toBe("invoke_agent ok 5 (chat ok 5)");
  });
});
