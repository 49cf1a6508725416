/**
 * What a program runs on: a major, its SDK, and the ways in which the SDK is bare or traced.
 */
import type { Tracer } from "@opentelemetry/api";
import { createAISDKTelemetry, withTurn, wrapAISDK } from "ai-spans";
import { registerIntegrations } from "../support/integrations.ts";
import type { CallParameters, Major, SDK } from "../support/majors.ts";
import type { Telemetry } from "../support/telemetry.ts";
import type { Way } from "../support/ways.ts";

/** What every program has. The SDK is bare or traced. */
export interface Stage {
  readonly major: Major;
  readonly sdk: SDK;
}

/** A stage with what an application uses beside the SDK. It has no access to our spans. */
export interface ApplicationStage extends Stage {
  /** The application's tracer. */
  readonly tracer: Tracer;
  readonly withTurn: typeof withTurn;
}

/** The SDK that the program gets. The adapter stays registered until `untrace` is called. */
export function traced({ major, entry }: Way, options: CallParameters = {}, ai: SDK = major.ai): SDK {
  if (entry === "wrapper") return wrapAISDK(ai, options);
  registerIntegrations(createAISDKTelemetry(options));
  return ai;
}

export function untrace(): void {
  registerIntegrations();
}

/** Traces the SDK in this way, and returns the stage of an application on it. */
export function stageOn(way: Way, { tracer }: Telemetry, options?: CallParameters): ApplicationStage {
  return { major: way.major, sdk: traced(way, options), tracer, withTurn };
}
