/**
 * A span processor throws errors that have content in every property. ai-spans reports one line for each place, without
 * the content.
 */
import { diag, DiagLogLevel } from "@opentelemetry/api";
import { BasicTracerProvider, type SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { wrapAISDK } from "ai-spans";
import { expect, test } from "vitest";
import { callsTool, says } from "../conformance/script.ts";
import { majors } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { errorWith, textOf } from "./content.ts";
import { Markers } from "./markers.ts";

const RUNS = 3;

const markers = new Markers();

function failingAt(method: "onStart" | "onEnd"): BasicTracerProvider {
  const processor: SpanProcessor = {
    onStart: () => {},
    onEnd: () => {},
    forceFlush: async () => {},
    shutdown: async () => {},
    [method]: () => {
      throw errorWith(markers, method);
    },
  };
  return new BasicTracerProvider({ spanProcessors: [processor] });
}

// The process remembers reported sites: a site that the first run reports is not reported by later runs.
test("a failing span processor is reported once per place, without its error message", async () => {
  const lines: string[] = [];
  const say = (...words: unknown[]): void => void lines.push(words.map(String).join(" "));
  const logger = { error: say, warn: say, info: say, debug: say, verbose: say };
  diag.setLogger(logger, { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true });
  lines.length = 0;
  for (const method of ["onStart", "onEnd"] as const) {
    for (const major of majors) {
      const sdk = wrapAISDK(major.ai, { tracerProvider: failingAt(method) });
      for (let count = 0; count < RUNS; count++) {
        const { model } = scriptedModel(major, [callsTool("bookRoom", "call-1"), says("two")]);
        const textParameters = textOf(major, markers, () => {});
        expect(
          (await sdk.generateText({ model, prompt: markers.text("prompt"), ...textParameters })).text,
        ).toBe("two");
      }
    }
  }
  expect(lines.toSorted()).toEqual(["ai-spans: span.end: _OTHER", "ai-spans: startSpan: _OTHER"]);
  expect(markers.find(lines)).toEqual([]);
});
