/**
 * Which meter provider the metrics use, when instruments are created, and what happens if a meter throws. Without a
 * meter the program runs unchanged.
 *
 * Holds: metrics.
 */
import {
  createNoopMeter,
  metrics,
  ProxyTracerProvider,
  trace,
  type Context,
  type Meter,
  type MeterProvider,
} from "@opentelemetry/api";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";
import { createAISDKTelemetry, wrapAISDK } from "ai-spans";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AGENT_NAME } from "../conformance/program.ts";
import { callsTool, drain, says } from "../conformance/script.ts";
import { apiCallError } from "../support/failures.ts";
import { settle } from "../support/gate.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { majors, v7, type Major, type SDK } from "../support/majors.ts";
import { setupMeters, type Point } from "../support/meters.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { toolOf } from "../support/tools.ts";

beforeEach(() => {
  setupTelemetry();
  metrics.disable();
});
afterEach(() => registerIntegrations());

/** A stream of two steps with a tool call between them. The last answer has four parts. */
async function converse(major: Major, sdk: SDK): Promise<void> {
  const parts = ["a ", "room ", "in ", "Paris"].map((text) => ({ text }));
  const { model } = scriptedModel(major, [
    callsTool("searchRooms", "call-1"),
    says("", { parts, usage: { input: 20, output: 7, cacheRead: 4, reasoning: 2 } }),
  ]);
  const result = sdk.streamText({
    model,
    prompt: "a room",
    tools: {
      searchRooms: toolOf(major.ai, () => 2),
    },
    stopWhen: major.stepCount(5),
    ...major.telemetryOptions({ functionId: AGENT_NAME }),
  });
  await result.text;
  // The run ends when its stream has closed, some turns after the text is known.
  await settle(() => false, 5);
}

const AGENT = { "gen_ai.agent.name": AGENT_NAME };
const MODEL = {
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "mock-provider",
  "gen_ai.request.model": "mock-model",
  "gen_ai.response.model": "mock-model-2026-01-01",
};
const TOKENS = { ...MODEL, "gen_ai.token.modality": "unknown" };

const CONVERSATION: readonly Point[] = [
  { metric: "ai_spans.invoke_agent.input_tokens", attributes: AGENT, count: 30 },
  { metric: "ai_spans.invoke_agent.output_tokens", attributes: AGENT, count: 12 },
  { metric: "gen_ai.client.inference.duration", attributes: MODEL, count: 2 },
  { metric: "gen_ai.client.inference.operation.input_tokens", attributes: MODEL, count: 2, sum: 30 },
  { metric: "gen_ai.client.inference.operation.output_tokens", attributes: MODEL, count: 2, sum: 12 },
  // There is one time between two parts: two for the three parts of the tool call, three for the four parts of the
  // answer.
  { metric: "gen_ai.client.inference.time_per_output_chunk", attributes: MODEL, count: 5 },
  { metric: "gen_ai.client.inference.time_to_first_chunk", attributes: MODEL, count: 2 },
  { metric: "gen_ai.client.inference.usage.cache_read.input_tokens", attributes: TOKENS, count: 4 },
  { metric: "gen_ai.client.inference.usage.input_tokens", attributes: TOKENS, count: 30 },
  { metric: "gen_ai.client.inference.usage.output_tokens", attributes: TOKENS, count: 12 },
  { metric: "gen_ai.client.inference.usage.reasoning.output_tokens", attributes: TOKENS, count: 2 },
  {
    metric: "gen_ai.execute_tool.duration",
    attributes: { ...AGENT, "gen_ai.tool.name": "searchRooms", "gen_ai.tool.type": "function" },
    count: 1,
  },
  {
    metric: "gen_ai.invoke_agent.duration",
    attributes: { ...AGENT, "gen_ai.request.model": "mock-model" },
    count: 1,
  },
  { metric: "gen_ai.invoke_agent.inference_calls", attributes: AGENT, count: 1, sum: 2 },
  { metric: "gen_ai.invoke_agent.tool_calls", attributes: AGENT, count: 1, sum: 1 },
];

