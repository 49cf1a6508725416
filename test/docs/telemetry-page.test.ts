/**
 * docs/reference/telemetry.md is the text that `npm run docs` builds. Its tables agree with the spans of real runs.
 * Each attribute of a span is listed for its operation, and each listed one is on a span.
 */
import { readFile } from "node:fs/promises";
import { SpanKind } from "@opentelemetry/api";
import { SamplingDecision, type ReadableSpan, type Sampler } from "@opentelemetry/sdk-trace-base";
import { withTurn, wrapAISDK } from "ai-spans";
import { beforeAll, describe, expect, test } from "vitest";
import { attributes, turnMetadata } from "../../docs/telemetry/attributes.ts";
import { ANY_NAME, METADATA_GROUP, rowsOf, telemetryPage } from "../../docs/telemetry/page.ts";
import { operations, spans } from "../../docs/telemetry/spans.ts";
import { ATTRIBUTE_KEYS, type Operation } from "../../src/semconv/attributes.ts";
import { attributeKeys, DEFAULT_NAMESPACE, metadataKey } from "../../src/semconv/span-attributes.ts";
import type { Program } from "../conformance/program.ts";
import { programs } from "../conformance/programs.ts";
import { settle } from "../support/gate.ts";
import { majors, type Major } from "../support/majors.ts";
import { setupTelemetry } from "../support/telemetry.ts";

const METADATA_PREFIX = metadataKey(DEFAULT_NAMESPACE, "");

const metadataKeys = new Set([...turnMetadata, ANY_NAME].map((name) => metadataKey(DEFAULT_NAMESPACE, name)));

/** All attributes of real runs, as lines by operation: the key, its type, and whether it was there at the start. */
const recorded = new Map<string, Set<string>>();
const kinds = new Map<string, Set<string>>();

function note(map: Map<string, Set<string>>, operation: unknown, line: string): void {
  const lines = map.get(String(operation)) ?? new Set();
  map.set(String(operation), lines.add(line));
}

function describeAttribute(key: string, type: string, atStart: boolean): string {
  return `${key}: ${type}${atStart ? ", at the start" : ""}`;
}

/** The type in the words of the page if the value has that type. A double may be a whole number. */
function typeOf(value: unknown, listed: string | undefined): string {
  const type = Array.isArray(value) ? "string[]" : typeof value;
  const isListed =
    listed === "scalar"
      ? /^(string|number|boolean)$/.test(type)
      : (listed === "double" && type === "number") || (listed === "int" && Number.isInteger(value));
  return isListed ? String(listed) : type;
}

function noteSpan(span: ReadableSpan, namespace: string, startKeys: ReadonlySet<string>): void {
  const operation = operationOf(span);
  const rows = rowsOf(operation);
  note(kinds, operation, SpanKind[span.kind]);
  for (const [key, value] of Object.entries(span.attributes)) {
    const own = key.startsWith(`${namespace}.`) ? DEFAULT_NAMESPACE + key.slice(namespace.length) : key;
    const named = own.startsWith(METADATA_PREFIX) ? METADATA_PREFIX + ANY_NAME : own;
    const isGrouped = rows.some(({ key: row }) => row === METADATA_GROUP.key) && metadataKeys.has(named);
    const name = isGrouped ? METADATA_GROUP.key : named;
    const type = typeOf(value, rows.find((row) => row.key === name)?.type);
    note(recorded, operation, describeAttribute(name, type, startKeys.has(key)));
  }
}

function operationOf({ name, attributes: spanAttributes }: ReadableSpan): Operation {
  const operation = operations.find((listed) => listed === spanAttributes[ATTRIBUTE_KEYS.operation]);
  if (!operation) throw new Error(`docs/telemetry/spans.ts does not list the operation of ${name}`);
  return operation;
}

async function observe(program: Program, major: Major): Promise<void> {
  const starts: ReadonlySet<string>[] = [];
  const sampler: Sampler = {
    shouldSample: (_context, _traceId, _name, _kind, startAttributes) => {
      starts.push(new Set(Object.keys(startAttributes)));
      return { decision: SamplingDecision.RECORD_AND_SAMPLED };
    },
    toString: () => "keeps the attributes of the start",
  };
  const telemetry = setupTelemetry({ sampler });
  const sdk = wrapAISDK(major.ai, program.options);
  await program.run({ major, sdk, tracer: telemetry.tracer, withTurn });
  await settle(() => telemetry.started.length > 0 && telemetry.open.length === 0);
  const { namespace = DEFAULT_NAMESPACE } = program.options ?? {};
  for (const [index, span] of telemetry.started.entries()) {
    if (span.instrumentationScope.name === "application") continue;
    noteSpan(span, String(namespace), starts[index] ?? new Set());
  }
}

test("docs/reference/telemetry.md is as `npm run docs` writes it", async () => {
  const page = await readFile(new URL("../../docs/reference/telemetry.md", import.meta.url), "utf8");
  expect(page).toBe(telemetryPage());
});

test("every key of the code is documented, and no other", () => {
  expect(Object.keys(attributes).toSorted()).toEqual([...attributeKeys(DEFAULT_NAMESPACE).keys()].toSorted());
});

describe("the spans of real runs", () => {
  beforeAll(async () => {
    for (const program of Object.values(programs).flat()) {
      for (const major of majors) {
        if (program.majors?.includes(major.name) !== false) await observe(program, major);
      }
    }
  }, 120_000);

  test.each(operations)("of %s have the attributes that the page lists, and no others", (operation) => {
    const rows = rowsOf(operation).filter(({ testedBy }) => testedBy === undefined);
    const listed = rows.map(({ key, type, atStart }) => describeAttribute(key, type, atStart === true));
    const lines = recorded.get(operation) ?? new Set();
    // An attribute that is usually there at the start may come later in some runs.
    const known = [...lines].filter((line) => !lines.has(`${line}, at the start`));
    expect(known.toSorted()).toEqual(listed.toSorted());
  });

  test.each(operations)("of %s have the kind that the page lists", (operation) => {
    expect([...(kinds.get(operation) ?? [])]).toEqual([spans[operation].kind]);
  });
});
