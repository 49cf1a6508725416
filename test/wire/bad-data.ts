/**
 * What goes wrong on the way from a provider, as answers of the local server: each made from a good answer of a format.
 */
import { readFile } from "node:fs/promises";
import type { JsonAnswer, RawAnswer, ScriptedAnswer, WireFormat } from "../../fixtures/provider-server.ts";

export interface BadAnswer {
  /** Present tense: what the wire does. */
  readonly title: string;
  /** Something of the answer reached the application before it went wrong. */
  readonly begins?: boolean;
  readonly answer: ScriptedAnswer;
}

const PAGE = "<!doctype html><html><head><title>Bad gateway</title></head><body>cf-ray: 8f1</body></html>";
const EVENT_STREAM = { "content-type": "text/event-stream; charset=utf-8" };
const JSON_BODY = { "content-type": "application/json" };
const HTML = { "content-type": "text/html; charset=utf-8" };

const raw = (answer: Omit<RawAnswer, "kind">): RawAnswer => ({ kind: "raw", ...answer });

/** Bad ways to answer that need nothing of the format. */
function anyway(good: string, headers: Readonly<Record<string, string>>): readonly BadAnswer[] {
  return [
    { title: "the body is empty", answer: raw({ status: 200, headers, end: "close", text: "" }) },
    {
      title: "an HTML page comes with status 200",
      answer: raw({ status: 200, headers: HTML, end: "close", text: PAGE }),
    },
    {
      title: "an HTML page comes with status 502",
      answer: raw({ status: 502, headers: HTML, end: "close", text: PAGE }),
    },
    { title: "the socket dies before the headers", answer: raw({ text: "" }) },
    {
      title: "the socket dies in the headers",
      answer: raw({ text: "HTTP/1.1 200 OK\r\ncontent-type: text/ev" }),
    },
    {
      title: "the status line is none",
      answer: raw({ text: "SSH-2.0-OpenSSH_9.6\r\n\r\n" }),
    },
    {
      title: "the body says gzip and is plain",
      answer: raw({
        status: 200,
        headers: { ...headers, "content-encoding": "gzip" },
        end: "close",
        text: good,
      }),
    },
  ];
}

export async function badStreams(format: WireFormat): Promise<readonly BadAnswer[]> {
  const { frames, good, middle } = await readFrames(format);
  const begun = frames.slice(0, middle).join("");
  const [, half = ""] = /^([^]*"(?:delta|text|content)[^]{4})/.exec(frames[middle] ?? "") ?? [];
  const headers = EVENT_STREAM;
  return [
    ...anyway(good, headers),
    {
      title: "the stream ends without its last events",
      begins: true,
      answer: raw({ status: 200, headers, end: "close", text: begun }),
    },
    {
      title: "the stream ends in the midst of an event",
      begins: true,
      answer: raw({ status: 200, headers, end: "close", text: begun + half }),
    },
    {
      title: "the socket dies in the body",
      begins: true,
      answer: raw({ status: 200, headers, end: "cut", text: begun + half }),
    },
    {
      title: "an event holds no JSON",
      begins: true,
      answer: raw({
        status: 200,
        headers,
        end: "close",
        text: [begun, 'data: {"half": \n\n', ...frames.slice(middle)].join(""),
      }),
    },
    {
      title: "an event holds JSON of another kind",
      begins: true,
      answer: raw({
        status: 200,
        headers,
        end: "close",
        text: [begun, 'data: ["unexpected", 1]\n\n', ...frames.slice(middle)].join(""),
      }),
    },
  ];
}

export async function badAnswers(format: WireFormat): Promise<readonly BadAnswer[]> {
  // The file is written to this form.
  const { body } = JSON.parse(await readFixture(format, `${goodName(format)}.json`)) as JsonAnswer;
  const good = JSON.stringify(body);
  const half = good.slice(0, good.length / 2);
  const headers = JSON_BODY;
  return [
    ...anyway(good, headers),
    { title: "the body ends half-way", answer: raw({ status: 200, headers, end: "close", text: half }) },
    {
      title: "the body is JSON of another kind",
      answer: raw({ status: 200, headers, end: "close", text: "[]" }),
    },
    { title: "the socket dies in the body", answer: raw({ status: 200, headers, end: "cut", text: half }) },
    {
      title: "the body is shorter than it says",
      answer: raw({
        text: `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${good.length}\r\n\r\n${half}`,
      }),
    },
  ];
}

function goodName(format: WireFormat): string {
  return format === "anthropic-messages" || format === "openai-responses" ? "guide-tips" : "text";
}

/** The events of a good stream as they go over the wire, and where its second piece of text comes. */
async function readFrames(format: WireFormat) {
  const text = await readFixture(format, `${goodName(format)}.sse.json`);
  // The file is written to this form.
  const { events } = JSON.parse(text) as { events: { event?: string; data: unknown }[] };
  const frames = events.map(({ event, data }) => {
    const name = event === undefined ? "" : `event: ${event}\n`;
    return `${name}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
  });
  return { frames, good: frames.join(""), middle: Math.floor(frames.length * 0.6) };
}

async function readFixture(format: WireFormat, file: string): Promise<string> {
  return readFile(new URL(`../../fixtures/${format}/${file}`, import.meta.url), "utf8");
}
