/**
 * Programs that generate and stream an object for a schema, with every outcome.
 */
import { z } from "zod";
import { rejects, says as saysText } from "../conformance/script.ts";
import type { CallParameters, ReadableIterable } from "../support/majors.ts";
import { operationOf } from "../support/provider-model.ts";
import type { ScriptedPart, ScriptedStep } from "../support/scripted-model.ts";
import { contentModel } from "./content-model.ts";
import { answerOf, apiErrorWith, errorWith, messagesOf, requestOf } from "./content.ts";
import { abortWaiting, type CanaryProgram, type CanaryStage, witness } from "./stage.ts";

interface ObjectStream {
  readonly fullStream: ReadableIterable<unknown>;
}

interface WithObjects {
  streamObject(parameters: CallParameters): ObjectStream;
}

async function askForObject(
  stage: CanaryStage,
  isStreamed: boolean,
  step: ScriptedStep,
  parameters: CallParameters = {},
  isLeft = false,
): Promise<void> {
  const { major, sdk, markers, telemetry } = stage;
  const { model, calls } = contentModel(major, markers, [step], telemetry.propagate);
  const input = {
    model,
    ...requestOf(major, markers),
    allowSystemInMessages: true,
    messages: messagesOf(markers)
      .filter((message) => Reflect.get(message, "role") !== "tool")
      .slice(0, 2),
    schema: z.object({ city: z.string().describe(markers.text("object: field")) }),
    schemaName: markers.word("object: name"),
    schemaDescription: markers.text("object: description"),
    onError: () => {},
    ...parameters,
  };
  await witness(stage, async () => {
    if (!isStreamed) return operationOf(sdk, "generateObject")(input);
    // `streamObject` returns its result synchronously.
    const { fullStream } = (sdk as unknown as WithObjects).streamObject(input);
    const parts: unknown[] = [];
    for await (const part of fullStream) if (parts.push(part) > 0 && isLeft) break;
    return parts;
  });
  stage.received.push(calls);
}

const says = (parts: readonly ScriptedPart[], step: ScriptedStep = {}): ScriptedStep =>
  saysText("", { parts, ...step });

const objectOf = ({ markers }: CanaryStage): ScriptedPart => ({
  text: JSON.stringify({ city: markers.text("object: value") }),
});

function programsOf(isStreamed: boolean): CanaryProgram[] {
  const name = isStreamed ? "streamObject" : "generateObject";
  const streamed: CanaryProgram[] = [
    {
      title: `${name}: an error part in the middle of a stream`,
      outcome: "429",
      run: (stage) => {
        const error = apiErrorWith(stage.major, stage.markers);
        return askForObject(stage, true, says([objectOf(stage), { error }], { finish: null }));
      },
    },
    {
      title: `${name}: an object that its reader leaves`,
      outcome: "consumer",
      run: (stage) => askForObject(stage, true, says([objectOf(stage), objectOf(stage)]), {}, true),
    },
  ];
  return [
    {
      title: `${name}: an object`,
      outcome: "ok",
      run: (stage) => askForObject(stage, isStreamed, says([objectOf(stage)])),
    },
    {
      title: `${name}: a text that is not an object`,
      outcome: "AI_NoObjectGeneratedError",
      run: (stage) => askForObject(stage, isStreamed, says(answerOf(stage.major, stage.markers))),
    },
    {
      title: `${name}: a repair that fails`,
      outcome: "_OTHER",
      run: (stage) => {
        const repair = async (): Promise<never> => {
          throw errorWith(stage.markers, "repair");
        };
        const step = says([{ text: stage.markers.text("no object") }]);
        return askForObject(stage, isStreamed, step, { experimental_repairText: repair });
      },
    },
    {
      title: `${name}: a refusal of the provider`,
      outcome: "429",
      run: (stage) => askForObject(stage, isStreamed, rejects(apiErrorWith(stage.major, stage.markers))),
    },
    {
      title: `${name}: an abort`,
      outcome: "abort",
      run: (stage) =>
        abortWaiting(stage, (parameters, gate) =>
          askForObject(stage, isStreamed, says([objectOf(stage), { gate }]), parameters),
        ),
    },
    ...(isStreamed ? streamed : []),
  ];
}

export const objectPrograms: readonly CanaryProgram[] = [...programsOf(false), ...programsOf(true)];
