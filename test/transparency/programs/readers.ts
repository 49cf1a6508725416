/**
 * Programs that read a stream in every way: read it whole, leave it, read it twice, do not read it at all. They also
 * record how often the model's stream is pulled.
 */
import { says } from "../../conformance/script.ts";
import { turn } from "../../support/gate.ts";
import type { StreamResult } from "../../support/majors.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { callbacks, logOutcome, logPromise, logStream } from "../watch.ts";
import { loopOf } from "./results.ts";

type Read = (stage: WatchedStage, result: StreamResult) => unknown;

const textOf = async (stage: WatchedStage, response: Response): Promise<void> => {
  stage.log("response", response.status, [...response.headers]);
  stage.log("body", await response.text());
};

/** A fake Node response with the methods that the SDK calls. */
function fakeResponse(stage: WatchedStage): object {
  const note =
    (name: string) =>
    (...args: unknown[]): boolean => {
      stage.log(
        `response.${name}`,
        args.filter((value) => typeof value !== "function"),
      );
      return true;
    };
  const names = ["writeHead", "write", "end", "on", "once", "off", "removeListener", "flushHeaders"];
  return Object.fromEntries(names.map((name) => [name, note(name)]));
}

const WAYS: Readonly<Record<string, Read>> = {
  textStream: (stage, result) => logStream(stage, "textStream", result.textStream),
  fullStream: (stage, result) => logStream(stage, "fullStream", result.fullStream),
  toUIMessageStream: (stage, result) => logStream(stage, "ui", result.toUIMessageStream()),
  "toUIMessageStream with options": (stage, result) =>
    logStream(
      stage,
      "ui",
      result.toUIMessageStream({
        sendReasoning: true,
        sendSources: true,
        messageMetadata: (event: unknown) => void stage.log("messageMetadata", event),
        onFinish: (event: unknown) => void stage.log("ui onFinish", event),
        onError: (error: unknown) => String(error),
      }),
    ),
  toUIMessageStreamResponse: (stage, result) => textOf(stage, result.toUIMessageStreamResponse()),
  toTextStreamResponse: (stage, result) => textOf(stage, result.toTextStreamResponse({ status: 201 })),
  pipeTextStreamToResponse: async (stage, result) => {
    const pipe = Reflect.get(result, "pipeTextStreamToResponse") as (response: object) => void;
    pipe.call(result, fakeResponse(stage));
    await stage.rest();
  },
  pipeUIMessageStreamToResponse: async (stage, result) => {
    const pipe = Reflect.get(result, "pipeUIMessageStreamToResponse") as (response: object) => void;
    pipe.call(result, fakeResponse(stage));
    await stage.rest();
  },
  consumeStream: (stage, result) => logOutcome(stage, "consumeStream", () => result.consumeStream()),
  "the text promise": (stage, result) => logPromise(stage, "text", result.text),
  "its steps first and its text then": async (stage, result) => {
    await logPromise(stage, "steps", result.steps);
    await logPromise(stage, "text", result.text);
  },
  "partial outputs": (stage, result) =>
    logStream(
      stage,
      "partial",
      result.experimental_partialOutputStream ?? Reflect.get(result, "partialOutputStream"),
    ),
  "a reader": async (stage, result) => {
    const reader = result.fullStream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      stage.log("read", done, value);
      if (done) break;
    }
    stage.log("closed", await reader.closed);
  },
  "a tee of its own": async (stage, result) => {
    const [left, right] = result.textStream.tee();
    await Promise.all([logStream(stage, "left", left), logStream(stage, "right", right)]);
  },
  "a pipe of its own": async (stage, result) => {
    const upper = new TransformStream<string, string>({
      transform: (text, controller) => controller.enqueue(text.toUpperCase()),
    });
    await logStream(stage, "piped", result.textStream.pipeThrough(upper));
  },
  "the same stream twice": async (stage, result) => {
    const stream = result.textStream;
    await logStream(stage, "first", stream);
    await logStream(stage, "second", stream);
    await logStream(stage, "third", result.textStream);
  },
  "a slow reader": async (stage, result) => {
    for await (const part of result.fullStream) {
      await turn();
      await turn();
      stage.log("slow", part);
    }
  },
  "a stream that is left and one that is read": async (stage, result) => {
    const other = logStream(stage, "other", result.textStream);
    for await (const part of result.fullStream) if (part.type === "text-delta") break;
    await other;
  },
  "a break at its first text, and its promises": async (stage, result) => {
    for await (const text of result.textStream) {
      stage.log("text", text);
      break;
    }
    void logPromise(stage, "text promise", result.text);
    await stage.rest();
  },
  "a reader that cancels": async (stage, result) => {
    const reader = result.fullStream.getReader();
    stage.log("read", await reader.read());
    stage.log("cancel", await reader.cancel("enough"));
    stage.log("read", await reader.read());
    await stage.rest();
  },
  "a reader that releases its lock": async (stage, result) => {
    const stream = result.textStream;
    const reader = stream.getReader();
    stage.log("read", await reader.read());
    reader.releaseLock();
    stage.log("locked", stream.locked);
    await logStream(stage, "rest", stream);
  },
  "a throw out of its loop": async (stage, result) => {
    try {
      for await (const text of result.textStream) throw new RangeError(text);
    } catch (error) {
      stage.log("thrown", error);
    }
    await stage.rest();
  },
  "a break at finish": async (stage, result) => {
    for await (const part of result.fullStream) if (part.type === "finish") break;
    await logPromise(stage, "text", result.text);
  },
  "nobody at all": (stage) => stage.rest(),
  "a stream that is only taken": async (stage, result) => {
    stage.log("locked", result.textStream.locked, result.fullStream instanceof ReadableStream);
    await stage.rest();
  },
  "an iterator by hand": async (stage, result) => {
    const iterator = result.textStream[Symbol.asyncIterator]();
    stage.log("next", await iterator.next());
    const [second, third] = await Promise.all([iterator.next(), iterator.next()]);
    stage.log("next", second, third);
    stage.log("return", await iterator.return?.("enough"));
    stage.log("next", await iterator.next());
    await stage.rest();
  },
};

