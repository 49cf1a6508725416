/**
 * Models of the three specifications that remember nothing of their calls, as a provider's do: mock models keep every
 * prompt.
 */
import { rejectOnAbort } from "../support/gate.ts";
import type { Major, ModelCallOptions } from "../support/majors.ts";
import { toStreamParts } from "../support/model-shapes.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";

/** Answers call by call with what `next` says; `undefined` rejects. */
export function forgetfulModel(major: Major, next: () => ScriptedStep | undefined): object {
  return {
    specificationVersion: major.specification.toLowerCase(),
    provider: "mock-provider",
    modelId: "mock-model",
    supportedUrls: {},
    doStream: async (options: ModelCallOptions) => {
      const step = next();
      if (step === undefined) throw new TypeError("the provider refused");
      return { stream: streamOf(major, step, options.abortSignal) };
    },
  };
}

function streamOf(major: Major, step: ScriptedStep, signal: AbortSignal | undefined): ReadableStream<object> {
  const items = toStreamParts(major, step).values();
  return new ReadableStream<object>(
    {
      async pull(controller) {
        const item = items.next().value;
        if (item !== undefined && "part" in item) controller.enqueue(item.part);
        else if (step.hangs === true) await rejectOnAbort(signal);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}
