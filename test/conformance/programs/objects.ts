/**
 * Structured output: `generateObject` and `streamObject` in all their modes, and answers that do not match the schema.
 */
import { apiCallError } from "../../support/failures.ts";
import { createGate } from "../../support/gate.ts";
import type { CallParameters, ReadableIterable } from "../../support/majors.ts";
import { operationOf } from "../../support/provider-model.ts";
import { scriptedModel, type ScriptedStep } from "../../support/scripted-model.ts";
import { reportedByEvents } from "../adapted-trees.ts";
import { agentSpan, chatSpan, ownSpan } from "../expected-spans.ts";
import { call, type TreeProgram } from "../program.ts";
import type { ApplicationStage } from "../../harness/stage.ts";
import { readAnswer, rejects, says, swallow } from "../script.ts";
import { readAll } from "../../support/streams.ts";

const JSON_OUTPUT = { "gen_ai.output.type": "json" };
const UNFIT = "AI_NoObjectGeneratedError";

interface Mode {
  readonly text: string;
  readonly parameters: (app: ApplicationStage) => CallParameters;
}

const CITY = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

/** A schema that validates the answer, as a schema library does. */
function schemaOf({ sdk }: ApplicationStage): unknown {
  const validate = (value: unknown): object =>
    typeof value === "object" && value !== null && "city" in value
      ? { success: true, value }
      : { success: false, error: new TypeError("no city") };
  return sdk.jsonSchema(CITY, { validate });
}

const MODES: Readonly<Record<string, Mode>> = {
  "an object": { text: '{"city":"Paris"}', parameters: (app) => ({ schema: schemaOf(app) }) },
  "an array": {
    text: '{"elements":[{"city":"Paris"},{"city":"Rome"}]}',
    parameters: (app) => ({ output: "array", schema: schemaOf(app) }),
  },
  "a choice": {
    text: '{"result":"cheap"}',
    parameters: () => ({ output: "enum", enum: ["cheap", "dear"] }),
  },
  "an object without a schema": { text: '{"city":"Paris"}', parameters: () => ({ output: "no-schema" }) },
};

interface ObjectStream {
  readonly fullStream: ReadableIterable<unknown>;
}

/** Runs the operation to its end, and swallows a failure. */
async function run(
  app: ApplicationStage,
  streaming: boolean,
  steps: readonly ScriptedStep[],
  parameters: CallParameters,
): Promise<void> {
  const { model } = scriptedModel(app.major, steps);
  const callParameters = call(app, model, parameters);
  if (!streaming) return swallow(operationOf(app.sdk, "generateObject")(callParameters));
  // `streamObject` returns its result at once, not as a promise.
  const { streamObject } = app.sdk as unknown as { streamObject(parameters: CallParameters): ObjectStream };
  await swallow(readAll(streamObject(callParameters).fullStream));
}

