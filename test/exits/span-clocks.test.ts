/**
 * Spans that end late, or whose calls are only reported, while `Date` is stubbed or jumps. Each span lasts as long as
 * its work, and all spans of a run are on the tracer's clock. The test advances the clock.
 *
 * Holds: clocks.
 */
import { clearTimers, passMs } from "../support/fake-clock.ts";
import type { HrTime } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { wrapAISDK } from "ai-spans";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { callsTool, rejects, says } from "../conformance/script.ts";
import { RoomServiceError } from "../support/failures.ts";
import { createGate, settle } from "../support/gate.ts";
import { majors, type Major } from "../support/majors.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { ExitStage } from "./exit-stage.ts";
import { readAll } from "../support/streams.ts";

const YEAR_MS = 365 * 24 * 3_600_000;

/** The moments at which the program's clock is changed, in their order. */
const MOMENTS = ["before the run", "in the run", "after the reader", "before the end is noticed"] as const;
type Moment = (typeof MOMENTS)[number];

interface Stub {
  readonly title: string;
  readonly moment: Moment;
  readonly install: () => void;
}

const INSTALLS: Readonly<Record<string, () => void>> = {
  "stepped a year forwards": () => void vi.setSystemTime(Date.now() + YEAR_MS),
  "stepped a year back": () => void vi.setSystemTime(Date.now() - YEAR_MS),
  fixed: () => {
    const fixed = Date.now() - 2 * YEAR_MS;
    vi.spyOn(Date, "now").mockReturnValue(fixed);
  },
};

const STUBS: readonly Stub[] = Object.entries(INSTALLS).flatMap(([title, install]) =>
  MOMENTS.map((moment) => ({ title, moment, install })),
);

type Reach = (moment: Moment) => void;

interface LateProgram {
  readonly title: string;
  readonly run: (app: ExitStage, reach: Reach) => Promise<void>;
  /** The duration of each span in milliseconds, by its operation. */
  readonly lasts: Readonly<Record<string, number>>;
}

const PROGRAMS: readonly LateProgram[] = [
  {
    title: "one of two ways of reading a result is read",
    run: async (app, reach) => {
      const gate = createGate();
      const answer = says("", { parts: [{ text: "a " }, { gate }, { text: "room" }] });
      const { textStream, fullStream } = app.streamText([answer]);
      void fullStream;
      const reading = readAll(textStream);
      await gate.reached;
      await passMs(300);
      reach("in the run");
      gate.open();
      await reading;
      reach("after the reader");
      await passMs(600);
      reach("before the end is noticed");
      await passMs(600);
    },
    lasts: { invoke_agent: 300, chat: 300 },
  },
  {
    title: "one of two ways of reading a result is left and the other never read",
    run: async (app, reach) => {
      const gate = createGate();
      const answer = says("", { parts: [{ text: "a " }, { gate }, { text: "room" }] });
      const { textStream, fullStream } = app.streamText([answer]);
      void fullStream;
      const reader = textStream.getReader();
      await reader.read();
      await gate.reached;
      await passMs(200);
      reach("in the run");
      await reader.cancel();
      reach("after the reader");
      await passMs(5_000);
      reach("before the end is noticed");
      await passMs(6_000);
      gate.open();
    },
    lasts: { invoke_agent: 200, chat: 200 },
  },
  {
    title: "nobody reads a result until the idle deadline",
    run: async (app, reach) => {
      app.streamText([says("a room")]);
      await passMs(1_000);
      reach("in the run");
      await passMs(1_000);
      reach("after the reader");
      await passMs(1_000);
      reach("before the end is noticed");
      await passMs(30_000);
    },
    lasts: { invoke_agent: 20_000 },
  },
  {
    title: "a model call fails in its stream and the stream goes on",
    run: async (app, reach) => {
      const gate = createGate();
      const parts = [{ text: "a " }, { error: new RoomServiceError("no") }, { gate }, { text: "room" }];
      const reading = readAll(app.streamText([says("", { parts })]).fullStream);
      await gate.reached;
      reach("in the run");
      await passMs(400);
      reach("after the reader");
      reach("before the end is noticed");
      gate.open();
      await reading;
    },
    lasts: { invoke_agent: 400, chat: 0 },
  },
  {
    title: "a call of a tool that does not exist is reported",
    run: async (app, reach) => {
      const gate = createGate();
      const run = app.generateText([callsTool("noSuchTool", "call-1"), says("", { parts: [{ gate }] })], {
        ...app.loop(async () => 1),
      });
      await gate.reached;
      await passMs(100);
      reach("in the run");
      gate.open();
      await run;
      reach("after the reader");
      reach("before the end is noticed");
    },
    lasts: { invoke_agent: 100, execute_tool: 0 },
  },
  {
    title: "a provider runs a tool whose result never comes",
    run: async (app, reach) => {
      const gate = createGate();
      const call = {
        type: "tool-call",
        toolCallId: "call-1",
        toolName: "search",
        input: "{}",
        providerExecuted: true,
      };
      const answer = says("", { parts: [{ verbatim: call }, { gate }, { text: "a room" }] });
      const search = {
        type: app.major.name === "v5" ? "provider-defined" : "provider",
        id: "test.search",
        name: "search",
        args: {},
        inputSchema: app.sdk.jsonSchema({ type: "object", properties: {} }),
        isProviderExecuted: true,
      };
      const run = app.generateText([answer], { tools: { search } });
      await gate.reached;
      reach("in the run");
      await passMs(250);
      reach("after the reader");
      reach("before the end is noticed");
      gate.open();
      await run;
    },
    lasts: { invoke_agent: 250, execute_tool: 0 },
  },
  {
    title: "a model refuses",
    run: async (app, reach) => {
      await app.generateText([rejects(new RoomServiceError("no"))], { maxRetries: 0 }).catch(() => {});
      for (const moment of MOMENTS.slice(1)) reach(moment);
    },
    lasts: { invoke_agent: 0, chat: 0 },
  },
];

