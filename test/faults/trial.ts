/**
 * One trial: a program on one SDK, with ours in front of it or registered with it, while a fault is armed. What the
 * program saw, the spans that were opened, and the process's own complaints.
 */
import type { Attributes, ContextManager } from "@opentelemetry/api";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { AISDKTelemetry } from "ai-spans";
import { settle, turn } from "../support/gate.ts";
import { registerIntegrations } from "../support/integrations.ts";
import type { Major, SDK } from "../support/majors.ts";
import { byChannel, play, type Application, type Program } from "../transparency/stage.ts";
import { arm, disarm, type Fault } from "./fault-point.ts";
import { dropTimers, elapse, pendingTimers, type LoadedPackage } from "./faulty-globals.ts";
import { installFaultyTelemetry, type OpenedSpan } from "./faulty-opentelemetry.ts";
import { dropHeldResults } from "./programs.ts";
import { withoutSDKCall } from "../support/sdk-call.ts";

/** How ours is set up. */
export type Entry = "wrapper" | "adapter";

export interface Setting {
  readonly major: Major;
  readonly entry: Entry;
  readonly isMetered: boolean;
}

export interface Trial extends Setting {
  readonly program: Program;
  readonly faults: readonly Fault[];
  readonly contextManager?: ContextManager;
  /** Default: true. */
  readonly isSampled?: boolean;
  /** Whether uncaught exceptions are collected. Default: true; else one ends the process. */
  readonly isWatched?: boolean;
  /** What is registered in place of our adapter: a layer around it. */
  readonly layerOf?: (adapter: AISDKTelemetry) => object;
}

export interface SpanFacts {
  readonly name: string;
  /** The name of the span above it; `undefined`: it is the first of its trace. */
  readonly parent: string | undefined;
  readonly attributes: Attributes;
  readonly status: number;
  readonly ends: number;
}

export interface Outcome {
  readonly seen: Readonly<Record<string, readonly unknown[]>>;
  /** Of those that record. */
  readonly spans: readonly SpanFacts[];
  /** How often each span was ended, recorded or not. */
  readonly ends: readonly number[];
  /** Timers of ours, where every span had ended by itself. */
  readonly timersLeft: number;
  readonly metrics: ResourceMetrics;
  readonly exceptions: readonly unknown[];
  /** How often each fault threw. */
  readonly strikes: readonly number[];
  readonly diagnostics: readonly string[];
}

/** Rounds in which timers of ours fire, each of which may set another. */
const ROUNDS = 4;

function sdkOf(
  { entry, major, layerOf = (adapter) => adapter }: Trial,
  { wrapAISDK, createAISDKTelemetry }: LoadedPackage,
): SDK {
  if (entry === "wrapper") return wrapAISDK(major.ai);
  registerIntegrations(layerOf(createAISDKTelemetry()));
  return major.ai;
}

export async function playBare(program: Program, major: Major): Promise<Outcome["seen"]> {
  registerIntegrations();
  const application: Application = { major, pace: "in turns", sdk: major.ai as Application["sdk"] };
  const entries = await play(program, application);
  dropHeldResults();
  return byChannel(entries);
}

/** @param collect collects what can be collected, until the condition holds */
export async function runTrial(
  trial: Trial,
  loaded: LoadedPackage,
  collect: (condition: () => boolean) => Promise<void>,
): Promise<Outcome> {
  const { major, program, faults, isMetered, isSampled = true, contextManager } = trial;
  const telemetry = installFaultyTelemetry({
    isMetered,
    isSampled,
    ...(contextManager && { contextManager }),
  });
  const exceptions: unknown[] = [];
  const onException = (error: unknown): void => void exceptions.push(error);
  if (trial.isWatched !== false) process.on("uncaughtException", onException);
  // What is neither recorded nor measured is left alone, and never ended.
  const mayStay = !isSampled && !isMetered;
  const hasEnded = (): boolean => mayStay || telemetry.opened.every(({ ends }) => ends > 0);
  registerIntegrations();
  let strikes: readonly number[] = [];
  try {
    arm(...faults);
    const sdk = sdkOf(trial, loaded) as Application["sdk"];
    const entries = await play(program, { major, sdk, pace: "in turns" });
    const timersLeft = telemetry.opened.length > 0 && hasEnded() ? pendingTimers() : 0;
    // What is only measured shows no span that ends.
    for (let round = 0; round < ROUNDS; round++) {
      elapse();
      await turn();
    }
    dropHeldResults();
    if (!hasEnded()) await collect(hasEnded);
    await settle(hasEnded);
    strikes = disarm();
    const spans = factsOf(isSampled ? telemetry.opened : []);
    const ends = telemetry.opened.map((opened) => opened.ends);
    const metrics = await telemetry.collectMetrics();
    const { diagnostics } = telemetry;
    return { seen: byChannel(entries), spans, ends, timersLeft, metrics, exceptions, strikes, diagnostics };
  } finally {
    disarm();
    dropTimers();
    dropHeldResults();
    registerIntegrations();
    // Programs give their calls the same ids: the next one must not be taken for this.
    await collect(() => loaded.callCount() === 0);
    process.off("uncaughtException", onException);
    await telemetry.uninstall();
  }
}

function factsOf(opened: readonly OpenedSpan[]): SpanFacts[] {
  const names = new Map(opened.map(({ span }) => [span.spanContext().spanId, span.name]));
  return opened.map(({ span, ends }) => ({
    name: span.name,
    parent: span.parentSpanContext && names.get(span.parentSpanContext.spanId),
    attributes: withoutMeasures(span.attributes),
    status: span.status.code,
    ends,
  }));
}

/**
 * Of what differs from run to run only that it is there. The SDK's id of a call is shown by more than one event, so what
 * fails may show it sooner or not at all.
 */
function withoutMeasures(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(withoutSDKCall(attributes)).map(([key, value]) => [
      key,
      /time_to|duration/.test(key) ? "measured" : value,
    ]),
  );
}
