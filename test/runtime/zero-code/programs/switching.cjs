// Switches an instrumentation off and on, and changes its options and its providers. Prints the trees of each phase.
"use strict";
const { trace } = require("@opentelemetry/api");
const { registerInstrumentations } = require("@opentelemetry/instrumentation");
const { AISDKInstrumentation } = require("ai-spans/instrumentation");
const { loop, stream } = require("./agent.js");
const { createTelemetry } = require("./telemetry.cjs");
const { majorOf, run } = require("./workload.cjs");

const REGISTRY = "AI_SDK_TELEMETRY_INTEGRATIONS";

exports.printPhases = async (load) => {
  const [registered, other] = [createTelemetry(), createTelemetry()];
  registered.provider.register();
  const instrumentation = new AISDKInstrumentation();
  registerInstrumentations({ instrumentations: [instrumentation] });
  const ai = await load();
  // What a program keeps of the module at its start.
  const kept = { ...ai };
  const { generateText } = ai;
  const major = majorOf(ai);
  const phases = {};
  const end = async (name, facts = {}) => {
    phases[name] = { ...facts, registered: await registered.trees(), other: await other.trees() };
  };

  await run(kept, major);
  await end("enabled", { isInRegistry: REGISTRY in globalThis });

  const answer = stream(kept, major);
  instrumentation.disable();
  await answer.text;
  await end("disabled while a stream is open");

  await run(kept, major);
  const tracer = other.provider.getTracer("caller");
  await loop({ ...kept, generateText: withTracer(kept.generateText, tracer) }, major);
  await end("disabled", {
    isInRegistry: REGISTRY in globalThis,
    isRestored: ai.generateText !== generateText,
  });

  instrumentation.enable();
  await run(kept, major);
  await end("enabled again", { isReplaced: ai.generateText === generateText });

  instrumentation.setTracerProvider(other.provider);
  await loop(kept, major);
  await end("another provider");

  instrumentation.setTracerProvider(trace.getTracerProvider());
  instrumentation.setConfig({ tracerProvider: other.provider, runUsage: false });
  await loop(kept, major);
  await end("options");

  instrumentation.setConfig({ enabled: true });
  let refusal;
  try {
    instrumentation.setConfig({ runUsages: false });
  } catch (error) {
    refusal = String(error);
  }
  await loop(kept, major);
  await end("an option that is unknown", { refusal });

  const second = new AISDKInstrumentation({ tracerProvider: other.provider });
  await loop(kept, major);
  await end("a second instrumentation");
  second.disable();
  await loop(kept, major);
  await end("the first alone");
  console.log(JSON.stringify(phases));
};

/** Passes a tracer to a call, as v5 and v6 allow. */
function withTracer(generateText, tracer) {
  return (parameters) =>
    generateText({
      ...parameters,
      experimental_telemetry: { ...parameters.experimental_telemetry, tracer },
    });
}
