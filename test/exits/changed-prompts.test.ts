/**
 * A model or middleware adds messages to its prompt, and its first attempt is refused. The SDK passes the same prompt
 * to the next attempt. Both attempts are one model call.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { agentSpan, chatSpan } from "../conformance/expected-spans.ts";
import { drain, says } from "../conformance/script.ts";
import { apiCallError } from "../support/failures.ts";
import { majors, type Major } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { expectSpans } from "./expect-spans.ts";

type Method = (options: { readonly prompt: unknown[] }) => Promise<unknown>;

/** A model whose methods add a message to the prompt that they get. */
function modelThatAdds(major: Major): object {
  const error = apiCallError(major, { status: 429, retryable: true });
  const refused = Object.assign(error, { responseHeaders: { "retry-after-ms": "1" } });
  const { model } = scriptedModel(major, [says("a room", { rejections: [refused] })]);
  const methods = model as Record<string, Method>;
  for (const name of ["doGenerate", "doStream"]) {
    const original = methods[name]!;
    methods[name] = function (options) {
      options.prompt.push({ role: "user", content: [{ type: "text", text: "context" }] });
      return Reflect.apply(original, this, [options]);
    };
  }
  return model;
}

const usage = { input: 10, output: 5 };

describe.each(majors)("on $name", (major) => {
  test("a generated text has one model call", async () => {
    const telemetry = setupTelemetry();
    const { generateText } = wrapAISDK(major.ai);
    const { text } = await generateText({ model: modelThatAdds(major), prompt: "a room" });
    expect(text).toBe("a room");
    await expectSpans(telemetry, agentSpan({ usage, name: null }, [chatSpan({ retries: 1 })]));
  });

  test("a streamed text has one model call", async () => {
    const telemetry = setupTelemetry();
    const { streamText } = wrapAISDK(major.ai);
    await drain(streamText({ model: modelThatAdds(major), prompt: "a room" }));
    await expectSpans(
      telemetry,
      agentSpan({ usage, name: null }, [chatSpan({ retries: 1, streaming: true })]),
    );
  });
});
