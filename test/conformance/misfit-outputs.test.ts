/**
 * The output of a streamed text does not match its schema. The run then has the error that `output` rejects with,
 * whichever way the program reads the result.
 */
import { describe, expect, test } from "vitest";
import type { SDK, StreamResult } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { WRAPPERS } from "../support/ways.ts";
import { compare } from "../harness/compare.ts";
import { agentSpan, chatSpan, toolSpan } from "./expected-spans.ts";
import { callsTool, drain, says } from "./script.ts";

type Result = StreamResult & {
  readonly output: Promise<unknown>;
  readonly partialOutputStream: AsyncIterable<unknown>;
};

const nameOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "fits",
    (error: unknown) => (error instanceof Error ? error.name : "no error"),
  );

const READINGS: Readonly<Record<string, (result: Result) => Promise<string>>> = {
  "its output": ({ output }) => nameOf(output),
  "its text, then its output": async (result) => {
    await result.text;
    return nameOf(result.output);
  },
  "all parts, then its output": async (result) => {
    await drain(result);
    return nameOf(result.output);
  },
  "its output beside all parts": async (result) => {
    const name = nameOf(result.output);
    await drain(result);
    return name;
  },
  "partial outputs, then its output": async (result) => {
    for await (const _partial of result.partialOutputStream);
    return nameOf(result.output);
  },
};

/** An output whose schema accepts only `{ "city": … }`. */
function outputOf(sdk: SDK): unknown {
  const validate = (value: unknown) =>
    JSON.stringify(value).startsWith('{"city":')
      ? { success: true, value }
      : { success: false, error: new RangeError("no city") };
  return sdk.Output.object({ schema: sdk.jsonSchema({ type: "object", properties: {} }, { validate }) });
}

const ways = WRAPPERS.filter(({ major }) => major.name !== "v5");
const cases = ways.flatMap((way) =>
  Object.entries(READINGS).map(([reading, read]) => ({ way, reading, read })),
);

describe.each(cases)("$way.title reads $reading", ({ way, read }) => {
  const play = (text: string) =>
    compare(way, async (sdk) => {
      const { model } = scriptedModel(way.major, [says(text)]);
      const parameters = { model, prompt: "a room", output: outputOf(sdk), onError() {} };
      return read(sdk.streamText(parameters) as Result);
    });
  const chat = chatSpan({ streaming: true, attributes: { "gen_ai.output.type": "json" } });
  const attributes = { "gen_ai.output.type": "json" };

  test("an output that does not fit", async () => {
    const { result, telemetry } = await play('{"rooms":2}');
    expect(result).toBe("AI_NoObjectGeneratedError");
    const error = "AI_NoObjectGeneratedError";
    await expectSpanTree(telemetry, agentSpan({ name: null, error, attributes }, [chat]));
  });

  test("an output that fits", async () => {
    const { result, telemetry } = await play('{"city":"Paris"}');
    expect(result).toBe("fits");
    await expectSpanTree(telemetry, agentSpan({ name: null, attributes }, [chat]));
  });
});

describe.each(ways)("$title", (way) => {
  test.each<[string, (result: Result) => Promise<string>]>([
    ["its parts alone", async (result) => (await drain(result), "read")],
    ["its output as well", READINGS["all parts, then its output"]!],
  ])(
    "a text that stops for a tool of the client's has no output that could not fit, read %s",
    async (_how, read) => {
      const { telemetry } = await compare(way, async (sdk) => {
        const { model } = scriptedModel(way.major, [callsTool("askUser", "call-1")]);
        const askUser = sdk.tool({ inputSchema: sdk.jsonSchema({ type: "object", properties: {} }) });
        const parameters = { model, prompt: "a room", tools: { askUser }, output: outputOf(sdk) };
        return read(sdk.streamText({ ...parameters, onError() {}, onFinish() {} }) as Result);
      });
      const attributes = { "gen_ai.output.type": "json" };
      await expectSpanTree(
        telemetry,
        agentSpan({ name: null, finish: "tool_call", attributes }, [
          chatSpan({ streaming: true, finish: "tool_call", attributes }),
          toolSpan("askUser", "call-1", { agent: null, attributes: { "ai_spans.tool.pending": true } }),
        ]),
      );
    },
  );
});
