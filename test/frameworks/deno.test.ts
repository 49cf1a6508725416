/**
 * Deno's server, traced by the OpenTelemetry of Deno.
 */
import { ownSpan } from "../conformance/expected-spans.ts";
import { describeChats } from "./chats.ts";
import { projects } from "./projects.ts";
import { startService } from "./service.ts";

describeChats({
  name: "Deno",
  start: (environment) =>
    startService({
      folder: projects.Deno.folder,
      command: "./node_modules/@deno/linux-x64-glibc/deno",
      args: [
        "run",
        "--allow-env",
        "--allow-net",
        "--allow-read",
        "--allow-sys",
        "--unstable-no-legacy-abort",
        "server.js",
      ],
      environment: { ...environment, OTEL_DENO: "true" },
    }),
  left: "abort",
  around: (run) => ownSpan("POST", [run]),
  expected: { requests: [ownSpan("POST")], hasAddress: false },
});