describe.each(majors)("on $name", (major) => {
  test("measures a conversation", async () => {
    const meters = setupMeters();
    await converse(major, wrapAISDK(major.ai));
    expect(await meters.points()).toEqual(CONVERSATION);
  });

  test("measures where no tracer provider is registered", async () => {
    const meters = setupMeters();
    const tracerProvider = { getTracer: () => new ProxyTracerProvider().getTracer("none") };
    await converse(major, wrapAISDK(major.ai, { tracerProvider }));
    expect(await meters.points()).toEqual(CONVERSATION);
  });

  test("finds a provider that is registered after the first call, and one that replaces it", async () => {
    const sdk = wrapAISDK(major.ai);
    await converse(major, sdk);
    const late = setupMeters();
    await converse(major, sdk);
    const later = setupMeters();
    await converse(major, sdk);
    expect(await late.points()).toEqual(CONVERSATION);
    expect(await later.points()).toEqual(CONVERSATION);
  });

  test("finds a provider that is registered later behind the provider of the options", async () => {
    const meterProvider: MeterProvider = { getMeter: (...args) => metrics.getMeter(...args) };
    const sdk = wrapAISDK(major.ai, { meterProvider });
    await converse(major, sdk);
    const late = setupMeters();
    await converse(major, sdk);
    expect(await late.points()).toEqual(CONVERSATION);
  });

  test("asks a provider again that threw once", async () => {
    const { provider, points } = setupMeters({ registered: false });
    let asked = 0;
    const getMeter: MeterProvider["getMeter"] = (...args) => {
      if ((asked += 1) === 1) throw new RangeError("not yet");
      return provider.getMeter(...args);
    };
    const sdk = wrapAISDK(major.ai, { meterProvider: { getMeter } });
    await converse(major, sdk);
    await converse(major, sdk);
    expect(await points()).toEqual(CONVERSATION);
  });

  test("records the chunks of each attempt with the model that answered it", async () => {
    const meters = setupMeters();
    const parts = ["a ", "room "].map((text) => ({ text }));
    const { model } = scriptedModel(major, [
      says("", {
        parts: [...parts, { error: apiCallError(major, { status: 529 }) }],
        response: { model: "first" },
        finish: null,
      }),
      says("", { parts, response: { model: "second" } }),
    ]);
    const ai = wrapAISDK(major.ai);
    await drain(ai.streamText({ model, prompt: "a room", onError: () => {}, streamRetries: 1 }));
    await settle(() => false, 5);
    const ofChunks = (await meters.points()).filter(({ metric }) => metric.endsWith("per_output_chunk"));
    const models = ofChunks.map(({ attributes }) => attributes["gen_ai.response.model"]);
    // Only v7 repeats a stream that broke.
    expect(models).toEqual(major.name === "v7" ? ["first", "second"] : ["first"]);
  });

  test("records only with the provider of the options", async () => {
    const registered = setupMeters();
    const fromOptions = setupMeters({ registered: false });
    metrics.setGlobalMeterProvider(registered.provider);
    await converse(major, wrapAISDK(major.ai, { meterProvider: fromOptions.provider }));
    expect(await fromOptions.points()).toEqual(CONVERSATION);
    expect(await registered.points()).toEqual([]);
  });

  test("records in the context of the span it measures, so that exemplars find it", async () => {
    const telemetry = setupTelemetry();
    const spanIds = new Map<string, Set<string | undefined>>();
    const { provider } = setupMeters({ registered: false });
    const meterProvider = overInstruments(provider, (metric, [, , context]) => {
      const spanId = trace.getSpanContext(context as Context)?.spanId;
      spanIds.set(metric, (spanIds.get(metric) ?? new Set()).add(spanId));
    });
    await converse(major, wrapAISDK(major.ai, { meterProvider }));
    const idsOf = (operation: string) =>
      new Set(
        telemetry.finished
          .filter(({ attributes }) => attributes["gen_ai.operation.name"] === operation)
          .map((span) => span.spanContext().spanId),
      );
    expect(spanIds.get("gen_ai.client.inference.duration")).toEqual(idsOf("chat"));
    expect(spanIds.get("gen_ai.client.inference.time_per_output_chunk")).toEqual(idsOf("chat"));
    expect(spanIds.get("gen_ai.client.inference.usage.input_tokens")).toEqual(idsOf("chat"));
    expect(spanIds.get("gen_ai.execute_tool.duration")).toEqual(idsOf("execute_tool"));
    expect(spanIds.get("gen_ai.invoke_agent.duration")).toEqual(idsOf("invoke_agent"));
  });

  test("passes the caller's parameters to the SDK if nothing is recorded or measured", async () => {
    setupTelemetry({ sampler: new AlwaysOffSampler() });
    const received: unknown[] = [];
    const generateText = async (parameters: unknown): Promise<void> => void received.push(parameters);
    const sdk = wrapAISDK({ generateText }, { meterProvider: { getMeter: createNoopMeter } });
    const parameters = { model: "mock-model" };
    await sdk.generateText(parameters);
    expect(received[0]).toBe(parameters);
  });

  test("creates each instrument once for all wrappers of a provider", async () => {
    const created: string[] = [];
    const { provider } = setupMeters({ registered: false });
    const meterProvider = counting(provider, created);
    for (let count = 0; count < 3; count++) await converse(major, wrapAISDK(major.ai, { meterProvider }));
    expect(created.length).toBeGreaterThan(0);
    expect(created.length).toBe(new Set(created).size);
  });

  test.each(["getMeter", "createHistogram", "createCounter", "record", "add"])(
    "changes nothing where %s throws, and reports it once",
    async (place) => {
      const telemetry = setupTelemetry();
      const { provider } = setupMeters({ registered: false });
      const sdk = wrapAISDK(major.ai, { meterProvider: failing(provider, place) });
      for (let count = 0; count < 2; count++) await converse(major, sdk);
      expect(telemetry.open).toEqual([]);
      expect(telemetry.finished).toHaveLength(8);
      expect(new Set(telemetry.diagnostics).size).toBe(telemetry.diagnostics.length);
      expect(telemetry.diagnostics.filter((line) => !line.endsWith(": RangeError"))).toEqual([]);
    },
  );
});

