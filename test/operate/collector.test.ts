/**
 * The Collector files of operate/collector have only settings that their components document, their pipelines use what
 * is defined, and their policies name attributes that ai-spans records. No Collector runs here: collector-schemas.ts has
 * what is checked, and its sources.
 *
 * Holds: collector-files.
 */
import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { attributeKeys, DEFAULT_NAMESPACE } from "../../src/semconv/span-attributes.ts";
import { components } from "./collector-schemas.ts";

const FOLDER = new URL("../../operate/collector/", import.meta.url);
const files = readdirSync(FOLDER);

interface Pipeline {
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
}

type Kind = keyof Pipeline;

interface Configuration extends Readonly<Record<Kind, Readonly<Record<string, unknown>>>> {
  readonly service: { readonly pipelines: Readonly<Record<string, Pipeline>> };
}

const KINDS: readonly Kind[] = ["receivers", "processors", "exporters"];

const read = (file: string): string => readFileSync(new URL(file, FOLDER), "utf8");
// Each part of it is checked below.
const configurationOf = (yaml: string): Configuration => parse(yaml) as Configuration;

const ajv = new Ajv({ allErrors: true, strict: false });

/** Settings that the component does not document, or that have another type. */
function faults(configuration: Configuration): string[] {
  return KINDS.flatMap((kind) =>
    Object.entries(configuration[kind]).flatMap(([id, settings]) => {
      const [type = ""] = id.split("/");
      const component = components[kind]?.[type];
      if (component === undefined) return [`${kind}: no component ${type}`];
      if (ajv.validate(component.schema, settings)) return [];
      return [`${id}: ${ajv.errorsText(ajv.errors, { dataVar: "" })}`];
    }),
  );
}

/** Components of pipelines that are not defined. */
function undefinedComponents(configuration: Configuration): string[] {
  return Object.values(configuration.service.pipelines).flatMap((pipeline) =>
    KINDS.flatMap((kind) => pipeline[kind].filter((id) => !(id in configuration[kind]))),
  );
}

/** Components that are defined and in no pipeline. The Collector does not start them. */
function unused(configuration: Configuration): string[] {
  const pipelines = Object.values(configuration.service.pipelines);
  return KINDS.flatMap((kind) =>
    Object.keys(configuration[kind]).filter(
      (id) => !pipelines.some((pipeline) => pipeline[kind].includes(id)),
    ),
  );
}

test("the files are those of the guide", () => {
  expect(files).toEqual([
    "agent.yaml",
    "gateway.yaml",
    "load-balancing.yaml",
    "one-service.yaml",
    "tail-sampling.yaml",
  ]);
  const guide = readFileSync(new URL("../../docs/guide/collector.md", import.meta.url), "utf8");
  for (const file of files) expect(guide).toContain(`(../../operate/collector/${file})`);
});

describe.each(files)("%s", (file) => {
  const yaml = read(file);
  const configuration = configurationOf(yaml);

  test("has only settings that its components document", () => {
    expect(faults(configuration)).toEqual([]);
  });

  test("uses in its pipelines what it defines, but for the option", () => {
    expect(undefinedComponents(configuration)).toEqual([]);
    expect(unused(configuration).filter((id) => id !== "redaction/metadata")).toEqual([]);
    for (const id of unused(configuration))
      expect(yaml).toMatch(new RegExp(`# An option: [^\\n]*\\n  ${id}:`));
  });

  test("limits memory first and batches last", () => {
    for (const { processors, exporters } of Object.values(configuration.service.pipelines)) {
      expect(processors[0]).toBe("memory_limiter");
      if (!exporters.includes("load_balancing")) expect(processors.at(-1)).toBe("batch");
    }
  });

  test("says that no Collector has checked it", () => {
    expect(yaml.replaceAll("\n# ", " ")).toContain("not by a Collector");
  });
});

interface Policy {
  readonly type: string;
  readonly [settings: string]: unknown;
}

test("the policies name attributes that ai-spans records", () => {
  const { processors } = configurationOf(read("tail-sampling.yaml"));
  const { policies } = processors["tail_sampling"] as { readonly policies: readonly Policy[] };
  const keys = policies.flatMap((policy) => {
    const { key } = policy[policy.type] as { readonly key?: string };
    return key === undefined ? [] : [key];
  });
  const recorded = new Set<string>(attributeKeys(DEFAULT_NAMESPACE).values());
  expect(keys.length).toBeGreaterThan(2);
  expect(keys.filter((key) => !recorded.has(key))).toEqual([]);
});

test("the option masks the caller's metadata and nothing else of ai-spans", () => {
  const recorded = [...attributeKeys(DEFAULT_NAMESPACE).values(), "ai_spans.metadata.plan"];
  for (const file of files) {
    const settings = configurationOf(read(file)).processors["redaction/metadata"];
    if (settings === undefined) continue;
    const { blocked_key_patterns: patterns } = settings as {
      readonly blocked_key_patterns: readonly string[];
    };
    const blocked = recorded.filter((key) => patterns.some((pattern) => new RegExp(pattern).test(key)));
    expect(blocked.toSorted()).toEqual(
      ["ai_spans.metadata.plan", "user.id"].filter((key) => recorded.includes(key)),
    );
  }
});

test.each([
  ["a misspelled setting", "decision_wait: 2m", "decision_waits: 2m", "must NOT have additional properties"],
  ["a number without a unit", "decision_wait: 2m", "decision_wait: 120", "must be string"],
  [
    "a policy without its settings",
    "latency: { threshold_ms: 30000 }",
    "share: {}",
    "must match exactly one schema",
  ],
  ["an unknown component", "otlp_http/backend:", "otlphttp/backend:", "no component otlphttp"],
])("%s is found", (_title, right, wrong, fault) => {
  const yaml = read("tail-sampling.yaml");
  expect(yaml).toContain(right);
  expect(faults(configurationOf(yaml.replace(right, wrong))).join("\n")).toContain(fault);
});

test("each schema has its source, with the commit", () => {
  for (const { source } of Object.values(components).flatMap((types) => Object.values(types)))
    expect(source).toMatch(
      /^open-telemetry\/opentelemetry-collector(-contrib)?\/[\w/]+\/config\.schema\.yaml@[0-9a-f]{40}$/,
    );
});
