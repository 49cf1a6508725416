/**
 * Next.js, built by Turbopack.
 */
import { ownSpan } from "../conformance/expected-spans.ts";
import { describeChats } from "./chats.ts";
import { onNode, runIn } from "./service.ts";

const NEXT = "next/dist/bin/next";

describeChats({
  name: "Next.js",
  build: () => runIn("Next.js", NEXT, "build"),
  start: (environment) =>
    onNode("Next.js", `node_modules/${NEXT}`, "start")({ ...environment, NEXT_MANUAL_SIG_HANDLE: "true" }),
  left: "abort",
  around: (run) => ownSpan("POST /chat", [ownSpan("executing api route (app) /chat", [run])]),
  expected: { requests: [ownSpan("fetch POST MODEL/v1/responses")], hasAddress: false },
  ignored: [
    "load app route module",
    "load instrumentation module",
    "load route module",
    "prepare route module",
    "register instrumentation",
    "resolve page components",
    "start response",
  ],
});
