/**
 * NestJS on AI SDK 6, compiled by TypeScript.
 */
import { ownSpan } from "../conformance/expected-spans.ts";
import { describeChats } from "./chats.ts";
import { onNode, runIn } from "./service.ts";

describeChats({
  name: "NestJS",
  build: () => runIn("NestJS", "typescript/bin/tsc"),
  start: onNode("NestJS", "--import", "./dist/instrumentation.js", "dist/main.js"),
  left: "abort",
  expected: { hasAddress: false },
  around: (run) => ownSpan("POST", [run]),
});
