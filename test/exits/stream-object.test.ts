/**
 * The result of `streamObject`, which one consumer can read, and whose leaving cancels the provider's stream. However
 * it is read, left or interrupted, its spans end, and the application and its provider notice no difference.
 */
import { agentSpan, chatSpan } from "../conformance/expected-spans.ts";
import { rejects, says } from "../conformance/script.ts";
import { apiCallError, RoomServiceError } from "../support/failures.ts";
import { createGate, settle, turn } from "../support/gate.ts";
import { exchangeHttp } from "../support/http-exchange.ts";
import type { CallParameters } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { testExits, type Exit } from "./exit.ts";
import type { ExitResult, ExitStage } from "./exit-stage.ts";
import { failingSteps, type FailingStep } from "./failing-steps.ts";
import { cities, FIRST_CITY } from "./sources.ts";
import { bodyOf } from "../support/streams.ts";

const JSON_OUTPUT = { attributes: { "gen_ai.output.type": "json" } } as const;
const CUT_OFF = { streaming: true, usage: null, finish: null, ...JSON_OUTPUT } as const;
const LEFT = { canceled: "consumer", ...JSON_OUTPUT } as const;
const ABORT = { canceled: "abort", ...JSON_OUTPUT } as const;
const TIMEOUT = { error: "timeout", ...JSON_OUTPUT } as const;
const completed = agentSpan(JSON_OUTPUT, [chatSpan({ streaming: true, ...JSON_OUTPUT })]);
const left = agentSpan(LEFT, [chatSpan({ ...CUT_OFF, ...LEFT })]);

/** Starts an array of cities, which every way to read can return. */
function start(app: ExitStage, steps: readonly ScriptedStep[], parameters: CallParameters = {}): ExitResult {
  const city = { type: "object", properties: { city: { type: "string" } } };
  return app.streamText(steps, { output: "array", schema: app.sdk.jsonSchema(city), ...parameters });
}

type Open = (result: ExitResult) => ReadableStream<unknown>;

const SOURCES: Readonly<Record<string, Open>> = {
  partialObjectStream: (result) => result.partialObjectStream,
  elementStream: (result) => result.elementStream,
  textStream: (result) => result.textStream,
  fullStream: (result) => result.fullStream,
  toTextStreamResponse: (result) => bodyOf(result.toTextStreamResponse()),
};

/** The reader leaves while the provider waits in the middle of its answer, so that the number of pulls is fixed. */
type Leave = (stream: ReadableStream<unknown>, atGate: Promise<void>) => Promise<unknown>;

async function cancelAfterFirst(
  stream: ReadableStream<unknown>,
  atGate: Promise<void>,
  reason?: unknown,
): Promise<void> {
  const reader = stream.getReader();
  await reader.read();
  await atGate;
  await turn();
  await reader.cancel(reason);
}

const LEAVES: Readonly<Record<string, Leave>> = {
  "breaks out of": async (stream, atGate) => {
    for await (const _chunk of stream) {
      await atGate;
      await turn();
      break;
    }
  },
  "throws out of": async (stream, atGate) => {
    for await (const _chunk of stream) {
      await atGate;
      await turn();
      throw new RangeError("enough");
    }
  },
  "cancels the reader of": (stream, atGate) => cancelAfterFirst(stream, atGate),
  "cancels with an error the reader of": (stream, atGate) =>
    cancelAfterFirst(stream, atGate, new RangeError("enough")),
  "cancels, without a read,": async (stream, atGate) => {
    await atGate;
    await turn();
    await stream.cancel();
  },
  "cancels what was piped through from": (stream, atGate) =>
    cancelAfterFirst(stream.pipeThrough(new TransformStream()), atGate),
};

async function count(stream: ReadableStream<unknown>): Promise<number> {
  const reader = stream.getReader();
  let chunks = 0;
  while (!(await reader.read()).done) chunks += 1;
  return chunks;
}

