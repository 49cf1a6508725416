/**
 * Several consumers of one result. The run stays open until the last one ends. If any of them reads to the end, the run
 * is complete. If all leave, it is canceled.
 *
 * Holds: last-reader.
 */
import { agentSpan, chatSpan } from "../conformance/expected-spans.ts";
import { createGate, turn, type Gate } from "../support/gate.ts";
import { testExits, type Exit } from "./exit.ts";
import { comeToRest, type ExitResult, type ExitStage } from "./exit-stage.ts";
import { cities } from "./sources.ts";

type Stream = ReadableStream<unknown>;

async function readAll(stream: Stream): Promise<number> {
  let chunks = 0;
  for await (const _chunk of stream) chunks += 1;
  return chunks;
}

async function leave(stream: Stream): Promise<void> {
  const reader = stream.getReader();
  await reader.read();
  await reader.cancel();
}

function bodyOf(result: ExitResult): Stream {
  const { body } = result.toTextStreamResponse();
  if (body === null) throw new Error("the response has no body");
  return body;
}

/** Starts a run that waits at the gate in the middle of its answer. */
async function runOf(app: ExitStage): Promise<{ result: ExitResult; gate: Gate }> {
  const gate = createGate();
  const result = app.streamText([cities(gate)]);
  await gate.reached;
  return { result, gate };
}

const completed = agentSpan({}, [chatSpan({ streaming: true })]);
const left = agentSpan({ canceled: "consumer" }, [
  chatSpan({ streaming: true, usage: null, finish: null, canceled: "consumer" }),
]);

const readers: readonly Exit[] = [
  {
    title: "completes with two that read to the end at once",
    run: async (app) => {
      const { result, gate } = await runOf(app);
      const [first, second] = [result.textStream, result.toUIMessageStream()];
      gate.open();
      return Promise.all([readAll(first), readAll(second)]);
    },
    expected: completed,
  },
  {
    title: "completes with three that read to the end one after the other",
    run: async (app) => {
      const { result, gate } = await runOf(app);
      const streams = [result.textStream, result.toUIMessageStream(), bodyOf(result)];
      app.expectOpen("invoke_agent", "chat");
      gate.open();
      const lengths: number[] = [];
      for (const stream of streams) {
        if (lengths.length > 0) app.expectOpen("invoke_agent");
        lengths.push(await readAll(stream));
        await turn();
      }
      app.expectOpen();
      return lengths;
    },
    expected: completed,
  },
  {
    title: "stays open while one of three reads that the others have left",
    run: async (app) => {
      const { result, gate } = await runOf(app);
      const [first, second, third] = [result.textStream, result.toUIMessageStream(), bodyOf(result)];
      const reading = readAll(third);
      await leave(first);
      await comeToRest(app);
      app.expectOpen("invoke_agent", "chat");
      await leave(second);
      await comeToRest(app);
      app.expectOpen("invoke_agent", "chat");
      gate.open();
      return reading;
    },
    expected: completed,
  },
  {
    title: "is canceled when the last of three has left",
    run: async (app) => {
      const { result, gate } = await runOf(app);
      for (const stream of [result.textStream, result.toUIMessageStream(), bodyOf(result)]) {
        app.expectOpen("invoke_agent", "chat");
        await leave(stream);
        await turn();
      }
      app.expectOpen();
      gate.open();
    },
    expected: left,
  },
  {
    title: "completes though one leaves after another has read to the end",
    run: async (app) => {
      const { result, gate } = await runOf(app);
      const [first, second] = [result.textStream, result.toUIMessageStream()];
      gate.open();
      await readAll(first);
      await leave(second);
    },
    expected: completed,
  },
  {
    title: "completes with a promise that is awaited beside a stream that is left",
    run: async (app) => {
      const { result, gate } = await runOf(app);
      const text = result.text;
      await leave(result.textStream);
      app.expectOpen("invoke_agent", "chat");
      gate.open();
      return text;
    },
    expected: completed,
  },
  {
    title: "completes with a promise that nobody awaits beside a stream that is left",
    run: async (app) => {
      const { result, gate } = await runOf(app);
      void result.text;
      await leave(result.toUIMessageStream());
      gate.open();
    },
    expected: completed,
  },
  {
    title: "completes with two promises",
    run: async (app) => {
      const { result, gate } = await runOf(app);
      gate.open();
      return [await result.text, await result.finishReason];
    },
    expected: completed,
  },
  {
    title: "completes with a stream that is teed, and one half left",
    run: async (app) => {
      const { result, gate } = await runOf(app);
      const [one, other] = result.textStream.tee();
      void one.cancel();
      gate.open();
      return readAll(other);
    },
    expected: completed,
  },
  {
    title: "is canceled with a stream that is teed, and both halves left",
    run: async (app) => {
      const { result, gate } = await runOf(app);
      const [one, other] = result.textStream.tee();
      await gate.reached;
      await Promise.all([one.cancel(), other.cancel()]);
      gate.open();
    },
    expected: left,
  },
];

testExits(readers);
