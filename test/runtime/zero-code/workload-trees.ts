/**
 * What `programs/workload.cjs` must give: its texts and its trees.
 */
import { agentSpan, chatSpan } from "../../conformance/expected-spans.ts";
import { loopTree, streamedTree } from "../../serverless/agent-trees.ts";
import { completeSpan, type SpanNode } from "../../support/span-tree.ts";

export const TEXTS: readonly string[] = ["two rooms", "a room in Paris", "a room for two"];
export const TREES: readonly SpanNode[] = [loopTree, streamedTree, agentSpan({}, [chatSpan()])].map(
  completeSpan,
);
export const LOOP: SpanNode = completeSpan(loopTree);
export const STREAM: SpanNode = completeSpan(streamedTree);
