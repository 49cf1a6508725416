/**
 * The row of each span in docs/reference/telemetry.md. The compiler asks for an entry when an operation is added.
 */
import type { Operation } from "../../src/semconv/attributes.ts";

export interface SpanFacts {
  readonly kind: "INTERNAL" | "CLIENT";
  /** What follows the operation in the span's name. */
  readonly target: string;
  readonly opened: string;
  readonly parent: string;
}

export const spans: Readonly<Record<Operation, SpanFacts>> = {
  invoke_agent: {
    kind: "INTERNAL",
    target: "the agent's name",
    opened:
      "each call of `generateText`, `streamText`, `experimental_streamTextLowMemory`, `generateObject`, `streamObject`, and of `generate` or `stream` of an agent",
    parent: "the span that was active at the call",
  },
  chat: {
    kind: "CLIENT",
    target: "the model's id",
    opened: "each logical model call, with all its attempts",
    parent: "invoke_agent",
  },
  execute_tool: {
    kind: "INTERNAL",
    target: "the tool's name",
    opened:
      "each execution of a tool, and each call of `execute` of a tool that `wrapTool` returns. A call that was invalid, denied, waiting for approval, run by the provider or left to the program gets a span with no duration",
    parent: "invoke_agent. If the program calls the tool itself: the span that was active at the call",
  },
  embeddings: {
    kind: "CLIENT",
    target: "the model's id",
    opened: "each call of `embed`, `embedMany`",
    parent: "the span that was active at the call",
  },
  rerank: {
    kind: "CLIENT",
    target: "the model's id",
    opened: "each call of `rerank`",
    parent: "the span that was active at the call",
  },
  generate_content: {
    kind: "CLIENT",
    target: "the model's id",
    opened: "each call of `generateImage`, `generateSpeech`, `transcribe`, `generateVideo`",
    parent: "the span that was active at the call",
  },
};

// The keys are those of the table above.
export const operations = Object.keys(spans) as readonly Operation[];
