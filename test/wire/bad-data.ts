/**
 * Bad answers for the local server, each made from a good answer of a format. Each has the facts that are still known
 * of it.
 */
import { readFile } from "node:fs/promises";
import type { JsonAnswer, RawAnswer, WireFormat } from "../../fixtures/provider-server.ts";
import type { MajorName } from "../support/majors.ts";
import type { ScriptedUsage } from "../support/scripted-model.ts";
import type { WireFacts } from "./wire-facts.ts";

export interface BadAnswer {
  /** What the wire does, in the present tense. */
  readonly title: string;
  readonly answer: RawAnswer;
  readonly factsOn: (major: MajorName) => WireFacts;
}

/** The good answer from which each bad one is made. */
export const goodAnswers: Readonly<Record<WireFormat, { fixture: string; usage: ScriptedUsage }>> = {
  "openai-responses": {
    fixture: "guide-tips",
    usage: { input: 689, output: 33, cacheRead: 0, reasoning: 0 },
  },
  "openai-chat": { fixture: "text", usage: { input: 312, output: 18, cacheRead: 256, reasoning: 0 } },
  "anthropic-messages": {
    fixture: "guide-tips",
    usage: { input: 689, output: 33, cacheRead: 0, cacheWrite: 0 },
  },
  "google-generative-ai": { fixture: "text", usage: { input: 312, output: 16 } },
  "openai-compatible": { fixture: "text", usage: { input: 312, output: 18, cacheRead: 256, reasoning: 0 } },
};

const PAGE = "<!doctype html><html><head><title>Bad gateway</title></head><body>cf-ray: 8f1</body></html>";
const EVENT_STREAM = { "content-type": "text/event-stream; charset=utf-8" };
const JSON_BODY = { "content-type": "application/json" };
const HTML = { "content-type": "text/html; charset=utf-8" };

/** The facts of an answer of which no part is known. */
function nothing(error: string): () => WireFacts {
  return () => ({ error, usage: null, finish: null, output: false, identified: false });
}

const apiCallError = nothing("AI_APICallError");

interface Whole {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The facts of a body that ends without an error or a finish reason. */
  readonly silence: (major: MajorName) => WireFacts;
}

/** Bad answers that do not depend on the format. */
function anyway({ text, headers, silence }: Whole): readonly BadAnswer[] {
  const raw = (answer: Omit<RawAnswer, "kind">): RawAnswer => ({ kind: "raw", end: "close", ...answer });
  return [
    { title: "has no body", answer: raw({ status: 200, headers, text: "" }), factsOn: silence },
    {
      title: "is an HTML page with status 200",
      answer: raw({ status: 200, headers: HTML, text: PAGE }),
      factsOn: silence,
    },
    {
      title: "is an HTML page with status 502",
      answer: raw({ status: 502, headers: HTML, text: PAGE }),
      factsOn: nothing("502"),
    },
    { title: "dies before the headers", answer: raw({ text: "" }), factsOn: apiCallError },
    {
      title: "dies in the headers",
      answer: raw({ text: "HTTP/1.1 200 OK\r\ncontent-type: text/ev" }),
      factsOn: apiCallError,
    },
    {
      title: "is no HTTP",
      answer: raw({ text: "SSH-2.0-OpenSSH_9.6\r\n\r\n" }),
      factsOn: apiCallError,
    },
    {
      title: "says gzip and is plain",
      answer: raw({ status: 200, headers: { ...headers, "content-encoding": "gzip" }, text }),
      factsOn: apiCallError,
    },
  ];
}

/** Bad streams. `middle` is an index between the first output and the last. */
export async function badStreams(format: WireFormat): Promise<readonly BadAnswer[]> {
  const { frames, middle, half } = await readFrames(format);
  const begun = frames.slice(0, middle).join("");
  const raw = (text: string, end: RawAnswer["end"] = "close"): RawAnswer => {
    return { kind: "raw", status: 200, headers: EVENT_STREAM, text, end };
  };
  const broken = (frame: string): RawAnswer =>
    raw([begun, `data: ${frame}\n\n`, ...frames.slice(middle)].join(""));
  return [
    ...anyway({
      text: frames.join(""),
      headers: EVENT_STREAM,
      silence: (major) => unheardOf(format, major),
    }),
    {
      title: "ends without its last events",
      answer: raw(begun),
      factsOn: (major) => silenceOf(format, major),
    },
    {
      title: "ends inside an event",
      answer: raw(begun + half),
      factsOn: (major) => silenceOf(format, major),
    },
    {
      title: "dies in the body",
      answer: raw(begun + half, "cut"),
      factsOn: (major) => ({ error: "AI_APICallError", usage: begunUsage(format, major), finish: null }),
    },
    {
      title: "has an event that is no JSON",
      answer: broken('{"half": '),
      factsOn: (major) => brokenEvent(format, major, "AI_JSONParseError"),
    },
    {
      title: "has an event of another kind",
      answer: broken('["unexpected", 1]'),
      factsOn: (major) => brokenEvent(format, major, "AI_TypeValidationError"),
    },
  ];
}

