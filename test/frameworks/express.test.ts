/**
 * Express on AI SDK 5, with instrumentations of OpenTelemetry.
 */
import { ownSpan } from "../conformance/expected-spans.ts";
import { describeChats } from "./chats.ts";
import { onNode } from "./service.ts";

describeChats({
  name: "Express",
  start: onNode("Express", "--import", "./instrumentation.js", "server.js"),
  left: "abort",
  expected: { hasAddress: false },
  around: (run) =>
    ownSpan("POST /chat", [ownSpan("middleware - jsonParser"), ownSpan("request handler", [run])]),
});
