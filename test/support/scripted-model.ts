/**
 * Makes a mock model of the major's specification from one neutral script, for `doGenerate` and `doStream`. A script
 * waits at gates and never on a clock. It reacts to the abort signal as `fetch` does.
 */
import { rejectOnAbort, type Gate } from "./gate.ts";
import type { Major, ModelCallOptions } from "./majors.ts";
import { toContent, toFinishReason, toStreamParts, toUsage } from "./model-shapes.ts";

export interface ScriptedUsage {
  readonly input?: number;
  readonly output?: number;
  readonly cacheRead?: number;
  /** The V2 specification has no such count, so v5 drops it. */
  readonly cacheWrite?: number;
  readonly reasoning?: number;
}

export interface ScriptedToolCall {
  readonly id: string;
  readonly name: string;
  readonly input?: Readonly<Record<string, unknown>>;
}

/** The parts of an answer, in order. Errors are for streams only. `doGenerate` also waits at gates. */
export type ScriptedPart =
  | { readonly text: string }
  | { readonly reasoning: string }
  | { readonly toolCall: ScriptedToolCall }
  /** A part in the form of the specification, which is the same in an answer and in a stream. */
  | { readonly verbatim: { readonly type: string; readonly [key: string]: unknown } }
  | { readonly gate: Gate }
  /** An error part of a stream. */
  | { readonly error: unknown };

/** One model call of the SDK, with all its attempts. */
export interface ScriptedStep {
  readonly parts?: readonly ScriptedPart[];
  readonly usage?: ScriptedUsage;
  /** `null` if the stream ends without a finish part. */
  readonly finish?: string | null;
  readonly response?: { readonly id?: string; readonly model?: string } | undefined;
  /** The errors of the attempts before the one that answers. */
  readonly rejections?: readonly unknown[];
  /** No attempt answers, so the call rejects. */
  readonly onlyRejects?: boolean;
  /** The stream fails with this error after its parts. */
  readonly streamError?: unknown;
  /** The answer never ends unless the call is aborted. */
  readonly hangs?: boolean;
  /** The model ignores the abort signal. */
  readonly deaf?: boolean;
  /** Runs in the model call, where `fetch` would run. */
  readonly onCall?: (options: ModelCallOptions) => unknown;
}

export interface ScriptedModelOptions {
  readonly modelId?: string;
  readonly provider?: string;
}

export interface ScriptedModel {
  readonly model: object;
  /** The call options of all attempts. */
  readonly calls: ModelCallOptions[];
  /** How often the SDK has pulled from the streams, and how many streams it has canceled. */
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

/** Returns one part per pull and reads nothing ahead, like a response body without a buffer. */
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
