/**
 * SvelteKit with its adapter for Node, built by Vite.
 */
import { ownSpan } from "../conformance/expected-spans.ts";
import { describeChats } from "./chats.ts";
import { onNode, runIn } from "./service.ts";

describeChats({
  name: "SvelteKit",
  build: () => runIn("SvelteKit", "vite/bin/vite.js", "build"),
  start: onNode("SvelteKit", "build"),
  left: "abort",
  around: (run) =>
    ownSpan("sveltekit.handle.root", [ownSpan("sveltekit.resolve", [ownSpan("sveltekit.endpoint", [run])])]),
});
