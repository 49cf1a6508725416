/**
 * What is open when a process ends: it is canceled, cause `shutdown`, inner runs before outer ones. Work
 * that is kept for that is collected as before.
 *
 * Holds: ends-at-shutdown, no-leak.
 */
import { wrapAISDK, wrapTool } from "ai-spans";
import { describe, expect, test } from "vitest";
import { endOpenWork, keepOpenWork, openWork } from "../../src/spans/open-work.ts";
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { callsTool, says } from "../conformance/script.ts";
import { directSpan, OPTIONS, toolOn } from "../direct-tools/directly.ts";
import { collectPromisesUntil } from "../support/collection.ts";
import { majors, type Major } from "../support/majors.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { comeToRest, ExitStage } from "./exit-stage.ts";
import { expectSpans } from "./expect-spans.ts";

keepOpenWork();

const SHUTDOWN = { canceled: "shutdown" } as const;
const UNANSWERED = { usage: null, finish: null, response: null, output: false } as const;
const hanging = says("", { parts: [{ text: "a " }, { text: "room" }], hangs: true });
const never = (): Promise<never> => new Promise(() => {});

function applicationOn(major: Major): { telemetry: Telemetry; app: ExitStage } {
  const telemetry = setupTelemetry();
  return { telemetry, app: new ExitStage(major, wrapAISDK(major.ai), telemetry, "streamText") };
}

describe.each(majors)("on $name", (major) => {
  test("ends a model call that is not answered", async () => {
    const { telemetry, app } = applicationOn(major);
    const promise = app.generateText([{ ...says(""), hangs: true }]);
    await comeToRest(app);
    endOpenWork();
    await expectSpans(
      telemetry,
      agentSpan({ ...SHUTDOWN, usage: null, finish: null }, [chatSpan({ ...UNANSWERED, ...SHUTDOWN })]),
    );
    expect(promise).toBeInstanceOf(Promise);
  });

  test("ends a stream with what has come of it, and a reader may still leave", async () => {
    const { telemetry, app } = applicationOn(major);
    const reader = app.streamText([hanging]).fullStream.getReader();
    await reader.read();
    await comeToRest(app);
    endOpenWork();
    await reader.cancel();
    await expectSpans(
      telemetry,
      agentSpan(SHUTDOWN, [chatSpan({ streaming: true, usage: null, finish: null, ...SHUTDOWN })]),
      { goesOn: true },
    );
  });

  test("ends an agent in a tool before the tool and the outer agent", async () => {
    const { telemetry, app } = applicationOn(major);
    const inner = new ExitStage(major, wrapAISDK(major.ai), telemetry, "streamText");
    const promise = app.generateText(
      [callsTool("searchRooms", "call-1")],
      app.loop(() => inner.generateText([{ ...says(""), hangs: true }])),
    );
    await comeToRest(app);
    await comeToRest(inner);
    endOpenWork();
    const unanswered = agentSpan({ ...SHUTDOWN, usage: null, finish: null }, [
      chatSpan({ ...UNANSWERED, ...SHUTDOWN }),
    ]);
    await expectSpans(
      telemetry,
      agentSpan({ ...SHUTDOWN, finish: "tool_call" }, [
        chatSpan({ finish: "tool_call" }),
        toolSpan("searchRooms", "call-1", SHUTDOWN, [unanswered]),
      ]),
    );
    expect(promise).toBeInstanceOf(Promise);
  });

  test("ends a tool that the program calls itself", async () => {
    const telemetry = setupTelemetry();
    const promise = wrapTool("searchRooms", toolOn(major, never)).execute({}, OPTIONS);
    endOpenWork();
    await expectSpans(telemetry, directSpan(SHUTDOWN));
    expect(promise).toBeInstanceOf(Promise);
  });

  test("keeps no work that has ended, and none that is collected", async () => {
    const { telemetry, app } = applicationOn(major);
    await app.generateText([says("two rooms")]);
    await (async () => {
      app.streamText([hanging]);
      app.results.length = 0;
      await comeToRest(app);
    })();
    await (async () => {
      void app.generateText([{ ...says(""), hangs: true }]);
      await comeToRest(app);
    })();
    expect(openWork()?.size).toBe(2);
    await collectPromisesUntil(() => telemetry.open.length === 0);
    expect(openWork()?.size).toBe(0);
    const abandoned = { canceled: "abandoned" } as const;
    await expectSpans(telemetry, [
      agentSpan({}, [chatSpan()]),
      agentSpan(abandoned, [chatSpan({ streaming: true, usage: null, finish: null, ...abandoned })]),
      agentSpan({ ...abandoned, usage: null, finish: null }, [chatSpan({ ...UNANSWERED, ...abandoned })]),
    ]);
  });
});
