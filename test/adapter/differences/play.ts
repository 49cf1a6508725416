/**
 * Plays programs once with the wrapper and once with the adapter, and returns the differences of their span trees.
 */
import { createAISDKTelemetry, wrapAISDK } from "ai-spans";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { observeProgram } from "../../harness/compare.ts";
import type { Program } from "../../harness/program.ts";
import type { Stage } from "../../harness/stage.ts";
import { collectPromisesUntil, collectUntil } from "../../support/collection.ts";
import { settle } from "../../support/gate.ts";
import { registerIntegrations } from "../../support/integrations.ts";
import { v7, type SDK } from "../../support/majors.ts";
import { spanTree, type SpanNode } from "../../support/span-tree.ts";
import { setupTelemetry, type Telemetry } from "../../support/telemetry.ts";
import { differencesBetween } from "./compare.ts";

export interface PlayedStage extends Stage {
  readonly telemetry: Telemetry;
}

export interface PlayedProgram extends Program<PlayedStage, unknown> {
  /**
   * Calls of this program have ids that calls of other programs have too. So the next program waits until it is over.
   */
  readonly repeatsIds?: true;
}

/** How many turns of the event loop the spans have to end without a garbage collection. */
const TURNS_TO_END = 50;
/** A garbage collection takes long, so this many runs share one. */
const PROGRAMS_PER_COLLECTION = 60;

/** Its own function, so that what the program made is unreachable afterwards: some spans end when it is collected. */
async function play(program: PlayedProgram, sdk: SDK, telemetry: Telemetry): Promise<void> {
  await observeProgram(async () => program.run({ major: v7, sdk, telemetry }));
}

interface Played {
  readonly tree: readonly SpanNode[];
  readonly openSpans: number;
}

function played(spans: readonly ReadableSpan[]): Played {
  return { tree: spanTree(spans), openSpans: spans.filter(({ ended }) => !ended).length };
}

async function playWrapped(program: PlayedProgram): Promise<Played> {
  const telemetry = setupTelemetry();
  const isEnded = (): boolean => telemetry.open.length === 0;
  await play(program, wrapAISDK(v7.ai, program.options), telemetry);
  await settle(isEnded, TURNS_TO_END);
  if (!isEnded()) await collectPromisesUntil(isEnded);
  return played(telemetry.started);
}

/** A trace belongs to the program that is running when the trace's first span starts. */
async function playAdapted(programs: readonly PlayedProgram[]): Promise<Played[]> {
  const telemetry = setupTelemetry();
  const owners = new Map<string, PlayedProgram>();
  const ownerOf = (span: ReadableSpan): PlayedProgram | undefined => owners.get(span.spanContext().traceId);
  for (const program of programs) {
    registerIntegrations(createAISDKTelemetry(program.options));
    await play(program, v7.ai, telemetry);
    await settle(() => telemetry.open.every((span) => ownerOf(span) !== undefined), TURNS_TO_END);
    if (program.repeatsIds) await collectUntil(() => telemetry.open.length === 0);
    for (const span of telemetry.started) if (!ownerOf(span)) owners.set(span.spanContext().traceId, program);
  }
  registerIntegrations();
  await collectUntil(() => telemetry.open.length === 0);
  return programs.map((program) => played(telemetry.started.filter((span) => ownerOf(span) === program)));
}

function compare(wrapped: Played, adapted: Played): string[] {
  const lines = differencesBetween(wrapped.tree, adapted.tree);
  const [one, other] = [wrapped.openSpans, adapted.openSpans];
  return one === other ? lines : [...lines, `spans that never end: ${one} → ${other}`];
}

/** The lines of differences, by the title of each program that has any. */
export async function findDifferences(
  programs: readonly PlayedProgram[],
): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  for (let first = 0; first < programs.length; first += PROGRAMS_PER_COLLECTION) {
    const batch = programs.slice(first, first + PROGRAMS_PER_COLLECTION);
    const adapted = await playAdapted(batch);
    for (const [index, program] of batch.entries()) {
      const lines = compare(await playWrapped(program), adapted[index]!);
      if (lines.length > 0) found[program.title] = lines;
    }
  }
  return found;
}
