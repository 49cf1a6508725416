// The adapter fits the SDK's interface by its structure: registered for all calls, or passed to one call.
import { generateText, registerTelemetry, type LanguageModel, type Telemetry } from "ai";
import { createAISDKTelemetry, type AISDKTelemetry } from "ai-spans";

declare const model: LanguageModel;

export const telemetry: Telemetry = createAISDKTelemetry({ namespace: "booking" });
registerTelemetry(createAISDKTelemetry());

/** Somebody copies our adapter and adds a callback. */
export const composed: Telemetry = { ...createAISDKTelemetry(), onStepStart: () => {} };

export async function perCall(): Promise<string> {
  const integrations: AISDKTelemetry[] = [createAISDKTelemetry()];
  const { text } = await generateText({ model, prompt: "", telemetry: { integrations } });
  return text;
}

// @ts-expect-error options are the documented ones
createAISDKTelemetry({ recordInputs: true });
// @ts-expect-error a callback cannot be replaced
createAISDKTelemetry().onEnd = () => {};
