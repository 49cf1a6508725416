/**
 * Where the spans and metrics of ai-spans differ from the conventions on purpose. Each entry has its findings and the
 * reason. docs/why/conformance.md has this table too.
 */
import type { Finding, Rule } from "./finding.ts";

export interface Deviation {
  readonly rule: Rule;
  /** Operations of spans, names of metrics, or `ANY`. */
  readonly on: readonly string[];
  /** All subjects of findings that belong to this entry. */
  readonly subjects: readonly string[];
  readonly reason: string;
}

export const ANY = "any";
const OF_MODELS = ["embeddings", "generate_content", "rerank"];

export const DEVIATIONS: readonly Deviation[] = [
  {
    rule: "attribute of others",
    on: ["invoke_agent"],
    subjects: ["gen_ai.agent.id", "gen_ai.agent.version"],
    reason: "the caller passes them on purpose; upstream discusses the id's return (PR 546)",
  },
  {
    rule: "attribute of others",
    on: ["invoke_agent"],
    subjects: [
      "gen_ai.usage.cache_read.input_tokens",
      "gen_ai.usage.cache_write.input_tokens",
      "gen_ai.usage.reasoning.output_tokens",
    ],
    reason: "a run's cost can be read from one span",
  },
  {
    rule: "attribute of others",
    on: ["invoke_agent", "execute_tool", ...OF_MODELS],
    subjects: ["user.id"],
    reason: "the caller's name for the user; proposed upstream for invoke_agent (PR 552)",
  },
  {
    rule: "custom value",
    on: ["rerank", "gen_ai.client.operation.duration", "ai_spans.client.retries"],
    subjects: ["gen_ai.operation.name=rerank"],
    reason:
      "upstream has no operation for reranking; its spans are held to what the inference spans may have, response id included",
  },
  {
    rule: "custom value",
    on: ["generate_content"],
    subjects: ["gen_ai.output.type=video"],
    reason: "upstream lists no word for it",
  },
  {
    rule: "start",
    on: ["invoke_agent"],
    subjects: ["gen_ai.agent.name"],
    reason: "an agent may name its call in `prepareCall`, after the span has started",
  },
  {
    rule: "start",
    on: OF_MODELS,
    subjects: ["gen_ai.provider.name"],
    reason: "the SDK looks up a model that is named by its id after the span has started",
  },
  {
    rule: "required",
    on: [ANY],
    subjects: ["gen_ai.provider.name"],
    reason: "the model that the caller passed names no provider, and we invent none",
  },
  {
    rule: "name length",
    on: [ANY],
    subjects: ["the bare operation"],
    reason:
      "a name longer than 64 bytes in UTF-8 is cut back to the operation, so that names stay of low cardinality",
  },
];

export function deviationOf({ rule, on, subject }: Finding): Deviation | undefined {
  return DEVIATIONS.find(
    (deviation) =>
      deviation.rule === rule &&
      (deviation.on.includes(ANY) || deviation.on.includes(on)) &&
      deviation.subjects.includes(subject),
  );
}
