/**
 * The doctor keeps nothing alive: spans are collected, and a result that nobody reads ends as without the doctor.
 *
 * Holds: no-leak, doctor-changes-nothing.
 */
import "ai-spans/doctor";
import { BasicTracerProvider, type Span } from "@opentelemetry/sdk-trace-base";
import { examine } from "ai-spans/doctor";
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { collectUntil } from "../support/collection.ts";
import { majors, type Major } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";

/** A provider whose spans nobody holds. Their references and their ends are counted. */
function forgetfulProvider() {
  const references: WeakRef<Span>[] = [];
  const causes: unknown[] = [];
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [
      {
        onStart: (span) => void references.push(new WeakRef(span)),
        onEnd: (span) => void causes.push(span.attributes["ai_spans.cancel.cause"]),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  return { references, causes, tracerProvider };
}

const modelOf = (major: Major): object => scriptedModel(major, [{ parts: [{ text: "two rooms" }] }]).model;

describe.each(majors)("on $name", (major) => {
  test("collects the spans of a run", async () => {
    const { references, tracerProvider } = forgetfulProvider();
    const { generateText } = wrapAISDK(major.ai, { tracerProvider });
    await generateText({ model: modelOf(major), prompt: "two rooms?" });
    expect(references).toHaveLength(2);
    await collectUntil(() => references.every((reference) => reference.deref() === undefined));
    expect(references.map((reference) => reference.deref())).toEqual([undefined, undefined]);
    const { spans } = await examine();
    expect(spans.ended).toBe(spans.started);
  });

  test("ends the run of a result that nobody reads", async () => {
    const { causes, references, tracerProvider } = forgetfulProvider();
    const { streamText } = wrapAISDK(major.ai, { tracerProvider });
    (() => void streamText({ model: modelOf(major), prompt: "two rooms?" }))();
    await collectUntil(() => causes.length === references.length && causes.includes("abandoned"));
    expect(causes).toContain("abandoned");
    expect(causes).toHaveLength(references.length);
  });
});
