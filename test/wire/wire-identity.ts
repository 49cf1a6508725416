/**
 * Reads the response's id and model from a fixture, at the place where its format has them.
 */
import { readFile } from "node:fs/promises";
import type { WireFormat } from "../../fixtures/provider-server.ts";

export interface WireIdentity {
  readonly id?: string;
  readonly model?: string;
}

interface FixtureFile {
  readonly body?: object;
  readonly events?: readonly { readonly data: unknown }[];
}

/** The field of a streamed event that has the answer, which is the body of a direct answer. */
const ENVELOPES: Partial<Record<WireFormat, string>> = {
  "openai-responses": "response",
  "anthropic-messages": "message",
};

export async function readWireIdentity(
  format: WireFormat,
  fixture: string,
  streaming: boolean,
): Promise<WireIdentity> {
  const file = new URL(`../../fixtures/${format}/${fixture}${streaming ? ".sse" : ""}.json`, import.meta.url);
  // The fixtures have this form.
  const { body, events } = JSON.parse(await readFile(file, "utf8")) as FixtureFile;
  const envelope = ENVELOPES[format];
  for (const answer of events?.map(({ data }) => (envelope ? field(data, envelope) : data)) ?? [body]) {
    const id = field(answer, "id") || field(answer, "responseId");
    const model = field(answer, "model");
    if (typeof id === "string") return { id, ...(typeof model === "string" ? { model } : {}) };
  }
  return {};
}

function field(value: unknown, name: string): unknown {
  // Any object may be read by a key.
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
