/**
 * What the packages of backends send of ai-spans' spans, and what they add to them: as docs/backends/packages.ts says.
 *
 * Holds: backend-packages.
 */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { packages } from "../../docs/backends/packages.ts";
import { complaints, snippetsOf } from "../support/snippets.ts";
import { runBackend, type BackendRun, type BackendSpan } from "./run-backend.ts";

/** The spans of program.mjs, in the order of their starts. */
const RECORDED = [
  "request",
  "invoke_agent booking",
  "chat gpt-4o-mini",
  "execute_tool searchRooms",
  "chat gpt-4o-mini",
  "invoke_agent tour",
  "chat gpt-4o-mini",
];

const isOurs = ({ attributes }: BackendSpan): boolean => "gen_ai.operation.name" in attributes;
const ids = (spans: readonly BackendSpan[]): string[] => spans.map(({ id }) => id).toSorted();

/** Facts of the process, which Datadog and Sentry add to the first span of a trace only. */
const OF_THE_PROCESS =
  /^_dd\.(agent_psr|p\.dm|sdk\.otlp_export|tags\.process|top_level)$|^(app|culture|device|os|process)\.|^sentry\.(sample_rate|sdk\.integrations|segment\.name\.source)$/;

/** The namespaces of what ai-spans records in this program. */
const OURS = /^(gen_ai|ai_spans|user)\./;

/** Keys that arrived with a span and that ai-spans does not record, by operation. */
function addedKeys(arrived: readonly BackendSpan[]): Record<string, string[]> {
  const added = new Map<string, Set<string>>();
  for (const { attributes } of arrived.filter(isOurs)) {
    const operation = String(attributes["gen_ai.operation.name"]);
    const keys = Object.keys(attributes).filter((key) => !OURS.test(key) && !OF_THE_PROCESS.test(key));
    added.set(operation, new Set([...(added.get(operation) ?? []), ...keys]));
  }
  const sorted = [...added].map(([operation, keys]) => [operation, [...keys].toSorted()] as const);
  return Object.fromEntries(sorted.filter(([, keys]) => keys.length > 0));
}

/** Two runs have other ids of the SDK's calls, and other times. */
const OF_THE_RUN = /^ai_spans\.call\.id$|time_to_first_chunk$/;

/** Texts, numbers and lists as they are. Datadog makes a number of a boolean, so all are compared as numbers. */
function comparable({ attributes }: BackendSpan, without: readonly string[] = []): Record<string, unknown> {
  const entries = Object.entries(attributes).filter(
    ([key]) => OURS.test(key) && !OF_THE_RUN.test(key) && !without.includes(key),
  );
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === "boolean" ? Number(value) : value]),
  );
}

/** What OpenTelemetry's exporter sends, which changes nothing. */
let control: BackendRun;

beforeAll(async () => {
  control = await runBackend("otlp");
});

describe.each(packages)("$variant, $package $version", (entry) => {
  test("sends what the page says", async () => {
    const { recorded, arrived, paths } = await runBackend(entry.variant);
    // A provider that ai-spans does not get has only the control's span.
    expect(recorded.map(({ name }) => name)).toEqual(entry.records === false ? ["control"] : RECORDED);
    expect([...paths].map((path) => path.replace(/\?.*/, ""))).toEqual(entry.path ? [entry.path] : []);

    const known = new Set(ids(recorded));
    const sent = {
      "every span": recorded,
      "the spans of ai-spans": recorded.filter(({ name }) => name !== "request"),
      "no span of ai-spans": [],
    };
    expect(ids(arrived.filter(({ id }) => known.has(id)))).toEqual(ids(sent[entry.sends]));

    for (const span of arrived.filter(isOurs)) {
      const place = recorded.findIndex(({ id }) => id === span.id);
      const same = control.recorded[place];
      expect(comparable(span)).toEqual(same && comparable(same, entry.drops));
    }
    expect(addedKeys(arrived)).toEqual(entry.adds);
  });

  test("is the version that is installed", () => {
    const manifest = new URL("package.json", import.meta.url);
    const { devDependencies } = JSON.parse(readFileSync(manifest, "utf8")) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    expect(devDependencies[entry.package]).toBe(entry.version);
  });
});

test("OpenTelemetry's exporter sends every span and changes nothing", () => {
  const { recorded, arrived, paths } = control;
  const byId = (spans: readonly BackendSpan[]): BackendSpan[] =>
    spans.toSorted((left, right) => left.id.localeCompare(right.id));
  expect(byId(arrived)).toEqual(byId(recorded));
  expect([...paths]).toEqual(["/v1/traces"]);
});

test("the snippets of the page compile", () => {
  const snippets = snippetsOf("docs/guide/backends.md", "ts backends");
  expect(snippets).toHaveLength(packages.length);
  expect(complaints(snippets, "test/backends")).toEqual([]);
});
