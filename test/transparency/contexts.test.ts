/**
 * Other code puts values into OpenTelemetry's context while the SDK runs. With and without ai-spans, the model and the
 * tools find the same value at each place.
 *
 * Holds: parents.
 */
import { context, createContextKey, INVALID_SPAN_CONTEXT, trace } from "@opentelemetry/api";
import { wrapAISDK } from "ai-spans";
import { beforeEach, describe, expect, test } from "vitest";
import { callsTools, drain, says } from "../conformance/script.ts";
import { turn } from "../support/gate.ts";
import { majors, type CallParameters, type Major, type SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";

const PLACE = createContextKey("the innermost place");

function inPlace<T>(place: string, run: () => T): T {
  return context.with(context.active().setValue(PLACE, place), run);
}

/** A tracer without spans. It only puts the current place into the context (v5, v6). */
const tracer = {
  startActiveSpan: (place: string, ...args: unknown[]): unknown => {
    const run = args.at(-1) as (span: object) => unknown;
    return inPlace(place, () => run(trace.wrapSpanContext(INVALID_SPAN_CONTEXT)));
  },
};

interface Execution {
  readonly execute: () => unknown;
}

/** An integration that does the same on v7. */
const integrations = {
  executeLanguageModelCall: ({ execute }: Execution) => inPlace("a model call", execute),
  executeTool: ({ execute }: Execution) => inPlace("a tool call", execute),
};

function telemetryOf({ name }: Major): CallParameters {
  return name === "v7"
    ? { telemetry: { integrations } }
    : { experimental_telemetry: { isEnabled: true, tracer } };
}

/** Runs a call and returns, for each place where the program's code runs, the value in the context. */
async function placesOf(major: Major, sdk: SDK, isStream: boolean): Promise<readonly string[]> {
  const places: string[] = [];
  const note = (where: string): void => {
    places.push(`${where}: ${String(context.active().getValue(PLACE))}`);
  };
  const inner = scriptedModel(major, [says("inner", { onCall: () => note("inner model") })]).model;
  const inputSchema = sdk.jsonSchema({ type: "object", properties: {} });
  const tools = {
    searchRooms: {
      inputSchema,
      execute: async () => {
        note("tool");
        await sdk.generateText({ model: inner, prompt: "a room", ...telemetryOf(major) });
        note("tool, later");
        return inPlace("a place of the tool's own", () => note("tool, inside"));
      },
    },
    bookRoom: {
      inputSchema,
      async *execute() {
        note("generator");
        yield 1;
        await turn();
        note("generator, later");
        yield 2;
      },
    },
  };
  const onCall = (): void => note("model");
  const calls = Object.keys(tools).map((name) => ({ name, id: `call-${name}` }));
  const { model } = scriptedModel(major, [callsTools(calls, { onCall }), says("two", { onCall })]);
  const stopWhen = major.stepCount(3);
  const parameters = { model, prompt: "a room", tools, stopWhen, ...telemetryOf(major) };
  if (isStream) await drain(sdk.streamText(parameters));
  else await sdk.generateText(parameters);
  return places;
}

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = setupTelemetry();
});

describe.each(majors)("on $name", (major) => {
  for (const isStream of [false, true]) {
    test(`keeps what others put into the context where it ${isStream ? "streams" : "generates"}`, async () => {
      const bare = await placesOf(major, major.ai, isStream);
      expect(telemetry.started).toEqual([]);
      const traced = await placesOf(major, wrapAISDK(major.ai), isStream);
      expect(traced).toEqual(bare);
      expect(bare).toContain(major.name === "v7" ? "tool: a tool call" : "tool: ai.toolCall");
      expect(telemetry.open).toEqual([]);
      expect(telemetry.started.length).toBeGreaterThan(4);
    });
  }
});
