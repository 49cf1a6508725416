/**
 * The ways to trace one program: by the wrapper on each major, and by the adapter on v7. The program must notice the
 * same as on the bare SDK.
 */
import { createAISDKTelemetry, wrapAISDK } from "ai-spans";
import { expect } from "vitest";
import { turn } from "./gate.ts";
import { registerIntegrations } from "./integrations.ts";
import { majors, type CallParameters, type Major, type SDK } from "./majors.ts";
import { collectRejections } from "./rejections.ts";
import { setupTelemetry, type Telemetry } from "./telemetry.ts";

export interface Way {
  /** Used in titles: `the wrapper on v5`. */
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

/** After this many turns nothing of a program runs any more. */
const TURNS_TO_REST = 40;

export async function rest(): Promise<void> {
  for (let count = 0; count < TURNS_TO_REST; count++) await turn();
}

/** The SDK that the program gets. The adapter stays registered until `untrace` is called. */
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
  /** What the program returned, which is the same on both SDKs. */
  readonly seen: T;
}

export interface ComparisonOptions {
  /** Options of the wrapper or the adapter. */
  readonly options?: CallParameters;
  /** The module to wrap, if it is not the SDK's. */
  readonly ai?: SDK;
}

/** Runs the program on the bare SDK and traced. Results, errors and unhandled rejections must be the same. */
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
    expect(seen, "what the program notices").toEqual(bare);
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

/** One line with every span: its name, its outcome and its output tokens, with its children in brackets. */
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
