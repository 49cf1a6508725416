/**
 * The program drops results before or while it reads them. Their collection ends the run as abandoned, although the
 * model, the signal and the SDK stay alive. Spans that have ended keep their outcome.
 *
 * Holds: abandoned.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { callsTool, says } from "../conformance/script.ts";
import { collectPromisesUntil, collectUntil } from "../support/collection.ts";
import { createGate, settle } from "../support/gate.ts";
import { majors, type Major, type MajorName } from "../support/majors.ts";
import { collectRejections } from "../support/rejections.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { comeToRest, type ExitResult, ExitStage, type StreamOperation } from "./exit-stage.ts";
import { expectSpans, type Rules } from "./expect-spans.ts";

const ABANDONED = { canceled: "abandoned" } as const;
const LEFT = { canceled: "consumer" } as const;
const CUT_OFF = { streaming: true, usage: null, finish: null } as const;
const JSON_OUTPUT = { attributes: { "gen_ai.output.type": "json" } } as const;
const hanging = says("", { parts: [{ text: "a " }, { text: "room" }], hangs: true });

const abandoned = agentSpan(ABANDONED, [chatSpan({ ...CUT_OFF, ...ABANDONED })]);

interface Drop extends Rules {
  readonly title: string;
  readonly majors?: readonly MajorName[];
  readonly operation?: StreamOperation;
  /** Runs the program. Afterwards its values are unreachable. */
  readonly run: (app: ExitStage) => Promise<void>;
  readonly expected: typeof abandoned;
}

async function readOne(stream: ReadableStream<unknown>): Promise<void> {
  await stream.getReader().read();
}

/** Opens or reads a result, which is unreachable afterwards. */
function dropping(read: (result: ExitResult) => Promise<unknown>): Drop["run"] {
  return async (app) => {
    await read(app.streamText([hanging]));
    await comeToRest(app);
  };
}

const DROPS: readonly Drop[] = [
  { title: "that was never read", run: dropping(async () => {}), expected: abandoned },
  {
    title: "that was never read, of one reader",
    majors: ["v7"],
    operation: "experimental_streamTextLowMemory",
    run: dropping(async () => {}),
    expected: abandoned,
  },
  {
    title: "with a way of reading that was only opened",
    run: dropping(async (result) => void result.fullStream),
    expected: abandoned,
  },
  {
    title: "with two ways of reading that were only opened",
    run: dropping(async (result) => void [result.textStream, result.toUIMessageStream()]),
    expected: abandoned,
  },
  {
    title: "whose reader took one part",
    run: dropping((result) => readOne(result.fullStream)),
    expected: abandoned,
  },
  {
    title: "whose response was never sent",
    run: dropping(async (result) => void result.toUIMessageStreamResponse()),
    expected: abandoned,
  },
  {
    title: "with a way of reading that was only opened, beside one that left",
    run: dropping(async ({ textStream, fullStream: _opened }) => {
      for await (const _text of textStream) break;
    }),
    expected: agentSpan(LEFT, [chatSpan({ ...CUT_OFF, ...LEFT })]),
  },
  {
    title: "that was never read, and whose first step is complete",
    run: async (app) => {
      app.streamText(
        [callsTool("searchRooms", "call-1"), says("two")],
        app.loop(async () => 2),
      );
      await comeToRest(app);
    },
    expected: agentSpan(ABANDONED, [
      chatSpan({ streaming: true, finish: "tool_call" }),
      toolSpan("searchRooms", "call-1"),
    ]),
  },
  {
    title: "that was never read, and whose tool never settles",
    run: async (app) => {
      app.streamText(
        [callsTool("searchRooms", "call-1")],
        app.loop(() => new Promise(() => {})),
      );
      await comeToRest(app);
    },
    expected: agentSpan(ABANDONED, [
      chatSpan({ streaming: true, finish: "tool_call" }),
      toolSpan("searchRooms", "call-1", ABANDONED),
    ]),
  },
  {
    title: "that was left before its model was called",
    goesOn: true,
    run: async (app) => {
      await app.streamText([hanging]).fullStream.cancel();
      await comeToRest(app);
    },
    expected: agentSpan({ ...LEFT, usage: null, finish: null }, [chatSpan({ ...CUT_OFF, ...ABANDONED })]),
  },
];

const UNANSWERED = { usage: null, finish: null, response: null, output: false } as const;

/** Calls whose promise the program drops while it is pending. */
const PROMISE_DROPS: readonly Drop[] = [
  {
    title: "of a promise whose model never answers",
    run: async (app) => {
      void app.generateText([{ ...says(""), hangs: true }]);
      await comeToRest(app);
    },
    expected: agentSpan({ ...ABANDONED, usage: null, finish: null }, [
      chatSpan({ ...UNANSWERED, ...ABANDONED }),
    ]),
  },
  {
    title: "of a promise that waits for a tool for ever",
    run: async (app) => {
      void app.generateText(
        [callsTool("searchRooms", "call-1")],
        app.loop(() => new Promise(() => {})),
      );
      await comeToRest(app);
    },
    expected: agentSpan({ ...ABANDONED, finish: "tool_call" }, [
      chatSpan({ finish: "tool_call" }),
      toolSpan("searchRooms", "call-1", ABANDONED),
    ]),
  },
];

