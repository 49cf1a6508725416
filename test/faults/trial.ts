/**
 * One trial: a program on one SDK with the wrapper or the adapter, while a fault is armed. The outcome has what the
 * program got, the spans, and the uncaught exceptions.
 */
import type { Attributes, ContextManager } from "@opentelemetry/api";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { AISDKTelemetry } from "ai-spans";
import { settle, turn } from "../support/gate.ts";
import { registerIntegrations } from "../support/integrations.ts";
import type { Major, SDK } from "../support/majors.ts";
import type { Way } from "../support/ways.ts";
import { byChannel, play, settingsOn, type WatchedProgram } from "../transparency/stage.ts";
import { arm, disarm, type Fault } from "./fault-point.ts";
import { dropTimers, elapse, pendingTimers, type LoadedPackage } from "./faulty-globals.ts";
import { installFaultyTelemetry, type OpenedSpan } from "./faulty-opentelemetry.ts";
import { dropHeldResults } from "./programs.ts";
import { withoutSDKCall } from "../support/sdk-call.ts";

export interface Setting extends Pick<Way, "major" | "entry"> {
  readonly isMetered: boolean;
}

export interface Trial extends Setting {
  readonly program: WatchedProgram;
  readonly faults: readonly Fault[];
  readonly contextManager?: ContextManager;
  /** Whether spans are sampled. The default is true. */
  readonly isSampled?: boolean;
  /** Whether uncaught exceptions are collected. By default they are. Otherwise one ends the process. */
  readonly isWatched?: boolean;
  /** Puts a layer around our adapter before it is registered. */
  readonly layerOf?: (adapter: AISDKTelemetry) => object;
}

export interface SpanFacts {
  readonly name: string;
  /** The name of the parent span; `undefined` for the first span of a trace. */
  readonly parent: string | undefined;
  readonly attributes: Attributes;
  readonly status: number;
  readonly ends: number;
}

export interface Outcome {
  readonly log: Readonly<Record<string, readonly unknown[]>>;
  /** The recording spans. */
  readonly spans: readonly SpanFacts[];
  /** How often each span was ended, recording or not. */
  readonly ends: readonly number[];
  /** Our timers that were left when every span had ended by itself. */
  readonly timersLeft: number;
  readonly metrics: ResourceMetrics;
  readonly exceptions: readonly unknown[];
  /** How often each fault threw. */
  readonly strikes: readonly number[];
  readonly diagnostics: readonly string[];
}

/** Rounds in which our timers fire. A timer may set another one. */
const ROUNDS = 4;

function sdkOf(
  { entry, major, layerOf = (adapter) => adapter }: Trial,
  { wrapAISDK, createAISDKTelemetry }: LoadedPackage,
): SDK {
  if (entry === "wrapper") return wrapAISDK(major.ai);
  registerIntegrations(layerOf(createAISDKTelemetry()));
  return major.ai;
}

export async function playBare(program: WatchedProgram, major: Major): Promise<Outcome["log"]> {
  registerIntegrations();
  const entries = await play(program, settingsOn(major, "in turns"));
  dropHeldResults();
  return byChannel(entries);
}

/** @param collect collects garbage until the condition holds */
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
  // A call that is neither sampled nor measured is not observed, so its spans may stay open.
  const mayStay = !isSampled && !isMetered;
  const hasEnded = (): boolean => mayStay || telemetry.opened.every(({ ends }) => ends > 0);
  registerIntegrations();
  let strikes: readonly number[] = [];
  try {
    arm(...faults);
    const entries = await play(program, settingsOn(major, "in turns", sdkOf(trial, loaded)));
    const timersLeft = telemetry.opened.length > 0 && hasEnded() ? pendingTimers() : 0;
    // A call that is only measured has no span whose end could be awaited, so the timers always fire.
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
    return { log: byChannel(entries), spans, ends, timersLeft, metrics, exceptions, strikes, diagnostics };
  } finally {
    disarm();
    dropTimers();
    dropHeldResults();
    registerIntegrations();
    // Waits until the adapter holds no call, because the next program uses the same ids.
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
 * Replaces values that differ from run to run. The SDK's id of a call is removed, because several events have it, and a
 * fault may move or lose it.
 */
function withoutMeasures(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(withoutSDKCall(attributes)).map(([key, value]) => [
      key,
      /time_to|duration/.test(key) ? "measured" : value,
    ]),
  );
}