const readings: readonly Exit[] = Object.entries(SOURCES).flatMap(([name, open]): Exit[] => [
  {
    title: `reads ${name} to its end`,
    run: (app) => count(open(start(app, [cities()]))),
    expected: completed,
  },
  ...Object.entries(LEAVES).map(([way, leave]): Exit => ({
    title: `${way} ${name}`,
    run: async (app) => {
      const gate = createGate();
      const stream = open(start(app, [cities(gate)]));
      const result = await leave(stream, gate.reached).catch((error: unknown) => String(error));
      // The provider notices the leave some microtasks later.
      await turn();
      gate.open();
      return result;
    },
    expected: left,
  })),
]);

const PROMISES = ["object", "usage", "finishReason", "response", "warnings", "request", "providerMetadata"];

const promises: readonly Exit[] = PROMISES.map((name) => ({
  title: `awaits ${name} beside its reader`,
  run: async (app) => {
    const result = start(app, [cities()]);
    // The promise by its name. Every major has all of them.
    const promise: unknown = (result as unknown as Record<string, unknown>)[name];
    await count(result.fullStream);
    return typeof (await promise);
  },
  expected: completed,
}));

const responses: readonly Exit[] = [
  {
    title: "pipes the text to an HTTP response",
    run: (app) => exchangeHttp((response) => start(app, [cities()]).pipeTextStreamToResponse(response)),
    expected: completed,
  },
  {
    title: "has an HTTP client that disconnects",
    run: async (app) => {
      const gate = createGate();
      const result = start(app, [cities(gate)]);
      await exchangeHttp((response) => result.pipeTextStreamToResponse(response), {
        leavesAfter: FIRST_CITY,
      });
      gate.open();
    },
    expected: left,
  },
  {
    title: "refuses a second reader, and completes for the first",
    run: async (app) => {
      const result = start(app, [cities()]);
      const first = result.partialObjectStream;
      let refusal = "";
      try {
        void result.textStream;
      } catch (error) {
        refusal = error instanceof Error ? error.name : "";
      }
      return [refusal, await count(first)];
    },
    expected: completed,
  },
  {
    title: "leaves before its model is called",
    // v5 neither reads nor cancels the model's stream in this case: see `dropped.memory.test.ts`.
    majors: ["v6", "v7"],
    goesOn: true,
    run: (app) => start(app, [cities()]).fullStream.cancel(),
    expected: agentSpan({ canceled: "consumer" }, [
      chatSpan({ ...CUT_OFF, ...LEFT, response: null, output: false }),
    ]),
  },
  {
    title: "leaves at its finish part",
    leavesAtTheEnd: true,
    run: async (app) => {
      let parts = 0;
      for await (const part of start(app, [cities()]).fullStream) {
        parts += 1;
        if (part.type === "finish") break;
      }
      return parts;
    },
    expected: completed,
  },
];

/** Returns what the reader gets, and the results of promises and callbacks. */
async function runToEnd(app: ExitStage, steps: readonly ScriptedStep[], parameters: CallParameters = {}) {
  const received: unknown[] = [];
  const onError = ({ error }: { error: unknown }): void => void received.push(`reports ${String(error)}`);
  try {
    const result = start(app, steps, { onError, ...parameters });
    const object = result.object.then(
      (value) => JSON.stringify(value),
      (error: unknown) => String(error),
    );
    try {
      for await (const part of result.fullStream) received.push(part.type);
    } catch (error) {
      received.push(String(error));
    }
    received.push(await Promise.race([object, settle(() => false, 20).then(() => "pending")]));
  } catch (error) {
    received.push(String(error));
  }
  // The order of the reader and the callback depends on microtasks.
  return received.map(String).toSorted();
}

const FAILING: readonly FailingStep[] = [
  ...failingSteps('{"elements":[', JSON_OUTPUT),
  {
    title: "refuses every attempt",
    step: (app) =>
      rejects(...Array.from({ length: 3 }, () => apiCallError(app.major, { status: 429, retryable: true }))),
    chat: { ...CUT_OFF, error: "429", response: null, output: false, retries: 2 },
  },
];

const failures: readonly Exit[] = FAILING.map(({ title, step, chat }) => ({
  title: `has a stream that ${title}`,
  run: (app) => runToEnd(app, [step(app)]),
  expected: agentSpan({ error: chat.error, ...JSON_OUTPUT }, [chatSpan(chat)]),
}));

const UNFIT = "AI_NoObjectGeneratedError";
const unfit = agentSpan({ error: UNFIT, ...JSON_OUTPUT }, [chatSpan({ streaming: true, ...JSON_OUTPUT })]);

