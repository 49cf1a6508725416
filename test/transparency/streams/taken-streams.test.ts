/**
 * Other code reads the model's stream through a reader and replaces it with another stream. It does so between the
 * wrapper and the SDK, or as a subscriber of the SDK's tracing channel (v7). The spans keep tokens and finish reason,
 * and a result that was read to its end is not canceled.
 */
import { tracingChannel, type TracingChannelSubscribers } from "node:diagnostics_channel";
import { describe, expect, test } from "vitest";
import { callsTool } from "../../conformance/script.ts";
import type { CallParameters, Major, SDK } from "../../support/majors.ts";
import { toolOf } from "../../support/tools.ts";
import { WAYS } from "../../support/ways.ts";
import { outlineOf } from "../../support/outline.ts";
import { modelOf, notices, readSlowly, STREAMING, wordsOf, type Log } from "./foreign-stream.ts";

type Stream = ReadableStream<unknown>;

/** Ways to create the other stream. */
const COPIES: Readonly<Record<string, (stream: Stream) => Stream>> = {
  "part by part": (stream) => {
    const reader = stream.getReader();
    return new ReadableStream({
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    });
  },
  "with a queue of its own": (stream) => {
    const reader = stream.getReader();
    return new ReadableStream(
      {
        async start(controller) {
          for (let part = await reader.read(); !part.done; part = await reader.read())
            controller.enqueue(part.value);
          controller.close();
        },
      },
      { highWaterMark: 100 },
    );
  },
  "by a generator": (stream) => {
    async function* partsOf(): AsyncGenerator {
      for await (const part of stream) yield part;
    }
    const parts = partsOf();
    return new ReadableStream({
      async pull(controller) {
        const { done, value } = await parts.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
    });
  },
  "by a tee": (stream) => {
    const [first, second] = stream.tee();
    void second.pipeTo(new WritableStream()).catch(() => {});
    return first;
  },
};

type Doing = (options: unknown) => Promise<object>;

/** A module whose functions patch the model that they get, so that its streams are copied. */
function patchedSDK(ai: SDK, copy: (stream: Stream) => Stream): SDK {
  const patched: Record<string, unknown> = { ...ai };
  for (const name of Object.keys(STREAMING)) {
    const original = patched[name];
    if (typeof original !== "function") continue;
    patched[name] = (parameters: CallParameters): unknown => {
      const model = parameters["model"] as { doStream: Doing };
      const { doStream } = model;
      // With ai-spans, each run patches a new view of the model. With the bare SDK, the first run patches the program's
      // model, so later ones must not.
      if (!Object.hasOwn(doStream, "isPatched")) {
        const patch: Doing = async function (this: unknown, options) {
          const answer = (await Reflect.apply(doStream, this, [options])) as { stream: Stream };
          return { ...answer, stream: copy(answer.stream) };
        };
        model.doStream = Object.assign(patch, { isPatched: true });
      }
      return Reflect.apply(original, ai, [parameters]) as unknown;
    };
  }
  return patched as unknown as SDK;
}

async function readAll(major: Major, sdk: SDK, operation: string, log: Log): Promise<void> {
  const tools = {
    searchRooms: toolOf(sdk),
  };
  // Only the functions for text have tools.
  const isText = operation !== "streamObject";
  const steps = isText ? [callsTool("searchRooms", "call-1"), wordsOf()] : [wordsOf()];
  const model = modelOf(major, steps, log);
  const loop = isText ? { tools, stopWhen: major.stepCount(5) } : {};
  const result = STREAMING[operation]!(sdk)!({ model, prompt: "a room", onError: () => {}, ...loop });
  await readSlowly(result.fullStream, log);
  log(`finish ${await result.finishReason}`);
}

async function readOne(major: Major, sdk: SDK, operation: string, log: Log): Promise<void> {
  const model = modelOf(major, [wordsOf()], log);
  const result = STREAMING[operation]!(sdk)!({ model, prompt: "a room", onError: () => {} });
  await readSlowly(result.fullStream, log);
  log(`finish ${await result.finishReason}`);
}

const ONE = "invoke_agent ok 5 (chat ok 5)";
const LOOP = "invoke_agent ok 10 (chat ok 5, execute_tool ok, chat ok 5)";

describe.each(WAYS)("$title", (way) => {
  const { major } = way;
  const rows = Object.entries(STREAMING)
    .filter(([, of]) => of(major.ai) !== undefined)
    .flatMap(([operation]) => Object.entries(COPIES).map(([how, copy]) => ({ operation, how, copy })));

  test.each(rows)("$operation whose model's stream is copied $how, below", async ({ operation, copy }) => {
    const ai = patchedSDK(major.ai, copy);
    const one = await notices(way, (sdk, log) => readOne(major, sdk, operation, log), { ai });
    expect(outlineOf(one)).toBe(ONE);
    const finish = one.started.map(({ attributes }) => attributes["gen_ai.response.finish_reasons"]);
    expect(finish).toEqual([["stop"], ["stop"]]);
    const loop = await notices(way, (sdk, log) => readAll(major, sdk, operation, log), { ai });
    expect(outlineOf(loop)).toBe(operation === "streamObject" ? ONE : LOOP);
  });
});

/** Copies the stream as an APM does that subscribes to the SDK's channel. */
function subscriber(copy: (stream: Stream) => Stream): TracingChannelSubscribers<object> {
  const nothing = (): void => {};
  return {
    start: nothing,
    end: nothing,
    asyncStart: nothing,
    error: nothing,
    asyncEnd: (message) => {
      const { result } = message as { result?: { stream?: unknown } };
      if (result?.stream instanceof ReadableStream) result.stream = copy(result.stream);
    },
  };
}

describe.each(WAYS.filter(({ major }) => major.name === "v7"))("$title", (way) => {
  const { major } = way;
  const rows = ["streamText", "experimental_streamTextLowMemory"].flatMap((operation) =>
    Object.entries(COPIES).map(([how, copy]) => ({ operation, how, copy })),
  );

  test.each(rows)("$operation whose stream a subscriber copies $how", async ({ operation, copy }) => {
    const channel = tracingChannel("ai:telemetry");
    const subscribers = subscriber(copy);
    channel.subscribe(subscribers);
    try {
      const one = await notices(way, (sdk, log) => readOne(major, sdk, operation, log));
      expect(outlineOf(one)).toBe(ONE);
      const loop = await notices(way, (sdk, log) => readAll(major, sdk, operation, log));
      expect(outlineOf(loop)).toBe(LOOP);
    } finally {
      channel.unsubscribe(subscribers);
    }
  });

  // If the SDK redacts credentials, a subscriber gets a copy of the result. The copy has the same stream.
  test.each(["streamText", "experimental_streamTextLowMemory"])(
    "%s whose stream a subscriber pipes away",
    async (operation) => {
      const channel = tracingChannel("ai:telemetry");
      const subscribers = subscriber((stream) => {
        void stream.pipeThrough(new TransformStream({}, { highWaterMark: 9 }, { highWaterMark: 9 }));
        return stream;
      });
      channel.subscribe(subscribers);
      try {
        const telemetry = await notices(way, async (sdk, log) => {
          const onError = ({ error }: { readonly error: unknown }): void => log(`error ${String(error)}`);
          const model = modelOf(major, [wordsOf()], log);
          const result = STREAMING[operation]!(sdk)!({ model, prompt: "a room", onError });
          for await (const part of result.fullStream) log(part.type);
        });
        expect(outlineOf(telemetry)).toBe("invoke_agent TypeError (chat TypeError)");
      } finally {
        channel.unsubscribe(subscribers);
      }
    },
  );
});
