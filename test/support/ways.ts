/**
 * The ways to trace one program: by the wrapper on each major, and by the adapter on v7. What the program notices is held
 * against its run on the bare SDK.
 */
import { createAISDKTelemetry, wrapAISDK } from "ai-spans";
import { expect } from "vitest";
import { turn } from "./gate.ts";
import { registerIntegrations } from "./integrations.ts";
import { majors, type CallParameters, type Major, type SDK } from "./majors.ts";
import { collectRejections } from "./rejections.ts";
import { setupTelemetry, type Telemetry } from "./telemetry.ts";

export interface Way {
  /** For titles: `the wrapper on v5`. */
  readonly title: string;
  readonly major: Major;
  readonly isAdapter: boolean;
}

export const WRAPPERS: readonly Way[] = majors.map((major) => ({
  title: `the wrapper on ${major.name}`,
  major,
  isAdapter: false,
}));

export const WAYS: readonly Way[] = [
  ...WRAPPERS,
  ...majors
    .filter(({ name }) => name === "v7")
    .map((major) => ({ title: `the adapter on ${major.name}`, major, isAdapter: true })),
];

/** Turns after which nothing of a program moves any more. */
const TURNS_TO_REST = 40;

export async function rest(): Promise<void> {
  for (let count = 0; count < TURNS_TO_REST; count++) await turn();
}

/** The SDK as the program gets it. Until `untrace` is called, the adapter is registered. */
export function traced({ major, isAdapter }: Way, options: CallParameters = {}, ai: SDK = major.ai): SDK {
  if (!isAdapter) return wrapAISDK(ai, options);
  registerIntegrations(createAISDKTelemetry(options));
  return ai;
}

export function untrace(): void {
  registerIntegrations();
}

export interface Comparison<T> {
  readonly telemetry: Telemetry;
  /** What the program saw, twice. */
  readonly seen: T;
}

export interface ComparisonOptions {
  /** Of the wrapper or the adapter. */
  readonly options?: CallParameters;
  /** What is wrapped, where that is not the SDK's own namespace. */
  readonly ai?: SDK;
}

/** Runs the program on the bare SDK and traced; both have to see the same, unhandled rejections included. */
export async function compare<T>(
  way: Way,
  program: (sdk: SDK, telemetry: Telemetry) => Promise<T>,
  { options, ai = way.major.ai }: ComparisonOptions = {},
): Promise<Comparison<T>> {
  untrace();
  const bare = await notice(() => program(ai, setupTelemetry()));
  const telemetry = setupTelemetry();
  try {
    const seen = await notice(() => program(traced(way, options, ai), telemetry));
    expect(seen, "what the program sees").toEqual(bare);
    return { telemetry, seen: seen.seen as T };
  } finally {
    untrace();
  }
}

async function notice<T>(run: () => Promise<T>): Promise<{ seen: T | string; rejections: string[] }> {
  let seen: T | string = "";
  const rejections = await collectRejections(async () => {
    try {
      seen = await run();
    } catch (error) {
      seen = `throws ${String(error)}`;
    }
    await rest();
  });
  return { seen, rejections: rejections.map(String) };
}

/** One line per span: its name, how it ended and its output tokens; children in brackets. */
export function outlineOf({ started }: Telemetry): string {
  const below = (parent: string | undefined): string =>
    started
      .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)
      .map((span) => {
        const { attributes, ended, name } = span;
        const end = attributes["error.type"] ?? attributes["ai_spans.cancel.cause"] ?? "ok";
        const tokens = attributes["gen_ai.usage.output_tokens"];
        const children = below(span.spanContext().spanId);
        const parts = [name.split(" ")[0], ended ? end : "OPEN", ...(tokens === undefined ? [] : [tokens])];
        return `${parts.map(String).join(" ")}${children && ` (${children})`}`;
      })
      .join(", ");
  return below(undefined);
}
