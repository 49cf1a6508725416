/**
 * Other code puts values into OpenTelemetry's context while the SDK runs. With and without ai-spans, the model and the
 * tools find the same value at each place.
 *
 * Holds: parents.
 */
import { context, createContextKey, INVALID_SPAN_CONTEXT, trace, type Context } from "@opentelemetry/api";
import { wrapAISDK } from "ai-spans";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { callsTool, callsTools, drain, says } from "../conformance/script.ts";
import { traced, untrace } from "../harness/stage.ts";
import { turn } from "../support/gate.ts";
import { majors, type CallParameters, type Major, type SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { WAYS } from "../support/ways.ts";

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
afterEach(untrace);

beforeEach(() => {
  telemetry = setupTelemetry();
});

describe.each(majors)("on $name", (major) => {
  for (const isStream of [false, true]) {
    test(`keeps what others put into the context where it ${isStream ? "streams" : "generates"}`, async () => {
      const bare = await placesOf(major, major.ai, isStream);
      expect(telemetry.started).toEqual([]);
      const places = await placesOf(major, wrapAISDK(major.ai), isStream);
      expect(places).toEqual(bare);
      expect(bare).toContain(major.name === "v7" ? "tool: a tool call" : "tool: ai.toolCall");
      expect(telemetry.open).toEqual([]);
      expect(telemetry.started.length).toBeGreaterThan(4);
    });
  }
});

/** What a program's context carries beside its values, as the contexts of some APMs do. */
class RequestContext implements Context {
  readonly values: Context;
  readonly request: string;

  constructor(values: Context, request: string) {
    this.values = values;
    this.request = request;
  }

  getValue(key: symbol): unknown {
    return this.values.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return new RequestContext(this.values.setValue(key, value), this.request);
  }

  deleteValue(key: symbol): Context {
    return new RequestContext(this.values.deleteValue(key), this.request);
  }
}

test.each(WAYS)("a program's class of context is kept: $title", async (way) => {
  const { major } = way;
  setupTelemetry();
  const sdk = traced(way);
  const requests: unknown[] = [];
  const log = (): void => {
    const active = context.active();
    requests.push(active instanceof RequestContext && active.request);
  };
  const model = scriptedModel(major, [
    callsTool("searchRooms", "call-1", { onCall: log }),
    says("one", { onCall: log }),
  ]).model;
  await context.with(new RequestContext(context.active(), "request 1"), () =>
    sdk.generateText({
      model,
      tools: {
        searchRooms: { inputSchema: sdk.jsonSchema({ type: "object", properties: {} }), execute: log },
      },
      stopWhen: major.stepCount(2),
      prompt: "rooms",
    }),
  );
  expect(requests).toEqual(["request 1", "request 1", "request 1"]);
});
