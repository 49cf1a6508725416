/**
 * Models of the three specifications that hold nothing of their calls, like a provider's models. The SDK's mock models
 * hold every prompt.
 */
import { rejectOnAbort } from "../support/gate.ts";
import type { Major, ModelCallOptions } from "../support/majors.ts";
import { toContent, toFinishReason, toStreamParts, toUsage } from "../support/model-shapes.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";

/**
 * Each call answers with the step that `next` returns, or rejects if it is `undefined`. `onPart` gets every part of a
 * stream.
 */
export function forgetfulModel(
  major: Major,
  next: () => ScriptedStep | undefined,
  onPart: (part: object) => void = () => {},
): object {
  const nextStep = (): ScriptedStep => {
    const step = next();
    if (step === undefined) throw new TypeError("the provider refused");
    return step;
  };
  return {
    specificationVersion: major.specification.toLowerCase(),
    provider: "mock-provider",
    modelId: "mock-model",
    supportedUrls: {},
    doGenerate: async () => {
      const { parts = [], finish, usage } = nextStep();
      return {
        content: parts.flatMap((part) => toContent(part)),
        finishReason: toFinishReason(major, finish ?? "stop"),
        usage: toUsage(major, usage),
        warnings: [],
      };
    },
    doStream: async (options: ModelCallOptions) => {
      return { stream: streamOf(toStreamParts(major, nextStep()), onPart, options.abortSignal) };
    },
  };
}

function streamOf(
  items: ReturnType<typeof toStreamParts>,
  onPart: (part: object) => void,
  signal: AbortSignal | undefined,
): ReadableStream<object> {
  // Without a finish part the stream never ends.
  const hangs = !items.some((item) => "part" in item && Reflect.get(item.part, "type") === "finish");
  return new ReadableStream<object>(
    {
      async pull(controller) {
        const item = items.shift();
        if (item !== undefined && "part" in item) {
          onPart(item.part);
          controller.enqueue(item.part);
        } else if (hangs) await rejectOnAbort(signal);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}
