/**
 * `ai-spans/ai` instead of `ai` in Next.js, built by Turbopack and by webpack: a route gives whole span trees on each
 * major, and what a browser loads has nothing of ours.
 */
import { once } from "node:events";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { printed } from "../runtime/printed.ts";
import { expectTraced, installed, majors, parse, projectOf, runIn, type Major } from "./projects.ts";

const next = installed("next/dist/bin/next");
const variables = { NEXT_TELEMETRY_DISABLED: "1" };

/**
 * What the route answers.
 *
 * @param command `start` for the application that was built, `dev` for the development server
 */
async function answerOf(
  major: Major,
  command: "start" | "dev",
  flags: readonly string[] = [],
): Promise<string> {
  const args = [next, command, "--hostname", "127.0.0.1", "--port", "0", ...flags];
  const mode = command === "dev" ? "development" : "production";
  const server = spawn(process.execPath, args, {
    cwd: projectOf(major),
    env: { ...process.env, NODE_OPTIONS: "", ...variables, NODE_ENV: mode },
    stdio: ["ignore", "pipe", "inherit"],
    // The development server runs in a child of this process, and both are ended together.
    detached: true,
  });
  try {
    const address = await printed(server, (text) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
      return text.includes("Ready") ? found : undefined;
    });
    return await (await fetch(`${address}/program`)).text();
  } finally {
    if (server.pid !== undefined && server.exitCode === null) {
      const closed = once(server, "close");
      process.kill(-server.pid, "SIGKILL");
      await closed;
    }
  }
}

/** The scripts that the server sends to a browser. */
function scriptsOf(major: Major): string {
  const folder = `${projectOf(major)}.next/static/`;
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".js"),
  );
  return names.map((name) => readFileSync(folder + name, "utf8")).join("\n");
}

describe.each([
  ["Turbopack", []],
  ["webpack", ["--webpack"]],
] as const)("%s", (_name, flags) => {
  test.each(majors)("traces a route on %s, and nothing in the browser", async (major) => {
    rmSync(`${projectOf(major)}.next`, { recursive: true, force: true });
    await runIn(major, process.execPath, [next, "build", ...flags], variables);
    expectTraced(parse(await answerOf(major, "start")));
    // The page uses `generateText`, so the browser has the SDK.
    const scripts = scriptsOf(major);
    expect(scripts).toContain("AI_NoSuchToolError");
    expect(scripts).not.toContain("ai_spans");
  });

  test("traces a route of the development server", async () => {
    expectTraced(parse(await answerOf("v7", "dev", flags)));
  });
});
