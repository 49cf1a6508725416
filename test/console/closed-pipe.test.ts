/**
 * A program whose output nobody reads any more (`node app.js | head`) goes on, as it does with `console.log`.
 *
 * Holds: containment.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("a reader that has left does not end the program", async () => {
  const child = spawn(process.execPath, ["--import", "tsx", "test/console/closed-pipe-program.ts"], {
    cwd: root,
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = once(child, "close");
  await once(child.stderr, "data");
  child.stdout.destroy();
  await once(child.stdout, "close");
  child.stdin.end();
  const [code] = await ended;
  expect({ code, said }).toEqual({ code: 0, said: "ready, survived" });
}, 120_000);