/** Drops an object's result, which only one consumer can read. */
function droppingObject(title: string, read: (result: ExitResult) => Promise<unknown>): Drop {
  const half = says("", { parts: [{ text: '{"city":"Pa' }], hangs: true });
  return {
    title: `of an object, ${title}`,
    operation: "streamObject",
    run: async (app) => {
      await read(app.streamText([half], { output: "no-schema" }));
      await comeToRest(app);
    },
    expected: agentSpan({ ...ABANDONED, ...JSON_OUTPUT }, [
      chatSpan({ ...CUT_OFF, ...ABANDONED, ...JSON_OUTPUT }),
    ]),
  };
}

const OBJECT_DROPS: readonly Drop[] = [
  droppingObject("that was never read", async () => {}),
  droppingObject("that was never read but whose promises were looked at", async (result) => {
    void [result.object, result.usage];
  }),
  droppingObject("with a way of reading that was only opened", async (result) => {
    void result.partialObjectStream;
  }),
  droppingObject("whose reader took one part", (result) => readOne(result.partialObjectStream)),
  droppingObject("whose response was never sent", async (result) => void result.toTextStreamResponse()),
  {
    title: "of an object, that was left before its model was called",
    // v6 and v7 cancel the model's stream in this case.
    majors: ["v5"],
    operation: "streamObject",
    goesOn: true,
    run: async (app) => {
      // v5 itself fails to cancel the stream, and its rejection is unhandled.
      await collectRejections(async () => {
        await app.streamText([hanging], { output: "no-schema" }).partialObjectStream.cancel();
        await comeToRest(app);
      });
    },
    expected: agentSpan({ ...LEFT, usage: null, finish: null }, [
      chatSpan({ ...CUT_OFF, ...LEFT, output: false, ...JSON_OUTPUT }),
    ]),
  },
];

/** Its own function, so that nothing on the caller's stack keeps the run's values alive. */
async function drop(major: Major, { run, operation = "streamText" }: Drop) {
  const telemetry = setupTelemetry();
  const app = new ExitStage(major, wrapAISDK(major.ai), telemetry, operation);
  await run(app);
  app.results.length = 0;
  return { telemetry, app };
}

for (const major of majors) {
  describe(`on ${major.name}, a dropped result`, () => {
    for (const exit of [...DROPS, ...OBJECT_DROPS].filter(
      ({ majors: only }) => only?.includes(major.name) ?? true,
    )) {
      test(`${exit.title} ends with its collection`, async () => {
        const { telemetry, app } = await drop(major, exit);
        await collectUntil(() => telemetry.open.length === 0);
        await expectSpans(telemetry, exit.expected, exit);
        // The models and their call options stay alive.
        expect(app.models.length).toBe(1);
      });
    }

    test.each(PROMISE_DROPS)("$title ends with its collection", async (exit) => {
      const { telemetry, app } = await drop(major, exit);
      await collectPromisesUntil(() => telemetry.open.length === 0);
      await expectSpans(telemetry, exit.expected, exit);
      expect(app.models.length).toBe(1);
    });

    test("a run whose promise can still settle does not end with a collection", async () => {
      const telemetry = setupTelemetry();
      const app = new ExitStage(major, wrapAISDK(major.ai), telemetry, "streamText");
      const gate = createGate();
      void app.generateText(
        [callsTool("searchRooms", "call-1"), says("two")],
        app.loop(() => gate.pass()),
      );
      await gate.reached;
      let rounds = 0;
      await collectPromisesUntil(() => ++rounds > 5);
      app.expectOpen("invoke_agent", "execute_tool");
      gate.open();
      await settle(() => telemetry.open.length === 0);
      await expectSpans(
        telemetry,
        agentSpan({ usage: { input: 20, output: 10 } }, [
          chatSpan({ finish: "tool_call" }),
          toolSpan("searchRooms", "call-1"),
          chatSpan(),
        ]),
      );
    });

    test("that can still be read does not end with a collection", async () => {
      const telemetry = setupTelemetry();
      const app = new ExitStage(major, wrapAISDK(major.ai), telemetry, "streamText");
      const reader = app.streamText([hanging]).fullStream.getReader();
      await comeToRest(app);
      let rounds = 0;
      await collectUntil(() => ++rounds > 5);
      app.expectOpen("invoke_agent", "chat");
      await reader.cancel();
      await expectSpans(telemetry, agentSpan(LEFT, [chatSpan({ ...CUT_OFF, ...LEFT })]));
    });
  });
}