function toMs([seconds, nanoseconds]: HrTime): number {
  return seconds * 1000 + nanoseconds / 1e6;
}

async function play(major: Major, program: LateProgram, reach: Reach): Promise<Telemetry> {
  const telemetry = setupTelemetry();
  reach("before the run");
  const sdk = wrapAISDK(major.ai, { idleDeadlineMs: 20_000 });
  await program.run(new ExitStage(major, sdk, telemetry, "streamText"), reach);
  await settle(() => telemetry.open.length === 0);
  expect(telemetry.open.map(({ name }) => name)).toEqual([]);
  expect(telemetry.diagnostics).toEqual([]);
  return telemetry;
}

function lengthsOf({ started }: Telemetry): Readonly<Record<string, number>> {
  return Object.fromEntries(
    started.map((span) => [String(span.attributes["gen_ai.operation.name"]), toMs(span.duration)]),
  );
}

/** A start is a whole millisecond of one clock, and an end comes from another clock. */
const ROUNDING_MS = 1;

function isWithin(span: ReadableSpan, run: ReadableSpan): boolean {
  const isAfter = toMs(span.startTime) >= toMs(run.startTime) - ROUNDING_MS;
  return isAfter && toMs(span.endTime) <= toMs(run.endTime) + ROUNDING_MS;
}

beforeEach(clearTimers);

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(majors)("on $name", (major) => {
  const rows = PROGRAMS.flatMap((program) =>
    STUBS.map((stub) => ({ ...stub, program, what: program.title })),
  );

  test.each(rows)("Date is $title $moment, and $what", async ({ program, moment, install }) => {
    const telemetry = await play(major, program, (now) => now === moment && install());
    const lengths = lengthsOf(telemetry);
    for (const [operation, lasts] of Object.entries(program.lasts)) {
      expect(Math.abs(lengths[operation]! - lasts), operation).toBeLessThanOrEqual(ROUNDING_MS);
    }
    const [run, ...below] = telemetry.started;
    // The tracer reads each start from `Date`. A jump during the run shows as a gap between two spans, and changes no
    // duration.
    if (moment === "before the run")
      expect(below.filter((span) => !isWithin(span, run!)).map(({ name }) => name)).toEqual([]);
  });
});

describe.each(majors)("with performance.now stubbed, on $name", (major) => {
  const STUBBED: Readonly<Record<string, () => number>> = {
    fixed: () => 1_000,
    "far ahead": () => 9e12,
    "far back": () => -9e12,
  };
  const rows = Object.entries(STUBBED).flatMap(([title, now]) =>
    MOMENTS.flatMap((moment) =>
      PROGRAMS.map((program) => ({ title, now, moment, program, what: program.title })),
    ),
  );

  test.each(rows)("performance.now is $title $moment, and $what", async ({ now, moment, program }) => {
    const lengths: number[] = [];
    const telemetry = setupTelemetry();
    const { performance } = globalThis;
    const own = performance.now;
    const reach: Reach = (reached) => {
      if (reached === moment) performance.now = now;
    };
    try {
      reach("before the run");
      const sdk = wrapAISDK(major.ai, { idleDeadlineMs: 20_000 });
      await program.run(new ExitStage(major, sdk, telemetry, "streamText"), reach);
      await settle(() => telemetry.open.length === 0);
    } finally {
      performance.now = own;
    }
    expect(telemetry.open).toEqual([]);
    for (const span of telemetry.started) lengths.push(toMs(span.duration));
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(0);
    // If the clock stands still, no span has a duration.
    if (moment === "before the run") expect(Math.max(...lengths)).toBeLessThanOrEqual(ROUNDING_MS);
  });
});
