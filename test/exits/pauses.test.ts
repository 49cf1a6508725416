/**
 * Streams of a result that were opened and are not read. The run waits one second for them after another reader
 * completed, and ten seconds after another one left. Then it ends at the time at which its work ended. The test
 * advances the clock.
 */
import { clearTimers, countTimers, passMs } from "../support/fake-clock.ts";
import { hrTimeToMilliseconds } from "@opentelemetry/core";
import { wrapAISDK } from "ai-spans";
import { beforeEach, describe, expect, test } from "vitest";
import { agentSpan, chatSpan } from "../conformance/expected-spans.ts";
import { createGate, type Gate } from "../support/gate.ts";
import { majors, type Major } from "../support/majors.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { comeToRest, type ExitResult, ExitStage } from "./exit-stage.ts";
import { expectSpans } from "./expect-spans.ts";
import { cities } from "./sources.ts";

const completed = agentSpan({}, [chatSpan({ streaming: true })]);
const left = agentSpan({ canceled: "consumer" }, [
  chatSpan({ streaming: true, usage: null, finish: null, canceled: "consumer" }),
]);

interface Run {
  readonly app: ExitStage;
  readonly telemetry: Telemetry;
  readonly result: ExitResult;
  /** The gate in the middle of the answer. */
  readonly gate: Gate;
  readonly startMs: number;
}

async function start(major: Major): Promise<Run> {
  const telemetry = setupTelemetry();
  const app = new ExitStage(major, wrapAISDK(major.ai), telemetry, "streamText");
  const gate = createGate();
  const startMs = Date.now();
  const result = app.streamText([cities(gate)]);
  await gate.reached;
  return { app, telemetry, result, gate, startMs };
}

async function readAll(stream: ReadableStream<unknown>): Promise<void> {
  const reader = stream.getReader();
  while (!(await reader.read()).done);
}

async function leave(stream: ReadableStream<unknown>): Promise<void> {
  const reader = stream.getReader();
  await reader.read();
  await reader.cancel();
}

/** Milliseconds from the start of the run to the end of its span. */
function runMs({ telemetry, startMs }: Run): number {
  const agent = telemetry.finished.find(({ name }) => name.startsWith("invoke_agent"));
  return hrTimeToMilliseconds(agent?.endTime ?? [0, 0]) - startMs;
}

beforeEach(clearTimers);

for (const major of majors)
  describe(`a stream that nobody reads (${major.name})`, () => {
    test("is awaited for one second after another one completed", async () => {
      const run = await start(major);
      const { app, telemetry, result, gate } = run;
      const { textStream, fullStream: _unread } = result;
      gate.open();
      await passMs(250);
      await readAll(textStream);
      await passMs(999);
      app.expectOpen("invoke_agent");
      await passMs(1);
      await expectSpans(telemetry, completed);
      expect(runMs(run), "the end is dated back").toBe(250);
      expect(countTimers()).toBe(0);
    });

    test("is awaited for ten seconds after another one left", async () => {
      const run = await start(major);
      const { app, telemetry, result } = run;
      const { textStream, fullStream: _unread } = result;
      await passMs(250);
      await leave(textStream);
      await passMs(9_999);
      app.expectOpen("invoke_agent", "chat");
      await passMs(1);
      await expectSpans(telemetry, left);
      expect(runMs(run), "the end is dated back").toBe(250);
      expect(countTimers()).toBe(0);
    });

    test("is awaited for ten seconds after another one left between parts", async () => {
      const run = await start(major);
      const { app, telemetry, result, gate } = run;
      const { textStream, fullStream: _unread } = result;
      await passMs(250);
      gate.open();
      await comeToRest(app);
      await leave(textStream);
      await passMs(9_999);
      app.expectOpen(...(major.name === "v7" ? ["invoke_agent", "chat"] : ["invoke_agent"]));
      await passMs(1);
      const chat = major.name === "v7" ? left.children : completed.children;
      await expectSpans(telemetry, agentSpan({ canceled: "consumer" }, chat));
      expect(runMs(run), "the end is dated back").toBe(250);
      expect(countTimers()).toBe(0);
    });

    test("keeps the run open as long as it takes a part now and then, behind one that left", async () => {
      const run = await start(major);
      const { app, telemetry, result, gate } = run;
      const [slow, fast] = [result.fullStream.getReader(), result.toUIMessageStream().getReader()];
      gate.open();
      for (let count = 0; count < 100; count++) await fast.read();
      await fast.cancel();
      for (let read = await slow.read(), count = 0; !read.done; read = await slow.read(), count++) {
        await passMs(9_000);
        const open = telemetry.open.map(({ name }) => name);
        if (count < 50) expect(open, `open after ${count} parts`).toContain("invoke_agent booking-agent");
      }
      await comeToRest(app);
      await expectSpans(telemetry, completed);
      expect(countTimers()).toBe(0);
    });

    test("keeps the run open as long as it waits for the provider", async () => {
      const run = await start(major);
      const { app, telemetry, result, gate } = run;
      const reading = readAll(result.fullStream);
      await leave(result.textStream);
      await passMs(3_600_000);
      app.expectOpen("invoke_agent", "chat");
      gate.open();
      await reading;
      await expectSpans(telemetry, completed);
      expect(runMs(run)).toBe(3_600_000);
      expect(countTimers()).toBe(0);
    });

    test("changes nothing when it reads after the run has ended", async () => {
      const run = await start(major);
      const { app, telemetry, result, gate } = run;
      const { textStream, fullStream } = result;
      gate.open();
      await readAll(textStream);
      await passMs(5_000);
      app.expectOpen();
      await readAll(fullStream);
      await passMs(600_000);
      await expectSpans(telemetry, completed);
      expect(countTimers()).toBe(0);
    });
  });
