/**
 * Bun's server.
 */
import { describeChats } from "./chats.ts";
import { projects } from "./projects.ts";
import { startService } from "./service.ts";

describeChats({
  name: "Bun",
  start: (environment) =>
    startService({
      folder: projects.Bun.folder,
      command: "./node_modules/@oven/bun-linux-x64/bin/bun",
      args: ["server.js"],
      environment,
    }),
  left: "abort",
  expected: { hasAddress: false },
});
