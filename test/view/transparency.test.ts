/**
 * Every transparency program, with the viewer in the tracer provider and a page that is connected: the program gets what it
 * gets from the bare SDK without a provider.
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
import { play, type Application, type Entry, type Program } from "../transparency/stage.ts";
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
  expect([...received]).toEqual(["hello", "spans"]);
  page.abort();
  await reading;
  await viewer.close();
});

async function playBare(program: Program, major: Major): Promise<readonly Entry[]> {
  trace.disable();
  context.disable();
  return play(program, applicationOf(major, major.ai));
}

async function playViewed(program: Program, major: Major): Promise<readonly Entry[]> {
  context.setGlobalContextManager(enabledContextManager());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [viewer.spanProcessor] }));
  return play(program, applicationOf(major, wrapAISDK(major.ai)));
}

function applicationOf(major: Major, ai: object): Application {
  // Programs call the SDK in ways that no type allows.
  return { major, pace: "in turns", sdk: ai as Application["sdk"] };
}

function isPlayed({ majors: ofMajors, paces }: Program, major: Major): boolean {
  return ofMajors?.includes(major.name) !== false && paces?.includes("in turns") !== false;
}

describe.each(majors)("on $name", (major) => {
  const themes = Object.entries(programs)
    .map(([theme, table]) => ({ theme, table: table.filter((program) => isPlayed(program, major)) }))
    .filter(({ table }) => table.length > 0);

  describe.each(themes)("$theme", ({ table }) => {
    for (const program of table) {
      test(program.title, async () => {
        const bare = await playBare(program, major);
        expect(await playViewed(program, major)).toEqual(bare);
      });
    }
  });
});
