/**
 * Results that are held and that nobody reads. At the idle deadline they are abandoned, and ai-spans does not read
 * them. The test advances the clock.
 *
 * Holds: abandoned.
 */
import { clearTimers, countTimers, passMs } from "../support/fake-clock.ts";
import { hrTimeToMilliseconds } from "@opentelemetry/core";
import { wrapAISDK } from "ai-spans";
import { beforeEach, describe, expect, test } from "vitest";
import { agentSpan, chatSpan, toolSpan, type ChatExpectation } from "../conformance/expected-spans.ts";
import { callsTool, readText, says } from "../conformance/script.ts";
import { createGate } from "../support/gate.ts";
import { majors, type CallParameters, type Major } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { comeToRest, ExitStage } from "./exit-stage.ts";
import { expectSpans } from "./expect-spans.ts";
import { cities } from "./sources.ts";

const DEFAULT_MS = 600_000;
const ABANDONED = { canceled: "abandoned" } as const;
const CUT_OFF = {
  streaming: true,
  usage: null,
  finish: null,
  ...ABANDONED,
} as const satisfies ChatExpectation;

interface Traced {
  readonly app: ExitStage;
  readonly telemetry: Telemetry;
}

function traced(major: Major, options?: CallParameters): Traced {
  const telemetry = setupTelemetry();
  return {
    telemetry,
    app: new ExitStage(major, wrapAISDK(major.ai, options), telemetry, "streamText"),
  };
}

/** The pulls and calls of the provider when nobody reads and nothing is traced. */
async function bareState(major: Major, steps: readonly ScriptedStep[]): Promise<object> {
  const app = new ExitStage(major, major.ai, setupTelemetry(), "streamText");
  app.streamText(steps);
  return stateOf(app);
}

async function stateOf(app: ExitStage): Promise<object> {
  await comeToRest(app);
  return app.models.map(({ counts, calls }) => ({ ...counts, calls: calls.length }));
}

beforeEach(clearTimers);

const DEADLINES = [
  { title: "ten minutes", idleMs: DEFAULT_MS },
  { title: "the idle deadline of the options", idleMs: 30_000, options: { idleDeadlineMs: 30_000 } },
  {
    title: "an idle deadline longer than the default",
    idleMs: 3_600_000,
    options: { idleDeadlineMs: 3_600_000 },
  },
];

for (const major of majors)
  describe(`a result that nobody reads (${major.name})`, () => {
    test.each(DEADLINES.map((deadline) => [deadline.title, deadline] as const))(
      "is abandoned after %s, not before",
      async (_title, { idleMs, options }) => {
        const { app, telemetry } = traced(major, options);
        const startMs = Date.now();
        const gate = createGate();
        app.streamText([cities(gate)]);
        await gate.reached;
        await passMs(idleMs - 1);
        app.expectOpen("invoke_agent", "chat");
        await passMs(1);
        await expectSpans(telemetry, agentSpan(ABANDONED, [chatSpan(CUT_OFF)]));
        const [agent] = telemetry.started;
        expect(hrTimeToMilliseconds(agent?.startTime ?? [0, 0])).toBe(startMs);
        expect(countTimers()).toBe(0);
      },
    );

    test("is read ahead only as far as on the bare SDK, also at the deadline", async () => {
      const bare = await bareState(major, [cities()]);
      const { app, telemetry } = traced(major);
      app.streamText([cities()]);
      expect(await stateOf(app)).toEqual(bare);
      await passMs(DEFAULT_MS);
      expect(await stateOf(app)).toEqual(bare);
      // v5 and v6 themselves read the model's stream to its end, so that call is complete.
      const chat = major.name === "v7" ? chatSpan(CUT_OFF) : chatSpan({ streaming: true });
      await expectSpans(telemetry, agentSpan(ABANDONED, [chat]));
    });

    test("keeps what its first step had completed by itself", async () => {
      const { app, telemetry } = traced(major);
      const steps = [callsTool("searchRooms", "call-1"), says("two")];
      app.streamText(
        steps,
        app.loop(async () => 2),
      );
      await comeToRest(app);
      await passMs(DEFAULT_MS);
      // No major begins another step before a reader has read the end of the first.
      await expectSpans(
        telemetry,
        agentSpan(ABANDONED, [
          chatSpan({ streaming: true, finish: "tool_call" }),
          toolSpan("searchRooms", "call-1"),
        ]),
      );
      expect(countTimers()).toBe(0);
    });

    test("is not abandoned by the deadline once somebody reads", async () => {
      const { app, telemetry } = traced(major);
      const gate = createGate();
      const result = app.streamText([cities(gate)]);
      await gate.reached;
      await passMs(DEFAULT_MS - 1);
      const reading = readText(major, result);
      await passMs(10 * DEFAULT_MS);
      app.expectOpen("invoke_agent", "chat");
      gate.open();
      await reading;
      await expectSpans(telemetry, agentSpan({}, [chatSpan({ streaming: true })]));
      expect(countTimers()).toBe(0);
    });

    test("is abandoned when its only reader stops reading", async () => {
      const { app, telemetry } = traced(major);
      const result = app.streamText([cities()]);
      const reader = result.fullStream.getReader();
      for (let count = 0; count < 3; count++) {
        await reader.read();
        await passMs(DEFAULT_MS - 1);
      }
      expect(telemetry.open.length).toBeGreaterThan(0);
      await passMs(2 * DEFAULT_MS);
      const chat = major.name === "v7" ? chatSpan(CUT_OFF) : chatSpan({ streaming: true });
      await expectSpans(telemetry, agentSpan(ABANDONED, [chat]));
      // The reader goes on after all. No span stays open because of it.
      while (!(await reader.read()).done);
      await passMs(2 * DEFAULT_MS);
      app.expectOpen();
      expect(countTimers()).toBe(0);
    });

    test("can be read after it was abandoned, and nothing is left open", async () => {
      const { app, telemetry } = traced(major);
      const gate = createGate();
      const result = app.streamText([cities(gate)]);
      await gate.reached;
      await passMs(DEFAULT_MS);
      gate.open();
      expect(await readText(major, result)).toContain("Bern");
      await passMs(2 * DEFAULT_MS);
      await expectSpans(telemetry, agentSpan(ABANDONED, [chatSpan(CUT_OFF)]));
      expect(countTimers()).toBe(0);
    });
  });
