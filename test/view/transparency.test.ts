/**
 * Every transparency program, at both paces, with the viewer in the tracer provider and a page that is connected: the program
 * gets what it gets from the bare SDK without a provider.
 *
 * Holds: same-program.
 */
import { context, trace } from "@opentelemetry/api";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { wrapAISDK } from "ai-spans";
import { createViewer } from "ai-spans/view";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enabledContextManager } from "../support/context-manager.ts";
import { majors, type Major } from "../support/majors.ts";
import { programs } from "../transparency/programs.ts";
import {
  byChannel,
  PACES,
  play,
  type Application,
  type Entry,
  type Pace,
  type Program,
} from "../transparency/stage.ts";
import { readEvents } from "./read-events.ts";

const viewer = createViewer();
const page = new AbortController();
/** The names of the events that the page got. */
const received = new Set<string>();
let reading: Promise<void>;

beforeAll(async () => {
  const address = await viewer.listen();
  reading = (async () => {
    for await (const { event } of readEvents(address, page.signal)) received.add(event);
  })().catch(() => undefined);
});

afterAll(async () => {
  expect([...received]).toEqual(expect.arrayContaining(["hello", "spans"]));
  page.abort();
  await reading;
  await viewer.close();
});

async function playBare(program: Program, major: Major, pace: Pace): Promise<readonly Entry[]> {
  trace.disable();
  context.disable();
  return play(program, applicationOf(major, pace, major.ai));
}

/** Spans are recorded, and nobody gets them. */
async function playRecorded(program: Program, major: Major, pace: Pace): Promise<readonly Entry[]> {
  return playTraced(program, major, pace, new BasicTracerProvider());
}

async function playViewed(program: Program, major: Major, pace: Pace): Promise<readonly Entry[]> {
  const { spanProcessor } = viewer;
  return playTraced(program, major, pace, new BasicTracerProvider({ spanProcessors: [spanProcessor] }));
}

async function playTraced(
  program: Program,
  major: Major,
  pace: Pace,
  provider: BasicTracerProvider,
): Promise<readonly Entry[]> {
  trace.disable();
  context.disable();
  context.setGlobalContextManager(enabledContextManager());
  trace.setGlobalTracerProvider(provider);
  return play(program, applicationOf(major, pace, wrapAISDK(major.ai)));
}

function applicationOf(major: Major, pace: Pace, ai: object): Application {
  // Programs call the SDK in ways that no type allows.
  return { major, pace, sdk: ai as Application["sdk"] };
}

function isPlayed({ majors: ofMajors, paces }: Program, major: Major, pace: Pace): boolean {
  return ofMajors?.includes(major.name) !== false && paces?.includes(pace) !== false;
}

describe.each(majors)("on $name", (major) => {
  describe.each(PACES)("%s", (pace) => {
    const themes = Object.entries(programs)
      .map(([theme, table]) => ({ theme, table: table.filter((program) => isPlayed(program, major, pace)) }))
      .filter(({ table }) => table.length > 0);

    describe.each(themes)("$theme", ({ table }) => {
      for (const program of table) {
        test(program.title, async () => {
          const bare = await playBare(program, major, pace);
          const viewed = await playViewed(program, major, pace);
          if (pace === "in turns") return expect(viewed).toEqual(bare);
          // Of wrapped models that answer at once the parts come one microtask later, with a viewer and without.
          expect(byChannel(viewed)).toEqual(byChannel(bare));
          expect(viewed).toEqual(await playRecorded(program, major, pace));
        });
      }
    });
  });
});
