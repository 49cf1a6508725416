/**
 * Work that the SDK begins below a run that has ended, because its consumer left. It ends on its own or at the idle
 * deadline. Then no span is open and no timer is pending. The test advances the clock.
 */
import { clearTimers, countTimers, passMs } from "../support/fake-clock.ts";
import { wrapAISDK } from "ai-spans";
import { beforeEach, describe, expect, test } from "vitest";
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { callsTool, readText, says } from "../conformance/script.ts";
import { createGate, deferred, turn } from "../support/gate.ts";
import { majors, type Major } from "../support/majors.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { comeToRest, ExitStage } from "./exit-stage.ts";
import type { Execute } from "../support/tools.ts";
import { expectSpans } from "./expect-spans.ts";

const IDLE_MS = 600_000;
/** How long an answer that nobody reads stays open. */
const LEFT_MS = 1_000;
const LEFT = { canceled: "consumer" } as const;
const CUT_OFF = { streaming: true, usage: null, finish: null } as const;
const ABANDONED = { canceled: "abandoned" } as const;

function traced(major: Major) {
  const telemetry = setupTelemetry();
  return { telemetry, app: new ExitStage(major, wrapAISDK(major.ai), telemetry, "streamText") };
}

/** Leaves a run in the middle of an answer that then calls a tool. */
async function leaveBeforeTool(app: ExitStage, execute: Execute): Promise<void> {
  const gate = createGate();
  const toolCall = { name: "searchRooms", id: "call-1" };
  const step = says("", { parts: [{ text: "a room" }, { gate }, { toolCall }], finish: "tool-calls" });
  for await (const _text of app.streamText([step], app.loop(execute)).textStream) break;
  await turn();
  app.expectOpen();
  gate.open();
  await comeToRest(app);
}

const left = chatSpan({ ...CUT_OFF, ...LEFT });

beforeEach(clearTimers);

for (const major of majors)
  describe(`after a consumer has left (${major.name})`, () => {
    test("a tool that ends by itself leaves no timer", async () => {
      const { app, telemetry } = traced(major);
      await leaveBeforeTool(app, async () => 2);
      const tree = agentSpan({ ...LEFT, usage: null, finish: null }, [
        left,
        toolSpan("searchRooms", "call-1"),
      ]);
      await expectSpans(telemetry, tree, { goesOn: true });
      expect(countTimers()).toBe(0);
    });

    test("a tool that never settles is abandoned at the idle deadline", async () => {
      const { app, telemetry } = traced(major);
      const called = deferred();
      await leaveBeforeTool(app, () => {
        called.resolve();
        return new Promise(() => {});
      });
      await called.promise;
      app.expectOpen("execute_tool");
      await passMs(IDLE_MS);
      const tree = agentSpan({ ...LEFT, usage: null, finish: null }, [
        left,
        toolSpan("searchRooms", "call-1", ABANDONED),
      ]);
      await expectSpans(telemetry, tree, { goesOn: true });
      expect(countTimers()).toBe(0);
    });

    test("a model call that never answers is abandoned at the idle deadline", async () => {
      const { app, telemetry } = traced(major);
      await app.streamText([says("", { parts: [{ text: "a room" }], hangs: true })]).fullStream.cancel();
      await comeToRest(app);
      app.expectOpen("chat");
      await passMs(IDLE_MS);
      const tree = agentSpan({ ...LEFT, usage: null, finish: null }, [
        chatSpan({ ...CUT_OFF, ...ABANDONED }),
      ]);
      await expectSpans(telemetry, tree, { goesOn: true });
      expect(countTimers()).toBe(0);
    });

    test("an answer that nobody reads, because its reader left before the model call, is canceled too", async () => {
      const { app, telemetry } = traced(major);
      const parts = Array.from({ length: 30 }, (_, index) => ({ text: `room ${index}` }));
      await app.streamText([says("", { parts })]).fullStream.cancel();
      await comeToRest(app);
      // v5 and v6 read the answer to its end.
      const isTaken = major.name !== "v7";
      app.expectOpen(...(isTaken ? [] : ["chat"]));
      await passMs(LEFT_MS);
      const chat = isTaken ? chatSpan({ streaming: true }) : left;
      await expectSpans(telemetry, agentSpan({ ...LEFT, usage: null, finish: null }, [chat]), {
        goesOn: true,
      });
      expect(countTimers()).toBe(0);
    });

    test("a tool that an aborted call starts and that never settles is abandoned at the idle deadline", async () => {
      const { app, telemetry } = traced(major);
      const controller = new AbortController();
      const gate = createGate();
      const toolCall = { name: "searchRooms", id: "call-1" };
      const step = says("", { parts: [{ gate }, { toolCall }], finish: "tool-calls", deaf: true });
      const called = deferred();
      const execute = (): unknown => {
        called.resolve();
        return new Promise(() => {});
      };
      void app.generateText([step], { ...app.loop(execute), abortSignal: controller.signal });
      await gate.reached;
      controller.abort();
      app.expectOpen();
      gate.open();
      await called.promise;
      app.expectOpen("execute_tool");
      await passMs(IDLE_MS);
      const aborted = { canceled: "abort" } as const;
      const tree = agentSpan({ ...aborted, usage: null, finish: null }, [
        chatSpan({ usage: null, finish: null, response: null, ...aborted }),
        toolSpan("searchRooms", "call-1", aborted),
      ]);
      await expectSpans(telemetry, tree, { goesOn: true });
      expect(countTimers()).toBe(0);
    });

    test("a step for a later consumer leaves no timer", async () => {
      const { app, telemetry } = traced(major);
      const gate = createGate();
      const steps = [callsTool("searchRooms", "call-1"), says("two")];
      const result = app.streamText(
        steps,
        app.loop(() => gate.pass()),
      );
      const reader = result.fullStream.getReader();
      await gate.reached;
      await reader.read();
      await reader.cancel();
      await turn();
      gate.open();
      expect(await readText(major, result)).toBe("two");
      await comeToRest(app);
      const tree = agentSpan({ ...LEFT, usage: { input: 10, output: 5 }, finish: "tool_call" }, [
        chatSpan({ streaming: true, finish: "tool_call" }),
        toolSpan("searchRooms", "call-1", LEFT),
        chatSpan({ streaming: true }),
      ]);
      await expectSpans(telemetry, tree, { goesOn: true });
      expect(countTimers()).toBe(0);
    });
  });
