/**
 * Programs that observe the streams of their models: how the SDK reads and pipes them, and their state after the run.
 */
import { says } from "../../conformance/script.ts";
import type { CallParameters } from "../../support/majors.ts";
import { toStreamParts } from "../../support/model-shapes.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { logOutcome, logPromise, logStream } from "../watch.ts";

type Source = ReadableStream<object>;

function partsOf(stage: WatchedStage): object[] {
  return toStreamParts(stage.major, says('{"city":"Paris"}')).flatMap((item) =>
    "part" in item ? [item.part] : [],
  );
}

/** A stream with one part per pull, which then calls `end`. */
function sourceOf(
  parts: readonly object[],
  end: (controller: ReadableStreamDefaultController<object>) => void,
): Source {
  const left = [...parts];
  return new ReadableStream<object>(
    {
      pull(controller) {
        const part = left.shift();
        if (part) controller.enqueue(part);
        else end(controller);
      },
    },
    { highWaterMark: 0 },
  );
}

function whole(stage: WatchedStage): Source {
  return sourceOf(partsOf(stage), (controller) => controller.close());
}

function modelOf(stage: WatchedStage, answer: object): object {
  const doStream = async (): Promise<object> => answer;
  return stage.major.mockModel({ provider: "p", modelId: "m", doGenerate: doStream, doStream });
}

type Start = (stage: WatchedStage, parameters: CallParameters) => AsyncIterable<{ readonly type: string }>;

const START: Readonly<Record<string, Start>> = {
  streamText: ({ sdk }, parameters) => sdk.streamText(parameters).fullStream,
  streamObject: (stage, parameters) => {
    const streamObject = stage.sdk["streamObject"] as WatchedStage["sdk"]["streamText"];
    return streamObject({ ...parameters, output: "no-schema" }).fullStream;
  },
};

const READS: Readonly<Record<string, (stage: WatchedStage, start: Start) => Promise<Source>>> = {
  "it was read": async (stage, start) => {
    const stream = whole(stage);
    await logStream(stage, "parts", start(stage, stage.call(modelOf(stage, { stream }))));
    return stream;
  },
  "it has failed": async (stage, start) => {
    const error = stage.name("the error", new RangeError("the wire"));
    const stream = sourceOf(partsOf(stage).slice(0, 4), (controller) => controller.error(error));
    await logStream(stage, "parts", start(stage, stage.call(modelOf(stage, { stream }))));
    return stream;
  },
  "its result was left": async (stage, start) => {
    const stream = whole(stage);
    const parts = start(stage, stage.call(modelOf(stage, { stream })));
    for await (const { type } of parts) if (type === "text-delta") break;
    return stream;
  },
  "its run was aborted": async (stage, start) => {
    const stream = sourceOf(partsOf(stage).slice(0, -1), () => {});
    const controller = new AbortController();
    const parameters = stage.call(modelOf(stage, { stream }), { abortSignal: controller.signal });
    const reading = logStream(stage, "parts", start(stage, parameters));
    await stage.rest();
    controller.abort();
    await Promise.race([reading, stage.rest()]);
    return stream;
  },
};

async function logFree(stage: WatchedStage, stream: Source): Promise<void> {
  stage.log("stream", stream.locked, Reflect.ownKeys(stream));
  const reader = await logOutcome(stage, "getReader", () => stream.getReader());
  if (reader instanceof ReadableStreamDefaultReader) {
    void logPromise(stage, "read", reader.read());
    void logPromise(stage, "closed", reader.closed);
    await stage.rest();
    reader.releaseLock();
  }
  await logOutcome(stage, "cancel", () => stream.cancel("late"));
}

// These models ignore the pace: they always answer at once.
const paces = ["at once"] as const;

const ends = Object.entries(START).flatMap(([operation, start]) =>
  Object.entries(READS).map(([when, read]): WatchedProgram => ({
    title: `looks at the stream of the model of ${operation} when ${when}`,
    paces,
    run: async (stage) => {
      const stream = await read(stage, start);
      await stage.rest();
      await logFree(stage, stream);
    },
  })),
);

type Pipe = (this: Source, ...args: Parameters<Source["pipeThrough"]>) => ReturnType<Source["pipeThrough"]>;

/** A `pipeThrough` that adds a transform in front, and otherwise pipes as the platform does. */
function shouting(stage: WatchedStage): Pipe {
  return function (pair, options) {
    stage.log("pipeThrough", this instanceof ReadableStream, options);
    const shout = new TransformStream<object, object>({
      transform: (part, controller) =>
        controller.enqueue("delta" in part ? { ...part, delta: String(part.delta).toUpperCase() } : part),
    });
    const { pipeThrough } = ReadableStream.prototype;
    return pipeThrough.call(pipeThrough.call(this, shout), pair, options);
  };
}

const ANSWERS: Readonly<Record<string, (stage: WatchedStage) => object>> = {
  "pipes in its own way": (stage) => ({
    stream: Object.assign(whole(stage), { pipeThrough: shouting(stage) }),
  }),
  "is of a class that pipes in its own way": (stage) => {
    class Shouting extends ReadableStream<object> {}
    Object.assign(Shouting.prototype, { pipeThrough: shouting(stage) });
    return { stream: Object.setPrototypeOf(whole(stage), Shouting.prototype) as Source };
  },
  "is made when it is asked for": (stage) => ({
    get stream() {
      stage.log("stream", "is made");
      return whole(stage);
    },
  }),
};

const answers = Object.entries(START).flatMap(([operation, start]) =>
  Object.entries(ANSWERS).map(([what, toAnswer]): WatchedProgram => ({
    title: `has a model of ${operation} whose stream ${what}`,
    paces,
    run: (stage) => logStream(stage, "parts", start(stage, stage.call(modelOf(stage, toAnswer(stage))))),
  })),
);

export const modelStreams: readonly WatchedProgram[] = [...ends, ...answers];
