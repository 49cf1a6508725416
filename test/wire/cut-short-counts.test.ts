/**
 * An interrupted answer keeps the counts that the provider has reported, as far as its package passes them on.
 * Anthropic's package of v7 does so by itself. Others do so if the program asks for raw chunks.
 *
 * Holds: counts-of-partial-answers.
 */
import { readFile } from "node:fs/promises";
import { afterEach, expect, test } from "vitest";
import {
  scriptedAnswers,
  startProviderServer,
  type EventStreamAnswer,
  type WireFormat,
} from "../../fixtures/provider-server.ts";
import { agentSpan } from "../conformance/expected-spans.ts";
import type { Major, StreamResult } from "../support/majors.ts";
import type { ScriptedUsage } from "../support/scripted-model.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { WAYS } from "../support/ways.ts";
import { traced, untrace } from "../harness/stage.ts";
import { providers } from "./providers.ts";
import { readWireIdentity } from "./wire-identity.ts";
import { wireChat } from "./wire-spans.ts";

/** The number of texts in each answer. */
const TEXTS = 2;

interface CountedAnswer {
  readonly title: string;
  readonly format: WireFormat;
  readonly fixture: string;
  /** The indexes of the events that the provider sends. Two of them are texts, and one of these is the last. */
  readonly events: readonly number[];
  readonly reported: ScriptedUsage;
  /** The counts that the package reports without raw chunks. */
  readonly unasked: (major: Major) => ScriptedUsage | null;
}

const nothing = (): null => null;
const onV7 =
  (usage: ScriptedUsage) =>
  ({ name }: Major): ScriptedUsage | null =>
    name === "v7" ? usage : null;

const CACHED = { input: 1108, cacheRead: 1024, cacheWrite: 64 };
const UNCACHED = { input: 20, cacheRead: 0, cacheWrite: 0 };

const ANSWERS: readonly CountedAnswer[] = [
  {
    title: "the counts of the input",
    format: "anthropic-messages",
    fixture: "null-delta-counts",
    events: [0, 1, 2, 3],
    reported: CACHED,
    unasked: onV7(CACHED),
  },
  {
    title: "running counts of the output",
    format: "anthropic-messages",
    fixture: "cumulative-usage",
    events: [0, 1, 2, 8, 3],
    reported: { ...UNCACHED, output: 9 },
    unasked: onV7(UNCACHED),
  },
  {
    title: "all counts before the last words",
    format: "openai-chat",
    fixture: "usage-before-finish",
    events: [0, 1, 5, 2],
    reported: { input: 77, output: 18, cacheRead: 0, reasoning: 0 },
    unasked: nothing,
  },
  {
    title: "running counts",
    format: "openai-compatible",
    fixture: "usage-per-chunk",
    events: [0, 1, 2],
    reported: { input: 30, output: 6 },
    unasked: nothing,
  },
  {
    title: "running counts",
    format: "google-generative-ai",
    fixture: "text",
    events: [0, 1],
    reported: { input: 312, output: 4 },
    unasked: nothing,
  },
];

type Ending = { readonly canceled: "abort" | "consumer" } | { readonly error: "timeout" | "AI_APICallError" };

interface Cut {
  readonly title: string;
  readonly ending: Ending;
  /** What the connection does after the last event. */
  readonly end: EventStreamAnswer["end"];
  /** Called when the program has read the last text. @returns whether it stops reading */
  readonly cut: (controller: AbortController) => boolean;
}

const CUTS: readonly Cut[] = [
  {
    title: "aborted",
    ending: { canceled: "abort" },
    end: "stay-open",
    cut: (controller) => {
      controller.abort();
      return false;
    },
  },
  {
    title: "stopped by a deadline",
    ending: { error: "timeout" },
    end: "stay-open",
    cut: (controller) => {
      controller.abort(new DOMException("too late", "TimeoutError"));
      return false;
    },
  },
  { title: "left", ending: { canceled: "consumer" }, end: "stay-open", cut: () => true },
  { title: "broken off", ending: { error: "AI_APICallError" }, end: "cut", cut: () => false },
];

async function answerOf(
  { format, fixture, events }: CountedAnswer,
  end: Cut["end"],
): Promise<EventStreamAnswer> {
  const file = new URL(`../../fixtures/${format}/${fixture}.sse.json`, import.meta.url);
  // The fixtures have this form.
  const whole = JSON.parse(await readFile(file, "utf8")) as EventStreamAnswer;
  return { ...whole, end: end ?? "close", events: events.flatMap((place) => whole.events[place] ?? []) };
}

/** @returns the types of the parts that the program has read */
async function readUntilCut(
  result: Pick<StreamResult, "fullStream">,
  onCut: () => boolean,
): Promise<string[]> {
  const types: string[] = [];
  try {
    for await (const { type } of result.fullStream) {
      types.push(type);
      if (type === "text-delta" && types.filter((each) => each === type).length === TEXTS && onCut()) break;
    }
  } catch {
    // The failure is on the spans.
  }
  return types;
}

afterEach(untrace);

for (const answer of ANSWERS) {
  for (const cut of CUTS) {
    for (const includeRawChunks of [true, false]) {
      for (const way of WAYS) {
        // No event reports that a reader left. The adapter notices it only when the result is collected.
        if (way.entry === "adapter" && cut.title === "left") continue;
        const { major } = way;
        const { format, fixture, title } = answer;
        const raw = includeRawChunks ? "with" : "without";
        test(`${format}, ${title}, ${cut.title}, ${raw} raw chunks, by ${way.title}`, async () => {
          const server = await startProviderServer({
            timeScale: 0,
            answers: { cut: await answerOf(answer, cut.end) },
          });
          const telemetry = setupTelemetry();
          const controller = new AbortController();
          const { streamText } = traced(way);
          const parameters = {
            model: providers[format].model(server, major.name, scriptedAnswers("cut")),
            prompt: "When does it open?",
            maxRetries: 0,
            onError: () => {},
            abortSignal: controller.signal,
            ...(includeRawChunks && { includeRawChunks }),
          };
          const types = await readUntilCut(streamText(parameters), () => cut.cut(controller));
          expect(types.includes("raw")).toBe(includeRawChunks);
          await server.close();
          const identity = await readWireIdentity(format, fixture, true);
          const usage = includeRawChunks ? answer.reported : answer.unasked(major);
          const facts = { usage, finish: null };
          const chat = wireChat({ format, major: major.name, streaming: true, facts, identity });
          const attributes = {
            ...chat.attributes,
            ...(way.entry === "adapter" && NO_SERVER),
            ...endingAttributes(cut.ending),
          };
          const status = "error" in cut.ending ? ({ status: "ERROR" } as const) : {};
          await expectSpanTree(
            telemetry,
            agentSpan({ name: null, model: providers[format].modelId, ...cut.ending }, [
              { ...chat, ...status, attributes },
            ]),
          );
        });
      }
    }
  }
}

/** The SDK's telemetry has no model object, so the adapter cannot read the server. */
const NO_SERVER = { "server.address": undefined, "server.port": undefined };

function endingAttributes(ending: Ending): Readonly<Record<string, unknown>> {
  return "error" in ending
    ? { "error.type": ending.error }
    : { "ai_spans.canceled": true, "ai_spans.cancel.cause": ending.canceled };
}
