/**
 * The entry for Cloudflare's runtime on another runtime. It loads, checks its arguments, and traces nothing.
 */
import * as ai from "ai";
import { createAISDKTelemetry, wrapAISDK, type CloudflareOptions } from "ai-spans/cloudflare";
import { expect, test } from "vitest";
import { Agent } from "../serverless/agent.ts";
import { majors, v7 } from "../support/majors.ts";
import { setupTelemetry } from "../support/telemetry.ts";

test.each(majors)("runs the application on AI SDK $name, and traces nothing", async (major) => {
  const telemetry = setupTelemetry();
  const agent = new Agent(major, wrapAISDK(major.ai));
  expect(await agent.loop()).toBe("two rooms");
  expect(await agent.stream().text()).toBe("a room in Paris");
  expect([telemetry.started, telemetry.diagnostics]).toEqual([[], []]);
});

test("passes the original parameters to the original function", () => {
  const parameters = { prompt: "a room in Paris" };
  const { generateText } = wrapAISDK({ generateText: (input: object) => input });
  expect(generateText(parameters)).toBe(parameters);
});

test("does not disturb the application if the runtime's tracing throws", async () => {
  const telemetry = setupTelemetry();
  const tracing = {
    startActiveSpan() {
      throw new Error("no");
    },
  };
  const agent = new Agent(v7, wrapAISDK(ai, { tracing }) as never);
  expect(await agent.loop()).toBe("two rooms");
  expect(telemetry.diagnostics).toEqual(["ai-spans: native startActiveSpan: Error"]);
});

test("refuses what wrapAISDK and createAISDKTelemetry of ai-spans refuse", () => {
  expect(() => wrapAISDK({})).toThrow(TypeError);
  const options = { namespace: "ai" } as CloudflareOptions;
  expect(() => createAISDKTelemetry(options)).toThrow(
    'createAISDKTelemetry: option "namespace" must be dotted lower-case words, not ai or gen_ai',
  );
});
