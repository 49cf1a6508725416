/**
 * A generator of a wrapped tool that is kept and not asked any more is abandoned at the idle deadline. The clock is turned
 * by hand.
 */
import { clearTimers, countTimers, passMs } from "../support/fake-clock.ts";
import { wrapTool } from "ai-spans";
import { beforeEach, expect, test } from "vitest";
import { createGate } from "../support/gate.ts";
import { v7 } from "../support/majors.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { directSpan, OPTIONS, toolOn } from "./directly.ts";

beforeEach(clearTimers);

const DEADLINES = [
  { title: "ten minutes", idleMs: 600_000, options: {} },
  { title: "the deadline of the options", idleMs: 30_000, options: { idleDeadlineMs: 30_000 } },
];

test.each(DEADLINES)("after $title", async ({ idleMs, options }) => {
  const telemetry = setupTelemetry();
  const tool = wrapTool(
    "searchRooms",
    toolOn(v7, async function* () {
      yield 1;
      yield 2;
    }),
    options,
  );
  const generator = tool.execute({}, OPTIONS);
  await passMs(idleMs - 1);
  await generator.next();
  await passMs(idleMs - 1);
  expect(telemetry.open).toHaveLength(1);
  await passMs(1);
  await expectSpanTree(telemetry, directSpan({ canceled: "abandoned" }));
  // The program gets what there is all the same.
  expect(await generator.next()).toEqual({ done: false, value: 2 });
  expect(countTimers()).toBe(0);
});

test("a tool may take as long as it likes for a value", async () => {
  const telemetry = setupTelemetry();
  const gate = createGate();
  const tool = wrapTool(
    "searchRooms",
    toolOn(v7, async function* () {
      await gate.pass();
      yield 1;
    }),
  );
  const generator = tool.execute({}, OPTIONS);
  const first = generator.next();
  await passMs(6_000_000);
  gate.open();
  expect(await first).toEqual({ done: false, value: 1 });
  await generator.next();
  await expectSpanTree(telemetry, directSpan());
  expect(countTimers()).toBe(0);
});

test("an end leaves no timer", async () => {
  const telemetry = setupTelemetry();
  const controller = new AbortController();
  const tool = wrapTool(
    "searchRooms",
    toolOn(v7, async function* () {
      yield 1;
      yield 2;
    }),
  );
  const generator = tool.execute({}, { ...OPTIONS, abortSignal: controller.signal });
  await generator.next();
  expect(countTimers()).toBe(1);
  controller.abort();
  expect(countTimers()).toBe(0);
  await expectSpanTree(telemetry, directSpan({ canceled: "abort" }));
});
