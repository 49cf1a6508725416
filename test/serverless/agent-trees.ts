/**
 * The span trees of the runs of `Agent`.
 */
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import type { ExpectedSpan } from "../support/span-tree.ts";

export const streamedTree: ExpectedSpan = agentSpan({}, [chatSpan({ streaming: true })]);

export const loopTree: ExpectedSpan = agentSpan({}, [
  chatSpan({ finish: "tool_call" }),
  toolSpan("searchRooms", "call-1"),
  chatSpan(),
]);