test("measures a run once if it is wrapped and two adapters are registered", async () => {
  registerIntegrations(createAISDKTelemetry(), createAISDKTelemetry());
  const adapted = setupMeters();
  await converse(v7, v7.ai);
  expect(await adapted.points()).toEqual(CONVERSATION);
  const both = setupMeters();
  await converse(v7, wrapAISDK(v7.ai));
  expect(await both.points()).toEqual(CONVERSATION);
});

/** A meter provider that collects the names of created instruments. */
function counting(provider: MeterProvider, created: string[]): MeterProvider {
  return overMeter(provider, (meter, name) => {
    const create = Reflect.get(meter, name) as (...args: unknown[]) => unknown;
    return (...args: unknown[]) => {
      created.push(String(args[0]));
      return create.apply(meter, args);
    };
  });
}

/** A meter provider that throws in one place. */
function failing(provider: MeterProvider, place: string): MeterProvider {
  const fail = (): never => {
    throw new RangeError("the meter is broken");
  };
  if (place === "getMeter") return { getMeter: fail };
  if (place.startsWith("create")) {
    return overMeter(provider, (meter, name) =>
      name === place ? fail : (Reflect.get(meter, name) as (...args: unknown[]) => unknown).bind(meter),
    );
  }
  return overInstruments(provider, (_metric, _point, method) => {
    if (method === place) fail();
  });
}

/** A meter provider that reports each recorded value. */
function overInstruments(
  provider: MeterProvider,
  note: (metric: string, point: readonly unknown[], method: string) => void,
): MeterProvider {
  return overMeter(provider, (meter, name) => {
    const create = Reflect.get(meter, name) as (...args: unknown[]) => object;
    return (...args: unknown[]) => {
      const instrument = create.apply(meter, args);
      const method = "record" in instrument ? "record" : "add";
      const record = Reflect.get(instrument, method) as (...args: unknown[]) => void;
      const recorded = (...point: unknown[]): void => {
        note(String(args[0]), point, method);
        record.apply(instrument, point);
      };
      return Object.assign(instrument, { [method]: recorded });
    };
  });
}

function overMeter(provider: MeterProvider, replace: (meter: Meter, name: string) => unknown): MeterProvider {
  return {
    getMeter: (...args) => {
      const meter = provider.getMeter(...args);
      return new Proxy(meter, {
        get: (target, key) => (String(key).startsWith("create") ? replace(target, String(key)) : undefined),
      });
    },
  };
}
