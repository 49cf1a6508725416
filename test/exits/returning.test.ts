/**
 * When the consumer of a run leaves, the run ends as canceled. It keeps this outcome if another consumer comes later or
 * the SDK goes on. Later spans below it have their own outcomes, and none stays open.
 */
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { callsTool, readText, says } from "../conformance/script.ts";
import { createGate, deferred, turn } from "../support/gate.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { testExits, type Exit } from "./exit.ts";
import { comeToRest, type ExitResult, type ExitStage } from "./exit-stage.ts";
import { cities } from "./sources.ts";

const LEFT = { canceled: "consumer" } as const;
const UNANSWERED = { usage: null, finish: null, response: null, output: false } as const;
const CUT_OFF = { streaming: true, usage: null, finish: null } as const;
const never = (): Promise<never> => new Promise(() => {});

/** Waits a turn, so that the run notices the leave. A consumer that comes before counts as a second reader. */
async function leave(result: ExitResult): Promise<void> {
  for await (const _text of result.textStream) break;
  await turn();
}

/** Sends a text, waits at the gate, and then calls a tool. */
function waitsAndCalls(gate: ReturnType<typeof createGate>): ScriptedStep {
  const toolCall = { name: "searchRooms", id: "call-1" };
  return says("", { parts: [{ text: "a room" }, { gate }, { toolCall }], finish: "tool-calls" });
}

/** Leaves a stream whose next part calls a tool, and then lets that part come. */
async function leaveBeforeTool(app: ExitStage): Promise<ExitResult> {
  const gate = createGate();
  const result = app.streamText(
    [waitsAndCalls(gate), says("two")],
    app.loop(async () => 2),
  );
  await leave(result);
  gate.open();
  return result;
}

const first = chatSpan({ ...CUT_OFF, ...LEFT });
const tool = toolSpan("searchRooms", "call-1");

const later: readonly Exit[] = [
  {
    title: "keeps its end when a later consumer reads the rest",
    run: async (app) => {
      const gate = createGate();
      const result = app.streamText([cities(gate)]);
      await leave(result);
      app.expectOpen();
      gate.open();
      return readText(app.major, result);
    },
    expected: agentSpan(LEFT, [first]),
  },
  {
    title: "keeps its end when a later consumer leaves as well",
    run: async (app) => {
      const gate = createGate();
      const result = app.streamText([cities(gate)]);
      await leave(result);
      await leave(result);
      gate.open();
    },
    expected: agentSpan(LEFT, [first]),
  },
  {
    title: "keeps its end when a later consumer makes it go on to another step",
    goesOn: true,
    run: async (app) => {
      const result = await leaveBeforeTool(app);
      return readText(app.major, result);
    },
    expected: agentSpan({ ...LEFT, usage: null, finish: null }, [first, tool, chatSpan({ streaming: true })]),
  },
  {
    title: "keeps its end when a later consumer leaves in another step",
    goesOn: true,
    run: async (app) => {
      const gate = createGate();
      const hanging = says("", { parts: [{ text: "two" }], hangs: true });
      const result = app.streamText(
        [waitsAndCalls(gate), hanging],
        app.loop(async () => 2),
      );
      await leave(result);
      gate.open();
      for await (const text of result.textStream) if (text === "two") break;
    },
    expected: agentSpan({ ...LEFT, usage: null, finish: null }, [
      first,
      tool,
      chatSpan({ ...CUT_OFF, ...LEFT }),
    ]),
  },
  {
    title: "keeps its end when it is aborted in another step for a later consumer",
    goesOn: true,
    run: async (app) => {
      const gate = createGate();
      const controller = new AbortController();
      const hanging = says("", { parts: [{ text: "two" }], hangs: true });
      const parameters = { ...app.loop(async () => 2), abortSignal: controller.signal };
      const result = app.streamText([waitsAndCalls(gate), hanging], parameters);
      await leave(result);
      gate.open();
      const texts: string[] = [];
      try {
        for await (const text of result.textStream) {
          texts.push(text);
          if (text === "two") controller.abort();
        }
      } catch (error) {
        texts.push(String(error));
      }
      return texts;
    },
    expected: agentSpan({ ...LEFT, usage: null, finish: null }, [
      first,
      tool,
      chatSpan({ ...CUT_OFF, canceled: "abort" }),
    ]),
  },
  {
    title: "keeps its end when another step fails for a later consumer",
    goesOn: true,
    run: async (app) => {
      const gate = createGate();
      const failing: ScriptedStep = { rejections: [new RangeError("no")], onlyRejects: true };
      const result = app.streamText(
        [waitsAndCalls(gate), failing],
        app.loop(async () => 2),
      );
      await leave(result);
      gate.open();
      const types: string[] = [];
      for await (const part of result.fullStream) types.push(part.type);
      return types;
    },
    expected: agentSpan({ ...LEFT, usage: null, finish: null }, [
      first,
      tool,
      chatSpan({ streaming: true, ...UNANSWERED, error: "RangeError" }),
    ]),
  },
];

const byItself: readonly Exit[] = [
  {
    title: "keeps its end when the SDK runs a tool that was called after its consumer had left",
    goesOn: true,
    run: async (app) => {
      await leaveBeforeTool(app);
      await comeToRest(app);
      app.expectOpen();
    },
    expected: agentSpan({ ...LEFT, usage: null, finish: null }, [first, tool]),
  },
  {
    title: "is canceled before the provider answers, which it does all the same",
    run: async (app) => {
      const gate = createGate();
      const result = app.streamText([says("a room", { onCall: () => gate.pass() })]);
      await gate.reached;
      await result.textStream.cancel();
      await turn();
      app.expectOpen();
      gate.open();
    },
    expected: agentSpan(LEFT, [chatSpan({ ...CUT_OFF, ...UNANSWERED, ...LEFT })]),
  },
  {
    title: "is canceled before its provider is called, which answers all the same",
    goesOn: true,
    run: async (app) => {
      const result = app.streamText([says("a room")]);
      await result.fullStream.cancel();
    },
    expected: agentSpan({ ...LEFT, usage: null, finish: null }, [chatSpan({ streaming: true })]),
  },
  {
    title: "cancels a tool that never settles",
    run: async (app) => {
      const called = deferred();
      const loop = app.loop(() => {
        called.resolve();
        return never();
      });
      const reader = app.streamText([callsTool("searchRooms", "call-1")], loop).fullStream.getReader();
      await reader.read();
      await called.promise;
      await reader.cancel();
    },
    expected: agentSpan(LEFT, [
      chatSpan({ streaming: true, finish: "tool_call" }),
      toolSpan("searchRooms", "call-1", LEFT),
    ]),
  },
];

testExits([...later, ...byItself]);
