/**
 * expectNoContent finds a marker in every part of a span, in every encoding. It finds nothing in spans without the
 * marker.
 */
import type { Attributes } from "@opentelemetry/api";
import { expectNoContent, SpanAssertionError } from "ai-spans/testing";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRecording, failureOf } from "./recorded.ts";

const SEED = 20_261_121;
const MARKER = 'Zürich "Übernachtung" \\ 12/7 & mehr';

/** The parts of a span that may have a text, by the name that the message uses. */
const PLACES: Readonly<Record<string, (text: string) => (span: ReturnType<typeof startSpan>) => void>> = {
  name: (text) => (span) => span.span.updateName(text),
  "attribute plan":
    (text) =>
    ({ span }) =>
      span.setAttribute("plan", text),
  "attribute plan of a list":
    (text) =>
    ({ span }) =>
      span.setAttribute("plan", ["first", text]),
  "attribute key":
    (text) =>
    ({ span }) =>
      span.setAttribute(text, 1),
  "event name":
    (text) =>
    ({ span }) =>
      span.addEvent(text),
  "event attribute plan":
    (text) =>
    ({ span }) =>
      span.addEvent("event", { plan: text }),
  "event attribute key":
    (text) =>
    ({ span }) =>
      span.addEvent("event", { [text]: true }),
  "link attribute plan":
    (text) =>
    ({ span }) =>
      span.addLink({ context: span.spanContext(), attributes: { plan: text } }),
  "status message":
    (text) =>
    ({ span }) =>
      span.setStatus({ code: 2, message: text }),
};

function startSpan(attributes?: Attributes) {
  const { recorder, start } = createRecording();
  return { recorder, span: start("chat gpt-4o", attributes ? { attributes } : {}) };
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

const WRITTEN: Readonly<Record<string, (marker: string) => string>> = {
  "as it is": (marker) => marker,
  "inside a text": (marker) => `before ${marker} after`,
  "as JSON": (marker) => JSON.stringify({ text: marker }),
  "as JSON in ASCII": (marker) =>
    JSON.stringify(marker).replaceAll(
      /[^ -~]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  "as JSON with slashes escaped": (marker) => JSON.stringify(marker).replaceAll("/", "\\/"),
  "as JSON in JSON": (marker) => JSON.stringify({ body: JSON.stringify([marker]) }),
  "percent-encoded": (marker) => `https://provider.test/?q=${encodeURIComponent(marker)}&n=100%`,
  "percent-encoded, as URIs are": (marker) => encodeURI(marker),
  "percent-encoded in lower case": (marker) => encodeURIComponent(marker).toLowerCase(),
  "percent-encoded twice": (marker) => encodeURIComponent(encodeURIComponent(marker)),
  "as a form": (marker) => new URLSearchParams({ q: marker }).toString(),
  "in base64": (marker) => base64(marker),
  "in base64, one byte on": (marker) => base64(`x${marker}yz`),
  "in base64, two bytes on": (marker) => base64(`xy${marker}z`),
  "in base64url": (marker) => Buffer.from(`{"a":"${marker}"}`).toString("base64url"),
  "in base64, in lines": (marker) => base64(marker).replaceAll(/(.{8})/g, "$1\r\n"),
  "in base64, percent-encoded": (marker) => encodeURIComponent(base64(marker)),
};

describe("expectNoContent", () => {
  for (const [written, write] of Object.entries(WRITTEN)) {
    test.each(Object.keys(PLACES))(`finds a marker ${written} in: %s`, async (place) => {
      const marker = written === "percent-encoded in lower case" ? MARKER.toLowerCase() : MARKER;
      const { recorder, span } = startSpan();
      PLACES[place]?.(write(marker))({ recorder, span });
      const failure = await failureOf(() => expectNoContent(recorder, marker));
      expect(failure).toBeInstanceOf(SpanAssertionError);
      expect(failure.message).toContain(`${JSON.stringify(marker)} is in `);
      expect(failure.message).toContain(place.split(" of ")[0]);
    });
  }

  test("finds any marker at any position of any text, in base64 or escaped", () => {
    const texts = fc.string({ unit: "binary", maxLength: 40 });
    const markers = fc.uuid();
    const writers = fc.constantFrom(...Object.values(WRITTEN));
    const property = fc.property(texts, markers, texts, writers, (before, marker, after, write) => {
      const { recorder, span } = startSpan({ plan: before });
      span.setAttribute("text", write(before + marker + after));
      expect(() => expectNoContent(recorder, ["absent", marker])).toThrow(SpanAssertionError);
      recorder.reset();
    });
    fc.assert(property, { seed: SEED, numRuns: 300 });
  });

  test("finds nothing in spans with other texts", () => {
    const values = fc.oneof(fc.string({ unit: "binary" }), fc.double(), fc.boolean(), fc.array(fc.string()));
    const property = fc.property(fc.dictionary(fc.string({ minLength: 1 }), values), (attributes) => {
      const { recorder } = startSpan(attributes);
      expectNoContent(recorder, ["0b8c6e3a-marker", MARKER]);
    });
    fc.assert(property, { seed: SEED, numRuns: 300 });
  });

  test("says where each marker is and how it is written", async () => {
    const { recorder, span } = startSpan({ plan: "Ms Mayer", url: "?q=Ms%20Mayer" });
    span.addEvent("gen_ai.choice", { body: base64("Ms Mayer") });
    const failure = await failureOf(() => expectNoContent(recorder, ["Room 12", "Ms Mayer"]));
    expect(failure.message.split("\n  ")).toEqual([
      "expectNoContent: spans contain markers that they must not contain",
      '"Ms Mayer" is in chat gpt-4o: attribute plan (as it is)',
      '"Ms Mayer" is in chat gpt-4o: attribute url (escaped)',
      '"Ms Mayer" is in chat gpt-4o: event attribute body (in base64)',
    ]);
    expect(failure).toMatchObject({ operator: "expectNoContent", expected: "" });
  });

  test.each(["as it is", "as JSON", "in base64"])(
    "finds a long marker %s of which the end was cut off",
    async (written) => {
      const marker = Array.from({ length: 400 }, (_, index) => `word ${index}`).join(", ");
      const text = WRITTEN[written]?.(marker).slice(0, 1_024) ?? "";
      const { recorder } = startSpan({ text });
      const failure = await failureOf(() => expectNoContent(recorder, marker));
      expect(failure.message).toContain("attribute text");
    },
  );

  test("takes a marker of any length", () => {
    const { recorder } = startSpan({ plan: "pro" });
    expectNoContent(recorder, "Zürich".repeat(200_000));
  });

  test("searches a list of spans, and open spans", async () => {
    const { recorder } = startSpan({ plan: "Ms Mayer" });
    await failureOf(() => expectNoContent(recorder.started, "Ms Mayer"));
    expectNoContent(recorder.open, "Mr Mayer");
  });

  test("fails if there are no spans", async () => {
    const failure = await failureOf(() => expectNoContent(createRecording().recorder, ["marker"]));
    expect(failure.message).toBe("expectNoContent: there are no spans to search");
  });

  test.each([
    ["no marker", []],
    ["an empty one", ["marker", ""]],
    ["a number", [7]],
    ["nothing", undefined],
  ])("refuses %s", (_name, markers) => {
    const { recorder } = startSpan();
    // JavaScript callers can pass such a value.
    expect(() => expectNoContent(recorder, markers as string[])).toThrow(TypeError);
  });
});
