/**
 * Fastify with its instrumentation.
 */
import { ownSpan } from "../conformance/expected-spans.ts";
import { describeChats } from "./chats.ts";
import { onNode } from "./service.ts";

describeChats({
  name: "Fastify",
  start: onNode("Fastify", "--import", "./instrumentation.js", "server.js"),
  left: "abort",
  around: (run) =>
    ownSpan("POST /chat", [ownSpan("request", [ownSpan("handler - fastify -> @fastify/otel", [run])])]),
});
