// A test names every promise of test/requirements.ts, and the page of each promise exists.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { requirements } from "../requirements.ts";

const root = new URL("../../", import.meta.url);

/** The ids of promises in the head comment of a test file. */
function heldBy(source: string): string[] {
  const [, ids = ""] = /^(?:\/\/| \*) Holds: ([\w ,-]+)\.$/m.exec(source) ?? [];
  return ids.split(", ").filter((id) => id !== "");
}

function testFiles(folder: string): string[] {
  return readdirSync(new URL(folder, root), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : testFiles(`${path}/`);
    return path.endsWith(".test.ts") ? [path] : [];
  });
}

const held = new Set(testFiles("test/").flatMap((path) => heldBy(readFileSync(new URL(path, root), "utf8"))));

test("a test names each promise", () => {
  expect(requirements.map(({ id }) => id).filter((id) => !held.has(id))).toEqual([]);
});

test("no test names a promise that does not exist", () => {
  const known = new Set(requirements.map(({ id }) => id));
  expect([...held].filter((id) => !known.has(id))).toEqual([]);
  expect(known.size).toBe(requirements.length);
});

test("the page of each promise exists", () => {
  const pages = new Set(requirements.map(({ page }) => page));
  expect([...pages].filter((page) => !existsSync(new URL(page, root)))).toEqual([]);
});

test("the line is found in both forms of comments, and nothing else is", () => {
  expect(heldBy("// What is held.\nHolds: ends-once.")).toEqual([]);
  expect(heldBy("// What is held.\n//\n// Holds: ends-once, retries.\n")).toEqual(["ends-once", "retries"]);
  expect(heldBy("/**\n * What is held.\n *\n * Holds: retries.\n */")).toEqual(["retries"]);
});