const unfitting: readonly Exit[] = [
  { title: "is answered with no JSON", run: (app) => runToEnd(app, [says("a room")]), expected: unfit },
  {
    title: "is answered with no JSON, and leaves the promise of its object without a handler",
    run: (app) => count(start(app, [says("a room")]).fullStream),
    expected: unfit,
  },
  {
    title: "is answered with no JSON, and asks for its object and does not handle it",
    run: async (app) => {
      const result = start(app, [says("a room")]);
      void result.object;
      return count(result.fullStream);
    },
    expected: unfit,
  },
];

const callbacks: readonly Exit[] = [
  {
    title: "passes the object or the error to onFinish",
    run: async (app) => {
      const received: unknown[] = [];
      const onFinish = ({ object, error }: { object: unknown; error: unknown }): void =>
        void received.push(JSON.stringify(object), String(error));
      received.push(...(await runToEnd(app, [cities()], { onFinish })));
      return received;
    },
    expected: completed,
  },
  {
    title: "waits for its onFinish",
    run: async (app) => {
      const gate = createGate();
      const reading = runToEnd(app, [cities()], { onFinish: () => gate.pass() });
      await gate.reached;
      await turn();
      app.expectOpen("invoke_agent");
      gate.open();
      return reading;
    },
    expected: completed,
  },
  {
    title: "has an onFinish that throws",
    run: (app) =>
      runToEnd(app, [cities()], {
        onFinish: () => {
          throw new RoomServiceError("no");
        },
      }),
    expected: completed,
    forced: {
      majors: ["v5", "v6"],
      reason: "an onFinish of streamObject that throws is an in-band error",
      expected: agentSpan({ error: "RoomServiceError", ...JSON_OUTPUT }, [
        chatSpan({ streaming: true, ...JSON_OUTPUT }),
      ]),
    },
  },
];

function abortedIn(
  title: string,
  ending: typeof ABORT | typeof TIMEOUT,
  abort: (controller: AbortController) => void,
): Exit[] {
  return [
    {
      title: `${title} in its answer`,
      run: async (app) => {
        const controller = new AbortController();
        const gate = createGate();
        void gate.reached.then(() => abort(controller));
        return runToEnd(app, [cities(gate)], { abortSignal: controller.signal });
      },
      expected: agentSpan(ending, [chatSpan({ ...CUT_OFF, ...ending })]),
    },
    {
      title: `${title} before it is read`,
      run: async (app) => {
        const controller = new AbortController();
        const gate = createGate();
        const result = start(app, [cities(gate)], { abortSignal: controller.signal });
        await gate.reached;
        abort(controller);
        await turn();
        app.expectOpen();
        gate.open();
        return count(result.textStream).catch((error: unknown) => String(error));
      },
      expected: agentSpan(ending, [chatSpan({ ...CUT_OFF, ...ending })]),
    },
  ];
}

const aborts: readonly Exit[] = [
  ...abortedIn("is aborted", ABORT, (controller) => controller.abort()),
  ...abortedIn("is aborted with an error", ABORT, (controller) => controller.abort(new RangeError("enough"))),
  ...abortedIn("passes its deadline", TIMEOUT, (controller) =>
    controller.abort(new DOMException("too late", "TimeoutError")),
  ),
];

/** How far the SDK reads the provider ahead of a slow reader. */
const paces: readonly Exit[] = Object.entries(SOURCES).map(([name, open]) => ({
  title: `reads a little of ${name}, and pauses`,
  run: async (app) => {
    const stream = open(start(app, [cities()]));
    const [counts] = app.models.map((model) => model.counts);
    const pulls = async (): Promise<number | undefined> => {
      await settle(() => false, 20);
      return counts?.pulls;
    };
    const pullCounts = [await pulls()];
    const reader = stream.getReader();
    for (let part = 0; part < 3; part++) {
      await reader.read();
      pullCounts.push(await pulls());
    }
    await reader.cancel();
    return pullCounts;
  },
  expected: left,
}));

testExits(
  [...paces, ...readings, ...promises, ...responses, ...failures, ...unfitting, ...callbacks, ...aborts],
  "streamObject",
);
