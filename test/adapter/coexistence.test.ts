/**
 * The adapter beside the wrapper, beside other adapters and beside other integrations. There is one set of our spans,
 * and the others record the same as without us.
 */
import { OpenTelemetry } from "@ai-sdk/otel";
import type { Telemetry as Integration } from "ai";
import { createAISDKTelemetry, wrapAISDK, type AISDKTelemetry } from "ai-spans";
import { afterEach, describe, expect, test } from "vitest";
import { agentSpan, chatSpan } from "../conformance/expected-spans.ts";
import { says } from "../conformance/script.ts";
import { declareNames } from "../registry/declared-names.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { ai, awaiting, LOOP, loopTree, parameters, run, telemetryOf } from "./application.ts";
import { type Kind, KINDS } from "../exits/run-call.ts";

afterEach(() => registerIntegrations());

type ExecuteHook = NonNullable<AISDKTelemetry["executeTool"]>;

/** An integration of the application that forwards its events to our adapter. */
class Forwarding implements Integration {
  readonly #adapter: AISDKTelemetry;

  constructor(adapter: AISDKTelemetry) {
    this.#adapter = adapter;
  }

  onStart = (event: unknown): void => this.#adapter.onStart?.(event);
  onEnd = (event: unknown): void => this.#adapter.onEnd?.(event);
  onError = (event: unknown): void => this.#adapter.onError?.(event);
  executeLanguageModelCall: ExecuteHook = (options) =>
    this.#adapter.executeLanguageModelCall?.(options) ?? options.execute();
  executeTool: ExecuteHook = (options) => this.#adapter.executeTool?.(options) ?? options.execute();
}

const adapter = createAISDKTelemetry();

declareNames({ namespaces: ["booking"] });

const SETS: Readonly<Record<string, readonly Integration[]>> = {
  "one adapter": [adapter],
  "the same adapter twice": [adapter, adapter],
  "two adapters": [adapter, createAISDKTelemetry()],
  "two adapters with different options": [adapter, createAISDKTelemetry({ namespace: "booking" })],
  "a copy of an adapter": [{ ...adapter }],
  "an adapter and its copy": [adapter, { ...adapter }],
  "an integration that forwards": [new Forwarding(adapter)],
  "an integration that forwards beside an adapter": [new Forwarding(adapter), adapter],
  "an integration that takes its time before an adapter": [awaiting, adapter],
  "an integration that takes its time after an adapter": [adapter, awaiting],
  "the same adapter twice around one that takes its time": [adapter, awaiting, adapter],
  "two adapters around one that takes its time": [adapter, awaiting, createAISDKTelemetry()],
  "two copies around one that takes its time": [{ ...adapter }, awaiting, { ...adapter }],
};

describe.each([true, false])("with a context manager: %s", (contextManager) => {
  for (const kind of KINDS) {
    test.each(Object.entries(SETS))(`%s gives one set of spans (${kind})`, async (_name, integrations) => {
      const telemetry = setupTelemetry({ contextManager });
      registerIntegrations(...integrations);
      await run(kind, parameters());
      await run(kind, parameters());
      await expectSpanTree(telemetry, [loopTree(kind), loopTree(kind)]);
    });

    test.each(Object.entries(SETS))(
      `%s for one call gives one set (${kind})`,
      async (_name, integrations) => {
        const telemetry = setupTelemetry({ contextManager });
        registerIntegrations(adapter);
        await run(kind, parameters(LOOP, telemetryOf({ integrations })));
        await expectSpanTree(telemetry, loopTree(kind));
      },
    );
  }
});

test("hidden inputs and outputs give one set where an adapter is registered around one that takes its time", async () => {
  const telemetry = setupTelemetry();
  registerIntegrations(adapter, awaiting, adapter);
  await run("generate", parameters(LOOP, telemetryOf({ recordInputs: false, recordOutputs: false })));
  await expectSpanTree(telemetry, loopTree("generate"));
});

test("retries of a model call share one span behind an integration that takes its time", async () => {
  const telemetry = setupTelemetry();
  registerIntegrations(adapter, awaiting, adapter);
  await run("generate", parameters([{ ...says("a room"), rejections: [retryable()] }]));
  await expectSpanTree(telemetry, agentSpan({}, [chatSpan({ retries: 1 })]));
});

function retryable(): Error {
  return new ai.APICallError({
    message: "the provider refused",
    url: "https://provider.test",
    requestBodyValues: {},
    statusCode: 429,
    responseHeaders: { "retry-after-ms": "0" },
    isRetryable: true,
  });
}