/** Bad direct answers. */
export async function badAnswers(format: WireFormat): Promise<readonly BadAnswer[]> {
  // The fixtures have this form.
  const { body } = JSON.parse(await readFixture(format, "json")) as JsonAnswer;
  const text = JSON.stringify(body);
  const half = text.slice(0, text.length / 2);
  const raw = (answer: Partial<RawAnswer>): RawAnswer => {
    return { kind: "raw", status: 200, headers: JSON_BODY, end: "close", text: half, ...answer };
  };
  const tooShort = `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${half}`;
  return [
    ...anyway({ text, headers: JSON_BODY, silence: apiCallError }),
    { title: "ends half-way", answer: raw({}), factsOn: apiCallError },
    { title: "is JSON of another kind", answer: raw({ text: "[]" }), factsOn: apiCallError },
    { title: "dies in the body", answer: raw({ end: "cut" }), factsOn: apiCallError },
    { title: "is shorter than it says", answer: { kind: "raw", text: tooShort }, factsOn: apiCallError },
  ];
}

/** `error.type` of a stream that ends silently. Two packages report this themselves. */
function silenceError(format: WireFormat, major: MajorName): string {
  return format === "openai-compatible" && major !== "v5" ? "AI_InvalidResponseDataError" : "_OTHER";
}

/** A stream that ends silently before it began. */
function unheardOf(format: WireFormat, major: MajorName): WireFacts {
  const finish = format === "anthropic-messages" ? null : silenceOf(format, major).finish;
  return { ...nothing(silenceError(format, major))(), finish };
}

/** A stream that ends silently after it began. */
function silenceOf(format: WireFormat, major: MajorName): WireFacts {
  const error = silenceError(format, major);
  if (error !== "_OTHER") return { error, usage: null, finish: "error" };
  // In this case Anthropic's packages send no finish part, except for v7's.
  if (format === "anthropic-messages") {
    return { error, usage: begunUsage(format, major), finish: major === "v7" ? "other" : null };
  }
  if (format !== "google-generative-ai") return { error, usage: null, finish: "other" };
  // Google sends counts with every chunk. What v5's package reports looks like an unknown finish reason.
  return { usage: { input: 312 }, finish: "other", ...(major === "v5" ? {} : { error }) };
}

/** The counts that are known before the last event. v7's package of Anthropic reports those of the first event. */
function begunUsage(format: WireFormat, major: MajorName): ScriptedUsage | null {
  const { output: _, ...input } = goodAnswers[format].usage;
  return format === "anthropic-messages" && major === "v7" ? input : null;
}

/** The rest of the answer arrives after the broken event. */
function brokenEvent(format: WireFormat, major: MajorName, error: string): WireFacts {
  const finish = format === "openai-responses" && major !== "v5" ? "error" : "stop";
  return { error, finish, usage: goodAnswers[format].usage };
}

/** The events of a good stream, as text on the wire. */
export async function readFrames(format: WireFormat) {
  // The fixtures have this form.
  const { events } = JSON.parse(await readFixture(format, "sse.json")) as {
    events: readonly { event?: string; data: unknown }[];
  };
  const frames = events.map(({ event, data }) => {
    const name = event === undefined ? "" : `event: ${event}\n`;
    return `${name}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
  });
  const middle = Math.floor(frames.length * 0.6);
  const frame = frames[middle] ?? "";
  return { frames, middle, half: frame.slice(0, frame.length / 2) };
}

async function readFixture(format: WireFormat, extension: string): Promise<string> {
  const name = `${goodAnswers[format].fixture}.${extension}`;
  return readFile(new URL(`../../fixtures/${format}/${name}`, import.meta.url), "utf8");
}