const long = says("", { parts: Array.from({ length: 20 }, (_, index) => ({ text: `room ${index} ` })) });

const lazy: WatchedProgram = {
  title: "asks for the first part only when the model is called",
  run: async (stage) => {
    const onCall = (): void => stage.log("order", "the model is called");
    const model = stage.model([{ ...long, onCall }]);
    stage.log("order", "before");
    const result = stage.sdk.streamText(stage.call(model));
    stage.log("order", "after the call");
    await Promise.resolve();
    stage.log("order", "one microtask later");
    await logStream(stage, "order", result.textStream);
  },
};

const lowMemory: readonly WatchedProgram[] = (["textStream", "fullStream", "left", "unread"] as const).map(
  (way) => ({
    title: `reads a result for one consumer by ${way}`,
    majors: ["v7"],
    // How far the SDK has read ahead when the reader leaves depends on microtasks.
    ...(way === "left" ? { paces: ["in turns"] as const } : {}),
    run: async (stage) => {
      const stream = stage.sdk["experimental_streamTextLowMemory"] as WatchedStage["sdk"]["streamText"];
      const result = stream(stage.call(stage.model([long]), callbacks(stage)));
      stage.log("result", result);
      if (way === "left") for await (const _text of result.textStream) break;
      else if (way !== "unread") await logStream(stage, way, result[way]);
      void logPromise(stage, "finishReason", result.finishReason);
      await stage.rest();
    },
  }),
);

export const readers: readonly WatchedProgram[] = [
  ...Object.entries(WAYS).flatMap(([way, read]): WatchedProgram[] => [
    {
      title: `reads a long answer by ${way}`,
      run: (stage) =>
        read(
          stage,
          stage.sdk.streamText(stage.call(stage.model([long]), callbacks(stage, ["onFinish", "onError"]))),
        ),
    },
    {
      title: `reads a loop with tools by ${way}`,
      run: (stage) =>
        read(stage, stage.sdk.streamText(loopOf(stage, callbacks(stage, ["onFinish", "onError"])))),
    },
  ]),
  lazy,
  ...lowMemory,
];