function programsOf(streaming: boolean): TreeProgram[] {
  const word = streaming ? "streams" : "generates";
  const chat = chatSpan({ streaming, attributes: JSON_OUTPUT });
  const completed = agentSpan({ attributes: JSON_OUTPUT }, [chat]);
  const object = (app: ApplicationStage): CallParameters => ({ schema: schemaOf(app) });
  const failed = { usage: null, finish: null, response: null, output: false, attributes: JSON_OUTPUT };
  return [
    ...Object.entries(MODES).map(([name, { text, parameters }]): TreeProgram => ({
      title: `${word} ${name}`,
      run: (app) => run(app, streaming, [says(text)], parameters(app)),
      expected: completed,
    })),
    {
      title: `${word} an object that does not fit its schema`,
      run: (app) => run(app, streaming, [says('{"town":"Paris"}')], object(app)),
      expected: agentSpan({ error: UNFIT, attributes: JSON_OUTPUT }, [chat]),
    },
    {
      title: `${word} what is no JSON`,
      run: (app) => run(app, streaming, [says("a room")], object(app)),
      expected: agentSpan({ error: UNFIT, attributes: JSON_OUTPUT }, [chat]),
    },
    {
      title: `${word} what is no JSON and is repaired`,
      run: (app) =>
        run(app, streaming, [says("a room")], {
          ...object(app),
          experimental_repairText: async () => '{"city":"Paris"}',
        }),
      expected: completed,
    },
    {
      title: `${word} an object with settings`,
      run: (app) =>
        run(app, streaming, [says('{"city":"Paris"}')], { ...object(app), temperature: 0.5, seed: 7 }),
      expected: agentSpan(
        {
          attributes: { ...JSON_OUTPUT, "gen_ai.request.temperature": 0.5, "gen_ai.request.seed": 7 },
        },
        [
          chatSpan({
            streaming,
            attributes: { ...JSON_OUTPUT, "gen_ai.request.temperature": 0.5, "gen_ai.request.seed": 7 },
          }),
        ],
      ),
    },
    {
      title: `${word} an object at the second attempt`,
      run: (app) => {
        const rejection = apiCallError(app.major, { status: 503, retryable: true });
        return run(app, streaming, [says('{"city":"Paris"}', { rejections: [rejection] })], object(app));
      },
      expected: agentSpan({ attributes: JSON_OUTPUT }, [
        chatSpan({ streaming, retries: 1, attributes: JSON_OUTPUT }),
      ]),
    },
    {
      title: `${word} an object from a provider that refuses`,
      run: (app) => run(app, streaming, [rejects(apiCallError(app.major, { status: 401 }))], object(app)),
      expected: agentSpan({ error: "401", attributes: JSON_OUTPUT }, [
        chatSpan({ streaming, error: "401", ...failed }),
      ]),
    },
    {
      title: `${word} an object within a turn, with the request within its chat`,
      needsContextManager: true,
      run: (app) => {
        const onCall = (): void => app.tracer.startSpan("POST /chat").end();
        return app.withTurn({ requestId: "r-1" }, () =>
          run(app, streaming, [says('{"city":"Paris"}', { onCall })], object(app)),
        );
      },
      expected: agentSpan({ attributes: { ...JSON_OUTPUT, "ai_spans.turn.request_id": "r-1" } }, [
        { ...chat, children: [ownSpan("POST /chat")] },
      ]),
    },
    {
      title: `${word} an object and gives no schema`,
      // Before they call a model, `generateObject` rejects and `streamObject` throws.
      run: async (app) => {
        try {
          await run(app, streaming, [], { output: "object", enum: ["cheap"] });
        } catch {
          // The failure is on the span.
        }
      },
      expected: agentSpan({ error: "AI_InvalidArgumentError", usage: null, finish: null }, []),
      adapted: { reason: "the SDK checks parameters before it reports a start", expected: [] },
    },
    {
      title: `is aborted while it ${word} an object`,
      run: async (app) => {
        const controller = new AbortController();
        const gate = createGate();
        const running = run(app, streaming, [says("", { parts: [{ gate }] })], {
          ...object(app),
          abortSignal: controller.signal,
        });
        await gate.reached;
        controller.abort();
        await running;
      },
      expected: agentSpan({ canceled: "abort", attributes: JSON_OUTPUT }, [
        chatSpan({
          streaming,
          ...failed,
          canceled: "abort",
          ...(streaming ? { response: { id: "response-1", model: "mock-model-2026-01-01" } } : {}),
        }),
      ]),
      ...(streaming && {
        adapted: {
          reason: "no event reports that an object's stream was aborted",
          byCollection: true as const,
          expected: agentSpan({ canceled: "abandoned", attributes: JSON_OUTPUT }, [
            chatSpan({ streaming, ...failed, canceled: "abandoned" }),
          ]),
        },
      }),
    },
  ];
}

interface Outputs {
  array(options: { element: unknown }): unknown;
  choice(options: { options: readonly string[] }): unknown;
  json(): unknown;
}

/** The text outputs that v5 does not have. */
const OUTPUTS: Readonly<
  Record<string, readonly [string, (output: Outputs, app: ApplicationStage) => unknown]>
> = {
  "an array": ['{"elements":[{"city":"Paris"}]}', ({ array }, app) => array({ element: schemaOf(app) })],
  "a choice": ['{"result":"cheap"}', ({ choice }) => choice({ options: ["cheap", "dear"] })],
  JSON: ['{"city":"Paris"}', ({ json }) => json()],
};

const textOutputs = [false, true].flatMap((streaming) =>
  Object.entries(OUTPUTS).map(([name, [text, outputOf]]): TreeProgram => ({
    title: `${streaming ? "streams" : "generates"} a text that is ${name}`,
    majors: ["v6", "v7"],
    run: async (app) => {
      const { model } = scriptedModel(app.major, [says(text)]);
      const output = outputOf(app.sdk.Output as unknown as Outputs, app);
      const callParameters = call(app, model, app.major.outputOptions(output));
      await readAnswer(app, streaming, callParameters);
    },
    expected: agentSpan({ attributes: JSON_OUTPUT }, [chatSpan({ streaming, attributes: JSON_OUTPUT })]),
  })),
);

const table: readonly TreeProgram[] = [
  ...textOutputs,
  {
    title: "generates a text that does not fit the output asked for",
    // v6 and v7 validate the output when the program reads it.
    run: async (app) => {
      const { model } = scriptedModel(app.major, [says("a room")]);
      const output = app.sdk.Output.object({ schema: schemaOf(app) });
      await swallow(app.sdk.generateText(call(app, model, app.major.outputOptions(output))));
    },
    expected: agentSpan({ error: UNFIT, attributes: JSON_OUTPUT }, [chatSpan({ attributes: JSON_OUTPUT })]),
    adapted: {
      reason: "the SDK reports the end before it validates the output",
      expected: agentSpan({ attributes: JSON_OUTPUT }, [chatSpan({ attributes: JSON_OUTPUT })]),
    },
  },
  ...programsOf(false),
  ...programsOf(true),
];

export const objects: readonly TreeProgram[] = table.map((program) => reportedByEvents(program));
