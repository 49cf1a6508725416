/**
 * Reading a result to its end, in each possible way, completes its run.
 */
import { describe, expect, test } from "vitest";
import { agentSpan, chatSpan } from "../conformance/expected-spans.ts";
import { majors } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { exchangeHttp } from "../support/http-exchange.ts";
import { testExits, type Exit } from "./exit.ts";
import type { ExitResult } from "./exit-stage.ts";
import { cities, outputAttributes, outputParameters, PROMISES, SOURCES, type Source } from "./sources.ts";

const PLAIN: Source = { name: "", output: "object", open: (result) => result.textStream };

function completed(source: Source): Exit["expected"] {
  const output = outputAttributes(source);
  return agentSpan(output, [chatSpan({ streaming: true, ...output })]);
}

function readingOf(source: Source, title: string, read: (result: ExitResult) => Promise<unknown>): Exit {
  return {
    title,
    ...(source.majors === undefined ? {} : { majors: source.majors }),
    run: (app) => read(app.streamText([cities()], outputParameters(app, source))),
    expected: completed(source),
  };
}

async function iterate(stream: AsyncIterable<unknown>): Promise<number> {
  let chunks = 0;
  for await (const _chunk of stream) chunks += 1;
  return chunks;
}

async function readAll(stream: ReadableStream<unknown>): Promise<number> {
  const reader = stream.getReader();
  let chunks = 0;
  while (!(await reader.read()).done) chunks += 1;
  return chunks;
}

/** The value of a promise as text, to compare it with that of the bare SDK. Ids and times are left out. */
function shapeOf(value: unknown): string {
  return JSON.stringify(value, (key, entry: unknown) =>
    ["id", "timestamp", "messages"].includes(key) ? "" : entry,
  );
}

const streams: readonly Exit[] = SOURCES.flatMap((source) => [
  readingOf(source, `iterates over ${source.name} to its end`, (result) => iterate(source.open(result))),
  readingOf(source, `reads ${source.name} to its end with a reader`, (result) =>
    readAll(source.open(result)),
  ),
  readingOf(source, `pipes ${source.name} into a writable stream`, async (result) => {
    let chunks = 0;
    await source.open(result).pipeTo(new WritableStream({ write: () => void (chunks += 1) }));
    return chunks;
  }),
]);

const promises: readonly Exit[] = Object.entries(PROMISES).map(([name, only]) =>
  readingOf(
    { ...PLAIN, ...(only === undefined ? {} : { majors: only }) },
    `awaits ${name}`,
    async (result) => {
      const value: unknown = await Reflect.get(result, name);
      return name === "steps" || name === "finalStep" ? undefined : shapeOf(value);
    },
  ),
);

const methods: readonly Exit[] = [
  readingOf(PLAIN, "calls consumeStream", (result) => result.consumeStream()),
  readingOf(PLAIN, "calls consumeStream with its own onError", (result) =>
    result.consumeStream({ onError() {} }),
  ),
  readingOf(PLAIN, "sends the text of toTextStreamResponse", (result) =>
    result.toTextStreamResponse().text(),
  ),
  readingOf(
    PLAIN,
    "pipes the result to an HTTP response with pipeUIMessageStreamToResponse",
    async (result) =>
      exchangeHttp((response) =>
        result.pipeUIMessageStreamToResponse(response, { generateMessageId: () => "m" }),
      ),
  ),
  readingOf(PLAIN, "pipes the result to an HTTP response with pipeTextStreamToResponse", async (result) =>
    exchangeHttp((response) => result.pipeTextStreamToResponse(response)),
  ),
  readingOf(PLAIN, "pipes a result with consumeSseStream, which is read as well", async (result) => {
    const copies: Promise<number>[] = [];
    const consumeSseStream = ({ stream }: { stream: ReadableStream<string> }): void => {
      copies.push(readAll(stream));
    };
    await exchangeHttp((response) => result.pipeUIMessageStreamToResponse(response, { consumeSseStream }));
    return Promise.all(copies);
  }),
];

testExits([...streams, ...promises, ...methods]);

/** Members on the prototype of results that are private in their types. */
const PRIVATE: ReadonlySet<string> = new Set([
  "asIterableStream",
  "constructor",
  "getOutputPromise",
  "parseOutput",
  "rejectResultPromise",
  "rejectResultPromises",
  "teeStream",
]);
const METHODS = ["consumeStream", "pipeTextStreamToResponse", "pipeUIMessageStreamToResponse"];

for (const major of majors)
  describe(`the table on ${major.name}`, () => {
    test("has every way to read that a result has", () => {
      const { model } = scriptedModel(major, []);
      const result: object = major.ai.streamText({ model, prompt: "a room", onError: () => {} });
      const ways = Object.getOwnPropertyNames(Object.getPrototypeOf(result)).filter(
        (way) => !PRIVATE.has(way),
      );
      const table = [...SOURCES, ...Object.entries(PROMISES).map(([name, only]) => ({ name, majors: only }))];
      const known = table.filter((way) => way.majors?.includes(major.name) ?? true).map(({ name }) => name);
      expect(ways.toSorted()).toEqual([...known, ...METHODS].toSorted());
    });
  });
