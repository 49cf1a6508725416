/**
 * A consumer leaves before the end, in each way to leave each stream. The run and all open spans below it are canceled
 * at once, with the facts known by then. The provider gets no more pulls than on the bare SDK.
 *
 * Holds: ends-as-canceled.
 */
import { agentSpan, chatSpan } from "../conformance/expected-spans.ts";
import { exchangeHttp } from "../support/http-exchange.ts";
import { createGate, type Gate } from "../support/gate.ts";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ServerResponse } from "node:http";
import { testExits, type Exit } from "./exit.ts";
import type { ExitResult } from "./exit-stage.ts";
import { cities, FIRST_CITY, outputAttributes, outputParameters, SOURCES, type Source } from "./sources.ts";
import { bodyOf } from "../support/streams.ts";

type Stream = ReadableStream<unknown>;

async function takeOne(stream: Stream): Promise<ReadableStreamDefaultReader<unknown>> {
  const reader = stream.getReader();
  await reader.read();
  return reader;
}

/** The consumer leaves after the first chunk or before it. If leaving throws, the application gets the error. */
const WAYS: Readonly<Record<string, (stream: Stream) => Promise<unknown>>> = {
  "breaks out of": async (stream) => {
    for await (const _chunk of stream) break;
  },
  "throws out of": async (stream) => {
    for await (const _chunk of stream) throw new RangeError("enough");
  },
  "calls return on the iterator of": async (stream) => {
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    return iterator.return?.();
  },
  "cancels the reader of": async (stream) => (await takeOne(stream)).cancel("enough"),
  "cancels the reader of, while it waits for a part of,": async (stream) => {
    const reader = stream.getReader();
    await reader.cancel();
  },
  "releases its reader and cancels": async (stream) => {
    (await takeOne(stream)).releaseLock();
    await stream.cancel();
  },
  "cancels, without a read,": (stream) => stream.cancel(),
  "pipes into a writable stream that fails": (stream) =>
    stream.pipeTo(new WritableStream({ write: () => Promise.reject(new RangeError("full")) })),
  "aborts the pipe of": async (stream) => {
    const controller = new AbortController();
    await stream.pipeTo(new WritableStream({ write: () => controller.abort() }), {
      signal: controller.signal,
    });
  },
  "cancels what was piped through from": async (stream) => {
    await (await takeOne(stream.pipeThrough(new TransformStream()))).cancel();
  },
};

/** The model waits in the middle of its answer meanwhile, so that the same spans are open on every major. */
function leavingOf(
  source: Source,
  title: string,
  leave: (result: ExitResult, gate: Gate) => Promise<unknown>,
): Exit {
  const output = outputAttributes(source);
  return {
    title,
    ...(source.majors === undefined ? {} : { majors: source.majors }),
    run: async (app) => {
      const gate = createGate();
      const result = app.streamText([cities(gate)], outputParameters(app, source));
      await gate.reached;
      const outcome = await leave(result, gate).catch((error: unknown) => String(error));
      gate.open();
      return outcome;
    },
    expected: agentSpan({ canceled: "consumer", ...output }, [
      chatSpan({ streaming: true, usage: null, finish: null, canceled: "consumer", ...output }),
    ]),
  };
}

const streams: readonly Exit[] = SOURCES.flatMap((source) =>
  Object.entries(WAYS).map(([way, leave]) =>
    leavingOf(source, `${way} ${source.name}`, (result) => leave(source.open(result))),
  ),
);

type Respond = (result: ExitResult, response: ServerResponse) => unknown;

/**
 * Servers write a web response to a Node response by a pipeline, or with a reader that they cancel on "close".
 */
const writeByPipeline = async (body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> => {
  // The stream types of Node and of the DOM are not compatible.
  const source = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]);
  await pipeline(source, response).catch(() => {});
};

const writeByReader = async (body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> => {
  const reader = body.getReader();
  response.on("close", () => void reader.cancel().catch(() => {}));
  for (let read = await reader.read(); !read.done; read = await reader.read()) response.write(read.value);
  response.end();
};

const RESPONSES: Readonly<Record<string, Respond>> = {
  pipeUIMessageStreamToResponse: (result, response) => result.pipeUIMessageStreamToResponse(response),
  pipeTextStreamToResponse: (result, response) => result.pipeTextStreamToResponse(response),
  "a pipeline from toUIMessageStreamResponse": (result, response) =>
    writeByPipeline(bodyOf(result.toUIMessageStreamResponse()), response),
  "a pipeline from toTextStreamResponse": (result, response) =>
    writeByPipeline(bodyOf(result.toTextStreamResponse()), response),
  "a reader of toUIMessageStreamResponse": (result, response) =>
    writeByReader(bodyOf(result.toUIMessageStreamResponse()), response),
};

const plain: Source = { name: "", open: (result) => result.textStream };

const disconnects: readonly Exit[] = Object.entries(RESPONSES).map(([way, respond]) =>
  leavingOf(plain, `has an HTTP client that disconnects from ${way}`, async (result) => {
    await exchangeHttp((response) => respond(result, response), { leavesAfter: FIRST_CITY });
  }),
);

testExits([...streams, ...disconnects]);
