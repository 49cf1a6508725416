/**
 * The dashboard's file is what its script writes, its panels lie beside each other, and dashboard and rules name only
 * metrics and attributes that ai-spans records. Every alert leads to a section of the runbook.
 *
 * Holds: dashboard, alert-rules.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { dashboardFile } from "../../operate/dashboard.ts";
import { metricsOf } from "../../src/semconv/metrics.ts";
import { attributeKeys, DEFAULT_NAMESPACE } from "../../src/semconv/span-attributes.ts";
import { DASHBOARD, panels, panelsOfFile, type GridPosition } from "./panels.ts";

const RULES = new URL("../../operate/prometheus-rules.yml", import.meta.url);
const rules = readFileSync(RULES, "utf8");

const metrics = Object.values(metricsOf(DEFAULT_NAMESPACE)).flat();
const inPrometheus = (name: string): string => name.replaceAll(".", "_");

/** What a query may name, with the suffixes that Prometheus adds to a metric of that kind and unit. */
const recorded = new Set([
  ...[...attributeKeys(DEFAULT_NAMESPACE).values()].map((key) => inPrometheus(key)),
  ...metrics.flatMap(({ name, unit, buckets }) => {
    if (buckets === undefined) return [`${inPrometheus(name)}_total`];
    const suffix = unit === "s" ? "(_seconds)?" : "";
    return ["_count", "_sum", "_bucket"].map((part) => `${inPrometheus(name)}${suffix}${part}`);
  }),
]);

/** Names in a query, without those of recorded series, which have colons. */
function namesIn(query: string): string[] {
  const withoutRecorded = query.replaceAll(/\w+:\w+:\w+/g, "");
  const names = withoutRecorded.matchAll(/\b(?:gen_ai|ai_spans|error)_\w+(?:\(_seconds\)\?\w+)?/g);
  return [...new Set([...names].map(([name]) => name))];
}

const unknown = (query: string): string[] => namesIn(query).filter((name) => !recorded.has(name));

function overlap(left: GridPosition, right: GridPosition): boolean {
  const beside = left.x + left.w <= right.x || right.x + right.w <= left.x;
  const below = left.y + left.h <= right.y || right.y + right.h <= left.y;
  return !beside && !below;
}

test("the file is what `npm run dashboard` writes", () => {
  expect(readFileSync(DASHBOARD, "utf8")).toBe(dashboardFile());
});

test("each panel has its own place, id and title", () => {
  const all = panelsOfFile();
  expect(all.length).toBeGreaterThan(20);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
  for (const [index, { gridPos, title }] of all.entries()) {
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
    const others = all.slice(index + 1).filter((other) => overlap(gridPos, other.gridPos));
    expect(
      others.map((other) => other.title),
      title,
    ).toEqual([]);
  }
});

test.each(panels())("the panel $title names what ai-spans records", ({ expression }) => {
  expect(namesIn(expression)).not.toEqual([]);
  expect(unknown(expression)).toEqual([]);
});

test("the rules name what ai-spans records", () => {
  const expressions = rules.replaceAll(/^ *#.*$/gm, "");
  expect(namesIn(expressions).length).toBeGreaterThan(10);
  expect(unknown(expressions)).toEqual([]);
});

test("a name that ai-spans does not record is found", () => {
  const query =
    'rate(gen_ai_agent_duration_count[5m]) + ai_spans_client_retries{error_kind="429"} + job:ai_spans_x:rate5m';
  expect(unknown(query)).toEqual(["gen_ai_agent_duration_count", "ai_spans_client_retries", "error_kind"]);
});

test("each alert leads to a section of the runbook", () => {
  const runbook = readFileSync(new URL("../../docs/guide/runbook.md", import.meta.url), "utf8");
  const anchors = new Set<string>();
  for (const [, heading = ""] of runbook.matchAll(/^## (.+)$/gm))
    anchors.add(heading.toLowerCase().replaceAll(" ", "-"));
  const alerts = rules.match(/^ +- alert: /gm) ?? [];
  const links = [...rules.matchAll(/^ +runbook_url: docs\/guide\/runbook\.md#(\S+)$/gm)];
  expect(links).toHaveLength(alerts.length);
  expect(links.map(([, anchor = ""]) => anchor).filter((anchor) => !anchors.has(anchor))).toEqual([]);
});