describe("beside the wrapper", () => {
  const wrapped = wrapAISDK(ai);
  const registered = [adapter, new Recorder().integration];

  for (const kind of KINDS) {
    test(`a call is traced by its wrapper alone (${kind})`, async () => {
      const telemetry = setupTelemetry();
      registerIntegrations(adapter, { ...adapter });
      await run(kind, parameters(), wrapped);
      await expectSpanTree(telemetry, loopTree(kind));
    });

    test(`a call that passes the adapter as an integration is traced by its wrapper alone (${kind})`, async () => {
      const telemetry = setupTelemetry();
      const recorder = new Recorder();
      registerIntegrations(adapter);
      const integrations = [adapter, recorder.integration];
      await run(kind, parameters(LOOP, telemetryOf({ integrations })), wrapped);
      await run(kind, parameters(LOOP, telemetryOf({ integrations: adapter })), wrapped);
      await expectSpanTree(telemetry, [loopTree(kind), loopTree(kind)]);
      expect(recorder.events.filter((event) => event.startsWith("onStart "))).toHaveLength(1);
      expect(integrations).toEqual([adapter, recorder.integration]);
    });

    test(`a nested call that is wrapped, or is not, is traced once below its tool (${kind})`, async () => {
      for (const [outer, inner] of [
        [wrapped, ai],
        [ai, wrapped],
        [wrapped, wrapped],
      ]) {
        const telemetry = setupTelemetry();
        registerIntegrations(...registered);
        const nested = async (): Promise<number> => {
          await run(kind, parameters(), inner);
          return 2;
        };
        await run(kind, parameters(LOOP, {}, nested), outer);
        await expectSpanTree(telemetry, loopTree(kind, [loopTree(kind)]));
      }
    });

    test(`other integrations get the same events as without us (${kind})`, async () => {
      setupTelemetry();
      const eventsOf = async (sdk: typeof ai, others: readonly Integration[]): Promise<readonly string[]> => {
        const recorder = new Recorder();
        registerIntegrations(...others, recorder.integration);
        await run(kind, parameters(), sdk);
        return recorder.events;
      };
      const bare = await eventsOf(ai, []);
      expect(bare.length).toBeGreaterThan(10);
      expect(await eventsOf(ai, [adapter])).toEqual(bare);
      expect(await eventsOf(wrapped, [adapter])).toEqual(bare);
    });
  }
});

/** Implements every callback of the SDK's interface, and keeps the order and the arguments of all events. */
class Recorder {
  readonly events: string[] = [];
  readonly integration: Integration;

  constructor() {
    const names =
      "Start StepStart LanguageModelCallStart LanguageModelCallEnd ToolExecutionStart ToolExecutionEnd StepEnd StepError End Abort Error"
        .split(" ")
        .map((name) => `on${name}`);
    const listen = (name: string) => (event: unknown) => void this.events.push(`${name} ${asText(event)}`);
    this.integration = {
      ...Object.fromEntries(names.map((name) => [name, listen(name)])),
      executeLanguageModelCall: ({ execute, ...event }) => {
        listen("executeLanguageModelCall")(event);
        return execute();
      },
      executeTool: ({ execute, ...event }) => {
        listen("executeTool")(event);
        return execute();
      },
    };
  }
}

/** Fields that differ from run to run: generated ids and clock readings. */
const VOLATILE = new Set(["callId", "performance", "timestamp", "toolExecutionMs"]);

function asText(event: unknown): string {
  const text = JSON.stringify(event, (key, value: unknown) => {
    if (VOLATILE.has(key)) return undefined;
    return typeof value === "function" ? "a function" : value;
  });
  return text.replaceAll(/"(aitxt|call|msg)-[A-Za-z0-9]{16,}"/g, '"generated"');
}

describe("beside @ai-sdk/otel", () => {
  const OURS = "ai-spans";

  async function trace(kind: Kind, integrations: readonly Integration[]): Promise<Telemetry> {
    const telemetry = setupTelemetry();
    registerIntegrations(...integrations);
    await run(kind, parameters());
    await run(kind, parameters([{ rejections: [new RangeError("no")], onlyRejects: true }]));
    return telemetry;
  }

  function theirs({ finished }: Telemetry): object[] {
    return finished
      .filter(({ instrumentationScope }) => instrumentationScope.name !== OURS)
      .map(({ name, kind, status, attributes, events }) => ({
        name,
        kind,
        status,
        attributes: Object.fromEntries(
          Object.entries(attributes).map(([key, value]) => [key, typeof value === "number" ? 0 : value]),
        ),
        events: events.map((event) => event.name),
      }));
  }

  for (const kind of KINDS) {
    test(`its spans are as without us, in either order, and ours as without it (${kind})`, async () => {
      const alone = theirs(await trace(kind, [new OpenTelemetry()]));
      expect(alone.length).toBeGreaterThan(3);
      const expected = await trace(kind, [adapter]);
      const own = expected.finished.map(({ name, attributes, status }) => ({ name, attributes, status }));
      for (const integrations of [
        [adapter, new OpenTelemetry()],
        [new OpenTelemetry(), adapter],
      ]) {
        const both = await trace(kind, integrations);
        expect(theirs(both)).toEqual(alone);
        expect(both.open).toEqual([]);
        expect(both.diagnostics).toEqual([]);
        const ours = both.finished.filter(({ instrumentationScope }) => instrumentationScope.name === OURS);
        expect(ours.map(({ name }) => name)).toEqual(own.map(({ name }) => name));
        expect(ours.map(({ status }) => status)).toEqual(own.map(({ status }) => status));
        expect(ours.map(({ attributes }) => Object.keys(attributes))).toEqual(
          own.map(({ attributes }) => Object.keys(attributes)),
        );
      }
    });
  }
});
