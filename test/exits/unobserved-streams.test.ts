/**
 * A model's stream that is not the platform's is not observed. Its call still has a span. The SDK's report of each step
 * has the tokens. A call whose step never ends gets the outcome of its run.
 */
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import type { ExpectedTree } from "../harness/program.ts";
import { callsTool, readText, says } from "../conformance/script.ts";
import type { ModelCallOptions } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { testExits, type Exit } from "./exit.ts";
import type { ExitStage } from "./exit-stage.ts";

interface StreamingModel {
  doStream(options: ModelCallOptions): Promise<{ readonly stream: ReadableStream<object> }>;
}

function modelWith(
  app: ExitStage,
  steps: readonly ScriptedStep[],
  change: (stream: ReadableStream<object>) => object,
): object {
  const { model } = app.parameters(steps) as unknown as { model: StreamingModel };
  const doStream = model.doStream.bind(model);
  return Object.assign(model, {
    doStream: async (options: ModelCallOptions) => ({ stream: change((await doStream(options)).stream) }),
  });
}

function pipingItsOwnWay(app: ExitStage, steps: readonly ScriptedStep[]): object {
  return modelWith(app, steps, (stream) => {
    const { pipeThrough } = ReadableStream.prototype;
    const own = (...args: Parameters<typeof pipeThrough>): unknown =>
      pipeThrough.call(pipeThrough.call(stream, new TransformStream()), ...args);
    return Object.assign(stream, { pipeThrough: own });
  });
}

/** A proxy of the stream, whose methods run on the stream itself. */
function behindProxies(app: ExitStage, steps: readonly ScriptedStep[]): object {
  return modelWith(
    app,
    steps,
    (stream) =>
      new Proxy(stream, {
        get(_target, key) {
          const value: unknown = Reflect.get(stream, key, stream);
          return typeof value === "function" ? (value.bind(stream) as unknown) : value;
        },
      }),
  );
}

const UNSEEN = { streaming: true, output: false, usage: null, finish: null, response: null } as const;

/** @param spans builds the spans of answered calls; `answered` has what is known of each call */
function answeredTree(
  spans: (answered: { readonly streaming: true; readonly output: boolean }) => ExpectedTree,
): Pick<Exit, "expected" | "forced"> {
  return {
    expected: spans({ streaming: true, output: true }),
    forced: {
      majors: ["v5", "v6"],
      reason: "only v7 measures the time to the first chunk itself",
      expected: spans({ streaming: true, output: false }),
    },
  };
}

async function failure(reading: Promise<unknown>): Promise<unknown> {
  return reading.then(
    () => "read",
    (error: unknown) => String(error),
  );
}

const exits: readonly Exit[] = [
  {
    title: "ends the call of a stream that cannot be observed, when it is read to its end",
    run: (app) => readText(app.major, app.streamText([], { model: pipingItsOwnWay(app, [says("a room")]) })),
    ...answeredTree((answered) => agentSpan({}, [chatSpan(answered)])),
  },
  {
    title: "ends the call of a stream that cannot be observed, when a tool and another call follow",
    run: async (app) => {
      const model = pipingItsOwnWay(app, [callsTool("searchRooms", "call-1"), says("two")]);
      const execute = async (): Promise<number> => {
        // The step has not ended, so its answer is not reported yet.
        app.expectOpen("invoke_agent", "chat", "execute_tool");
        return 2;
      };
      return readText(app.major, app.streamText([], { ...app.loop(execute), model }));
    },
    ...answeredTree((answered) =>
      agentSpan({}, [
        chatSpan({ ...answered, finish: "tool_call" }),
        toolSpan("searchRooms", "call-1"),
        chatSpan(answered),
      ]),
    ),
  },
  {
    title: "ends the call of a stream that cannot be observed, when it breaks",
    run: async (app) => {
      const broken = says("", { parts: [{ text: "a " }], streamError: new RangeError("broken") });
      const result = app.streamText([], { model: pipingItsOwnWay(app, [broken]), onError: () => {} });
      return failure(Promise.resolve(result.consumeStream({ onError: () => {} })));
    },
    expected: agentSpan({ error: "RangeError" }, [chatSpan({ ...UNSEEN, error: "RangeError" })]),
  },
  {
    title: "ends the call of a stream that cannot be observed, when it is left",
    run: async (app) => {
      const hanging = says("", { parts: [{ text: "a room" }], hangs: true });
      for await (const text of app.streamText([], { model: pipingItsOwnWay(app, [hanging]) }).textStream)
        return text;
      return undefined;
    },
    expected: agentSpan({ canceled: "consumer" }, [chatSpan({ ...UNSEEN, canceled: "consumer" })]),
  },
  {
    title: "ends the call of a stream that cannot be observed, when it is aborted",
    run: async (app) => {
      const controller = new AbortController();
      const hanging = says("", { parts: [{ text: "a room" }], hangs: true });
      const model = pipingItsOwnWay(app, [hanging]);
      const types: string[] = [];
      for await (const { type } of app.streamText([], { model, abortSignal: controller.signal }).fullStream) {
        types.push(type);
        if (type === "text-delta") controller.abort();
      }
      return types;
    },
    expected: agentSpan({ canceled: "abort" }, [chatSpan({ ...UNSEEN, canceled: "abort" })]),
  },
  {
    title: "ends the call of a stream behind a Proxy, when it is read to its end",
    run: (app) => readText(app.major, app.streamText([], { model: behindProxies(app, [says("a room")]) })),
    ...answeredTree((answered) => agentSpan({}, [chatSpan(answered)])),
  },
];

testExits(exits);
