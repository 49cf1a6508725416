/**
 * docs/why/comparison.md and the table of the README are those of the last `npm run compare`, whose packages are the ones
 * of the lockfile. Every instrumentation that the README names was measured.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { comparisonPage, README_TABLE, readmeTable } from "../../bench/compare/page.ts";
import { PEERS, PROGRAMS, type Comparison } from "../../bench/compare/results.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const comparison = JSON.parse(read("bench/compare/results.json")) as Comparison;

test("the page is that of the results", () => {
  expect(read("docs/why/comparison.md")).toBe(comparisonPage(comparison));
});

test("the README has the table of the results", () => {
  const [table] = README_TABLE.exec(read("README.md")) ?? [];
  expect(table).toBe(readmeTable(comparison));
});

test("each instrumentation has run each program", () => {
  for (const { id } of PEERS) expect(Object.keys(comparison.results[id] ?? {}), id).toEqual([...PROGRAMS]);
});

test("the packages are those of the lockfile", () => {
  const { packages } = JSON.parse(read("bench/compare/package-lock.json")) as {
    readonly packages: Readonly<Record<string, { readonly version: string } | undefined>>;
  };
  const { "ai-spans": ours, ...others } = comparison.versions;
  expect(ours).toBe((JSON.parse(read("package.json")) as { readonly version: string }).version);
  for (const [name, version] of Object.entries({ ...others, ai: comparison.ai }))
    expect(packages[`node_modules/${name}`]?.version, name).toBe(version);
});

test("ai-spans has done what it promises", () => {
  const ours = PEERS.filter(({ packageName }) => packageName === "ai-spans");
  for (const { id } of ours) {
    for (const name of PROGRAMS) {
      const result = comparison.results[id]?.[name];
      expect(result, `${id} ${name}`).toMatchObject({ open: 0, content: [] });
      const outcome = {
        abort: "canceled",
        break: "canceled",
        disconnect: "canceled",
        unread: "canceled",
        failure: "error",
      };
      expect(result?.outcome).toBe(outcome[name as keyof typeof outcome] ?? "as complete");
    }
  }
});
