/**
 * v7's `experimental_streamTextLowMemory` returns a result that one consumer can read once. If the consumer leaves, the
 * SDK cancels the provider's stream. The spans and outcomes equal those of `streamText`.
 */
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { callsTool, says } from "../conformance/script.ts";
import { createGate, rejectOnAbort, turn } from "../support/gate.ts";
import { exchangeHttp } from "../support/http-exchange.ts";
import { testExits, type Exit } from "./exit.ts";
import { runCall } from "./run-call.ts";
import { failingSteps } from "./failing-steps.ts";
import { cities, FIRST_CITY, outputAttributes, outputParameters, SOURCES } from "./sources.ts";

const V7 = { majors: ["v7"] } as const;
const CUT_OFF = { streaming: true, usage: null, finish: null } as const;
const LEFT = { canceled: "consumer" } as const;
const completed = agentSpan({}, [chatSpan({ streaming: true })]);
const left = agentSpan(LEFT, [chatSpan({ ...CUT_OFF, ...LEFT })]);

const LEAVES: Readonly<Record<string, (stream: ReadableStream<unknown>) => Promise<void>>> = {
  "breaks out of": async (stream) => {
    for await (const _chunk of stream) break;
  },
  "cancels the reader of": (stream) => cancelAfterFirst(stream),
  "cancels with an error the reader of": (stream) => cancelAfterFirst(stream, new RangeError("enough")),
  "cancels with a string the reader of": (stream) => cancelAfterFirst(stream, "enough"),
  "cancels, without a read,": (stream) => stream.cancel(),
};

async function cancelAfterFirst(stream: ReadableStream<unknown>, reason?: unknown): Promise<void> {
  const reader = stream.getReader();
  await reader.read();
  await reader.cancel(reason);
}

/** This result does not have the old name. */
const sources = SOURCES.filter(({ name }) => name !== "experimental_partialOutputStream");

const readings: readonly Exit[] = sources.flatMap((source): Exit[] => {
  const output = outputAttributes(source);
  return [
    {
      ...V7,
      title: `reads ${source.name} to its end`,
      run: async (app) => {
        const reader = source.open(app.streamText([cities()], outputParameters(app, source))).getReader();
        let chunks = 0;
        while (!(await reader.read()).done) chunks += 1;
        return chunks;
      },
      expected: agentSpan(output, [chatSpan({ streaming: true, ...output })]),
    },
    ...Object.entries(LEAVES).map(([way, leave]): Exit => ({
      ...V7,
      title: `${way} ${source.name}`,
      run: async (app) => {
        const gate = createGate();
        const result = app.streamText([cities(gate)], outputParameters(app, source));
        await gate.reached;
        await leave(source.open(result));
        await turn();
        app.expectOpen();
        gate.open();
      },
      expected: agentSpan({ ...LEFT, ...output }, [chatSpan({ ...CUT_OFF, ...LEFT, ...output })]),
    })),
  ];
});

const methods: readonly Exit[] = [
  {
    ...V7,
    title: "calls consumeStream",
    run: (app) => app.streamText([cities()]).consumeStream(),
    expected: completed,
  },
  {
    ...V7,
    title: "awaits its promises beside its reader",
    run: async (app) => {
      const result = app.streamText([cities()]);
      const reason = result.finishReason;
      await result.consumeStream();
      return reason;
    },
    expected: completed,
  },
  {
    ...V7,
    title: "refuses a second reader, and completes for the first",
    run: async (app) => {
      const result = app.streamText([cities()]);
      const first = result.textStream;
      let refusal = "";
      try {
        void result.fullStream;
      } catch (error) {
        refusal = String(error);
      }
      let chunks = 0;
      for await (const _chunk of first) chunks += 1;
      return [refusal, chunks];
    },
    expected: completed,
  },
  {
    ...V7,
    title: "pipes the result to an HTTP response",
    run: (app) => exchangeHttp((response) => app.streamText([cities()]).pipeTextStreamToResponse(response)),
    expected: completed,
  },
  {
    ...V7,
    title: "has an HTTP client that disconnects",
    run: async (app) => {
      const gate = createGate();
      const result = app.streamText([cities(gate)]);
      await gate.reached;
      await exchangeHttp((response) => result.pipeUIMessageStreamToResponse(response), {
        leavesAfter: FIRST_CITY,
      });
      gate.open();
    },
    expected: left,
  },
];

const failures: readonly Exit[] = failingSteps("a ").map(({ title, step, chat }) => ({
  ...V7,
  title: `has a stream that ${title}`,
  run: (app) => runCall(app, "stream", [step(app)]),
  expected: agentSpan({ error: chat.error }, [chatSpan(chat)]),
}));

const ABORT = { canceled: "abort" } as const;

const steps: readonly Exit[] = [
  {
    ...V7,
    title: "completes in two steps with a tool",
    run: (app) =>
      runCall(
        app,
        "stream",
        [callsTool("searchRooms", "call-1"), says("two")],
        app.loop(async () => 2),
      ),
    expected: agentSpan({}, [
      chatSpan({ streaming: true, finish: "tool_call" }),
      toolSpan("searchRooms", "call-1"),
      chatSpan({ streaming: true }),
    ]),
  },
  {
    ...V7,
    title: "ends with an abort in its answer",
    run: (app) => {
      const controller = new AbortController();
      const gate = createGate();
      void gate.reached.then(() => controller.abort());
      const step = says("", { parts: [{ text: "a room" }, { gate }] });
      return runCall(app, "stream", [step], { abortSignal: controller.signal });
    },
    expected: agentSpan(ABORT, [chatSpan({ ...CUT_OFF, ...ABORT })]),
  },
  {
    ...V7,
    title: "ends with an abort in its tool",
    run: (app) => {
      const controller = new AbortController();
      const loop = app.loop((_input, { abortSignal }) => {
        controller.abort();
        return rejectOnAbort(abortSignal);
      });
      const parameters = { ...loop, abortSignal: controller.signal };
      return runCall(app, "stream", [callsTool("searchRooms", "call-1")], parameters);
    },
    expected: agentSpan(ABORT, [
      chatSpan({ streaming: true, finish: "tool_call" }),
      toolSpan("searchRooms", "call-1", ABORT),
    ]),
  },
  {
    ...V7,
    title: "ends with a consumer that leaves in its tool",
    run: async (app) => {
      const gate = createGate();
      const { fullStream } = app.streamText(
        [callsTool("searchRooms", "call-1")],
        app.loop(() => gate.pass()),
      );
      const reader = fullStream.getReader();
      const reading = readUntilDone(reader);
      await gate.reached;
      await turn();
      await reader.cancel();
      gate.open();
      await reading;
    },
    expected: agentSpan(LEFT, [
      chatSpan({ streaming: true, finish: "tool_call" }),
      toolSpan("searchRooms", "call-1", LEFT),
    ]),
  },
];

async function readUntilDone(reader: ReadableStreamDefaultReader<unknown>): Promise<void> {
  while (!(await reader.read()).done);
}

testExits([...readings, ...methods, ...failures, ...steps], "experimental_streamTextLowMemory");
