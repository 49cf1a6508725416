// The adapter fits the SDK's own interface by structure: registered for all calls, or given to one.
import { generateText, registerTelemetry, type LanguageModel, type Telemetry } from "ai";
import { createAISDKTelemetry, type AISDKTelemetry } from "ai-spans";

declare const model: LanguageModel;

export const telemetry: Telemetry = createAISDKTelemetry({ namespace: "booking" });
registerTelemetry(createAISDKTelemetry());

/** Made by somebody who adds a callback to ours. */
export const composed: Telemetry = { ...createAISDKTelemetry(), onStepStart: () => {} };

export async function perCall(): Promise<string> {
  const integrations: AISDKTelemetry[] = [createAISDKTelemetry()];
  const { text } = await generateText({ model, prompt: "", telemetry: { integrations } });
  return text;
}

// @ts-expect-error options are the documented ones
createAISDKTelemetry({ recordInputs: true });
// @ts-expect-error nothing can be put in place of a callback
createAISDKTelemetry().onEnd = () => {};
