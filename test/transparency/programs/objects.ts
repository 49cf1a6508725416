/**
 * Programs that stream objects: results that are read twice, and an `onFinish` that is not a function.
 */
import { says } from "../../conformance/script.ts";
import type { CallParameters } from "../../support/majors.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { logPromise, logStream } from "../watch.ts";

const STREAMS = ["partialObjectStream", "fullStream", "textStream"] as const;

type ObjectResult = Readonly<
  Record<(typeof STREAMS)[number], ReadableStream<unknown>> & Record<"object" | "usage", Promise<unknown>>
>;

function start(stage: WatchedStage, parameters: CallParameters = {}): ObjectResult {
  const streamObject = stage.sdk["streamObject"] as (parameters: CallParameters) => ObjectResult;
  const model = stage.model([says("", { parts: [{ text: '{"city":' }, { text: '"Paris"}' }] })]);
  return streamObject(stage.call(model, { output: "no-schema", ...parameters }));
}

/** Reads one stream of a result. If the stream was already read, some properties throw. */
async function read(
  stage: WatchedStage,
  result: ObjectResult,
  name: (typeof STREAMS)[number],
): Promise<void> {
  try {
    await logStream(stage, name, result[name]);
  } catch (error) {
    stage.log(name, "throws", error);
  }
}

const again = STREAMS.map((first): WatchedProgram => ({
  title: `reads a streamed object by ${first} and then in every way`,
  run: async (stage) => {
    for (const second of STREAMS) {
      const result = start(stage);
      await read(stage, result, first);
      await read(stage, result, second);
      await logPromise(stage, "object", result.object);
    }
  },
}));

const NO_FUNCTIONS: Readonly<Record<string, unknown>> = {
  "a string": "onFinish",
  "a number": 7,
  "an object": {},
  zero: 0,
  false: false,
  "an empty string": "",
};

const finishes = Object.entries(NO_FUNCTIONS).map(([what, onFinish]): WatchedProgram => ({
  title: `gives a streamed object ${what} as its onFinish`,
  run: async (stage) => {
    const onError = (event: unknown): void => stage.log("onError", event);
    const result = start(stage, { onFinish, onError });
    for (const name of ["object", "usage"] as const) void logPromise(stage, name, result[name]);
    await read(stage, result, "fullStream");
    await stage.rest();
  },
}));

export const objects: readonly WatchedProgram[] = [...again, ...finishes];
