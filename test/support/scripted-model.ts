/**
 * One neutral script of model calls becomes a mock model of the major's own specification, for `doGenerate` and
 * `doStream` alike. A script waits at gates, never on a clock, and honours the abort signal as a fetch does.
 */
import { rejectOnAbort, type Gate } from "./gate.ts";
import type { Major, ModelCallOptions } from "./majors.ts";
import { toContent, toFinishReason, toStreamParts, toUsage } from "./model-shapes.ts";

export interface ScriptedUsage {
  readonly input?: number;
  readonly output?: number;
  readonly cacheRead?: number;
  /** Not in the V2 specification: v5 drops it. */
  readonly cacheWrite?: number;
  readonly reasoning?: number;
}

export interface ScriptedToolCall {
  readonly id: string;
  readonly name: string;
  readonly input?: Readonly<Record<string, unknown>>;
}

/** What an answer says, in order. Gates and errors belong to streams; `doGenerate` waits at gates too. */
export type ScriptedPart =
  | { readonly text: string }
  | { readonly reasoning: string }
  | { readonly toolCall: ScriptedToolCall }
  /** A part in the specifications' own words, the same in an answer and in a stream. */
  | { readonly verbatim: { readonly type: string; readonly [key: string]: unknown } }
  | { readonly gate: Gate }
  /** An in-band error part of a stream. */
  | { readonly error: unknown };

/** One logical model call. */
export interface ScriptedStep {
  readonly parts?: readonly ScriptedPart[];
  readonly usage?: ScriptedUsage;
  /** `null`: the stream ends without a finish part. */
  readonly finish?: string | null;
  readonly response?: { readonly id?: string; readonly model?: string } | undefined;
  /** The attempts that fail before the one that answers, each with its error. */
  readonly rejections?: readonly unknown[];
  /** No attempt answers: the call only rejects. */
  readonly onlyRejects?: boolean;
  /** The stream fails with this after the parts (`controller.error`). */
  readonly streamError?: unknown;
  /** The answer never ends; only an abort ends it. */
  readonly hangs?: boolean;
  /** Takes no notice of the abort signal. */
  readonly deaf?: boolean;
  /** Runs inside the provider call, where an instrumented `fetch` would. */
  readonly onCall?: (options: ModelCallOptions) => unknown;
}

export interface ScriptedModelOptions {
  readonly modelId?: string;
  readonly provider?: string;
}

export interface ScriptedModel {
  readonly model: object;
  /** Attempts made so far. */
  readonly calls: ModelCallOptions[];
  /** Stream reads asked for by the SDK, and streams it cancelled. */
  readonly counts: { pulls: number; cancels: number };
}

type Attempt = { readonly rejection: unknown } | { readonly step: ScriptedStep };

export const DEFAULT_MODEL_ID = "mock-model";
export const DEFAULT_PROVIDER = "mock-provider";

export function scriptedModel(
  major: Major,
  steps: readonly ScriptedStep[],
  { modelId = DEFAULT_MODEL_ID, provider = DEFAULT_PROVIDER }: ScriptedModelOptions = {},
): ScriptedModel {
  const attempts = steps.flatMap(attemptsOf);
  const calls: ModelCallOptions[] = [];
  const counts = { pulls: 0, cancels: 0 };

  async function nextStep(options: ModelCallOptions): Promise<ScriptedStep> {
    const attempt = attempts[calls.push(options) - 1];
    if (attempt === undefined) throw new Error("the script has no more model calls");
    options.abortSignal?.throwIfAborted();
    if ("rejection" in attempt) throw attempt.rejection;
    await attempt.step.onCall?.(options);
    return attempt.step;
  }

  const model = major.mockModel({
    provider,
    modelId,
    doGenerate: async (options) => {
      const step = await nextStep(options);
      const aborted = rejectOnAbort(step.deaf === true ? undefined : options.abortSignal);
      aborted.catch(() => {});
      for (const part of step.parts ?? []) {
        if ("gate" in part) await Promise.race([part.gate.pass(), aborted]);
      }
      if (step.hangs) await aborted;
      return {
        content: (step.parts ?? []).flatMap((part) => toContent(part)),
        finishReason: toFinishReason(major, step.finish ?? "stop"),
        usage: toUsage(major, step.usage),
        ...(step.response === undefined
          ? {}
          : { response: { id: step.response.id, modelId: step.response.model } }),
        warnings: [],
      };
    },
    doStream: async (options) => {
      const step = await nextStep(options);
      return {
        stream: scriptedStream(major, step, step.deaf === true ? undefined : options.abortSignal, counts),
      };
    },
  });
  return { model, calls, counts };
}

function attemptsOf(step: ScriptedStep): Attempt[] {
  const rejected: Attempt[] = (step.rejections ?? []).map((rejection) => ({ rejection }));
  return step.onlyRejects === true ? rejected : [...rejected, { step }];
}

/** Gives one part per pull and reads nothing ahead, as a response body without a buffer would. */
function scriptedStream(
  major: Major,
  step: ScriptedStep,
  signal: AbortSignal | undefined,
  counts: ScriptedModel["counts"],
): ReadableStream<object> {
  const parts = toStreamParts(major, step);
  let over = false;
  return new ReadableStream<object>(
    {
      start(controller) {
        rejectOnAbort(signal).catch((reason: unknown) => {
          if (over) return;
          over = true;
          controller.error(reason);
        });
      },
      async pull(controller) {
        counts.pulls += 1;
        let next = parts.shift();
        while (next !== undefined && "gate" in next) {
          await next.gate.pass();
          next = parts.shift();
        }
        if (over) return;
        if (next !== undefined) {
          controller.enqueue(next.part);
        } else if (step.hangs === true) {
          await new Promise(() => {});
        } else {
          over = true;
          if ("streamError" in step) controller.error(step.streamError);
          else controller.close();
        }
      },
      cancel() {
        over = true;
        counts.cancels += 1;
      },
    },
    { highWaterMark: 0 },
  );
}
