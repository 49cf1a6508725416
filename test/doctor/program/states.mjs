// Programs, each of which brings one state about that the doctor finds. They use `wrapAISDK` unless they say otherwise.
import { subscribe } from "node:diagnostics_channel";
import { createRequire } from "node:module";
import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { AlwaysOffSampler, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { createAISDKTelemetry, wrapAISDK } from "ai-spans";
import { createModel, PROMPT } from "./model.mjs";
import { createProvider, register, registerOtlp } from "./telemetry.mjs";

const require = createRequire(import.meta.url);

/** @param sdk a module of the AI SDK, wrapped or not */
async function generate(sdk, major, parameters = {}) {
  await sdk.generateText({ model: createModel(major), prompt: PROMPT, ...parameters });
}

async function stream(sdk, major) {
  const { textStream } = sdk.streamText({ model: createModel(major), prompt: PROMPT });
  for await (const text of textStream) void text;
}

async function askAgent(sdk, major) {
  const Agent = sdk.ToolLoopAgent ?? sdk.Experimental_Agent;
  await new Agent({ model: createModel(major) }).generate({ prompt: PROMPT });
}

export const states = {
  async wrapper({ ai, major }) {
    const provider = register({ batch: true });
    const sdk = wrapAISDK(ai);
    await generate(sdk, major);
    await stream(sdk, major);
    await askAgent(sdk, major);
    await provider.forceFlush();
  },
  async adapter({ ai, major }) {
    const provider = register({ batch: true });
    ai.registerTelemetry(createAISDKTelemetry());
    await generate(ai, major);
    await stream(ai, major);
    await askAgent(ai, major);
    await provider.forceFlush();
  },
  async nothing() {},
  async noProvider({ ai, major }) {
    await generate(wrapAISDK(ai), major);
  },
  async ownProvider({ ai, major }) {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    await generate(wrapAISDK(ai, { tracerProvider: createProvider() }), major);
  },
  async noContextManager({ ai, major }) {
    register({ contextManager: false });
    await generate(wrapAISDK(ai), major);
  },
  async synchronousContextManager({ ai, major }) {
    register({ contextManager: false });
    context.setGlobalContextManager(new SynchronousContextManager());
    await generate(wrapAISDK(ai), major);
  },
  async sampledOut({ ai, major }) {
    register({ sampler: new AlwaysOffSampler() });
    await generate(wrapAISDK(ai), major);
  },
  async noProcessor({ ai, major }) {
    register({ spanProcessors: [] });
    await generate(wrapAISDK(ai), major);
  },
  async noFlush({ ai, major }) {
    register({ batch: true });
    await generate(wrapAISDK(ai), major);
  },
  /** The queue takes two spans while two are exported. Two more are dropped. */
  async fullQueue({ ai, major }) {
    const waiting = [];
    let isReleased = false;
    const succeed = (done) => done({ code: 0 });
    const slow = {
      export: (_spans, done) => (isReleased ? succeed(done) : waiting.push(done)),
      shutdown: async () => {},
    };
    const processor = new BatchSpanProcessor(slow, { maxQueueSize: 2, maxExportBatchSize: 2 });
    const provider = register({ spanProcessors: [processor] });
    const sdk = wrapAISDK(ai);
    await Promise.all([generate(sdk, major), generate(sdk, major), generate(sdk, major)]);
    isReleased = true;
    waiting.forEach(succeed);
    await provider.forceFlush();
  },
  async exitDuringExport({ ai, major }) {
    const provider = registerOtlp({ batch: true });
    subscribe("http.client.request.error", () => process.send("failed"));
    await generate(wrapAISDK(ai), major);
    provider.forceFlush().catch(() => {});
    await new Promise((resolve) => process.once("message", resolve));
    process.exit(0);
  },
  async otlp({ ai, major }) {
    const provider = registerOtlp({ batch: true });
    await generate(wrapAISDK(ai), major);
    await provider.forceFlush().catch(() => {});
  },
  /** Metrics cannot be sent. Spans wait. */
  async failingMetrics({ ai, major }) {
    register({ batch: true });
    const exporter = new OTLPMetricExporter();
    const meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
    meters.getMeter("application").createCounter("requests").add(1);
    await generate(wrapAISDK(ai), major);
    await meters.forceFlush().catch(() => {});
  },
  async plainBesideWrapped({ ai, major }) {
    register();
    await generate(wrapAISDK(ai), major);
    await generate(ai, major);
  },
  async plainStreamBesideWrapped({ ai, major }) {
    register();
    await stream(wrapAISDK(ai), major);
    await stream(ai, major);
  },
  async plainAgentBesideWrapped({ ai, major }) {
    register();
    await askAgent(wrapAISDK(ai), major);
    await askAgent(ai, major);
  },
  async parallelPlainBesideWrapped({ ai, major }) {
    register();
    const sdk = wrapAISDK(ai);
    await Promise.all([generate(sdk, major), generate(ai, major), generate(sdk, major)]);
  },
  async optedOut({ ai, major }) {
    register();
    const sdk = wrapAISDK(ai);
    await generate(sdk, major, {
      experimental_telemetry: { isEnabled: false },
      telemetry: { isEnabled: false },
    });
    await generate(sdk, major);
  },
  async onlyPlain({ ai, major }) {
    register();
    await generate(ai, major);
  },
  async unregisteredAdapter({ ai, major }) {
    register();
    createAISDKTelemetry();
    await generate(ai, major);
  },
  async uncalledFactory({ ai, major }) {
    register();
    ai.registerTelemetry(createAISDKTelemetry);
    await generate(ai, major);
  },
  async callWithIntegrations({ ai, major }) {
    register();
    ai.registerTelemetry(createAISDKTelemetry());
    await generate(ai, major);
    await generate(ai, major, { telemetry: { integrations: [] } });
  },
  async adapterOnOldSDK({ ai, major }) {
    register();
    (globalThis.AI_SDK_TELEMETRY_INTEGRATIONS ??= []).push(createAISDKTelemetry());
    await generate(wrapAISDK(ai), major);
  },
  async twoProviders({ ai, major }) {
    register();
    await generate(wrapAISDK(ai), major);
    await generate(wrapAISDK(ai, { tracerProvider: createProvider() }), major);
  },
  async wrappedAgainWithProvider({ ai, major }) {
    register();
    await generate(wrapAISDK(wrapAISDK(ai), { tracerProvider: createProvider() }), major);
  },
  async twoWrappersOneProvider({ ai, major }) {
    register();
    await generate(wrapAISDK(ai), major);
    await generate(wrapAISDK(ai), major);
  },
  async twoCopies({ ai, major }) {
    register();
    await generate(wrapAISDK(ai), major);
    await generate(require("ai-spans").wrapAISDK(ai), major);
  },
  async ownTelemetry({ ai, major }) {
    register();
    await generate(wrapAISDK(ai), major, { experimental_telemetry: { isEnabled: true } });
  },
  async ownTelemetryWithoutContent({ ai, major }) {
    register();
    const experimental_telemetry = { isEnabled: true, recordInputs: false, recordOutputs: false };
    await generate(wrapAISDK(ai), major, { experimental_telemetry });
  },
  async otelIntegration({ ai, major }) {
    register();
    const { OpenTelemetry } = await import("@ai-sdk/otel");
    ai.registerTelemetry(new OpenTelemetry());
    await generate(wrapAISDK(ai), major);
  },
  async endedByOthers({ ai, major }) {
    const spans = [];
    const ending = { onStart: (span) => spans.push(span), onEnd() {}, forceFlush() {}, shutdown() {} };
    register({ spanProcessors: [ending] });
    const model = createModel(major);
    const doGenerate = model.doGenerate;
    model.doGenerate = function (...args) {
      for (const span of spans) span.end();
      return doGenerate.apply(this, args);
    };
    await generate(wrapAISDK(ai), major, { model });
  },
  async attributeCount({ ai, major }) {
    register({ spanLimits: { attributeCountLimit: 4 } });
    await generate(wrapAISDK(ai), major);
  },
  async attributeLength({ ai, major }) {
    register({ spanLimits: { attributeValueLengthLimit: 5 } });
    await generate(wrapAISDK(ai), major);
  },
  async serverless({ ai, major }) {
    register();
    await generate(wrapAISDK(ai), major);
  },
  async serverlessWithFlush({ ai, major }) {
    register({ batch: true });
    const { flushHandler } = await import("ai-spans/serverless");
    await flushHandler(() => generate(wrapAISDK(ai), major))();
  },
  async hanging({ ai, major }) {
    register();
    const model = createModel(major, { hangs: true });
    void generate(wrapAISDK(ai, { idleDeadlineMs: 1 }), major, { model });
    const alive = setInterval(() => {}, 1_000);
    // The deadline of one millisecond has passed then.
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.on("message", () => {
      clearInterval(alive);
      process.exit(0);
    });
  },
};

/** As the API's own examples have it: the context is that of the synchronous part. */
class SynchronousContextManager {
  #active = ROOT_CONTEXT;
  active() {
    return this.#active;
  }
  with(entered, work, self, ...args) {
    const previous = this.#active;
    this.#active = entered;
    try {
      return work.call(self, ...args);
    } finally {
      this.#active = previous;
    }
  }
  bind(_context, target) {
    return target;
  }
  enable() {
    return this;
  }
  disable() {
    return this;
  }
}
