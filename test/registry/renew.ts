/**
 * Renews the facts of the conventions in `facts/` from a folder that has all of them: see README.md. It keeps only what
 * the checks read, and only the spans and metrics that ai-spans can record.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

type JSONObject = Readonly<Record<string, unknown>>;

const SPAN_TYPES = new Set([
  "gen_ai.client.inference",
  "gen_ai.client.embeddings",
  "gen_ai.invoke_agent.internal",
  "gen_ai.execute_tool.internal",
  "mcp.client",
]);
const METRICS = /^gen_ai\.(client|invoke_agent|execute_tool)\./;

const ATTRIBUTE_FIELDS = [
  "name",
  "type",
  "members",
  "custom_values_allowed",
  "deprecated",
  "sensitive_content",
];
const REFERENCE_FIELDS = [
  "name",
  "requirement_level",
  "condition",
  "set_at_span_start",
  "sensitive_content",
  "may_be_sensitive",
];
const SPAN_FIELDS = ["type", "operation_names", "span_name", "span_kind", "allowed_kinds", "attributes"];
const METRIC_FIELDS = ["name", "instrument", "unit", "value_type", "bucket_boundaries", "attributes"];
const META_FIELDS = ["conventions", "upstream"];

/** The file of each fact's source, and what is kept of it. */
export const FILES: Readonly<
  Record<string, { readonly from: string; trim: (source: JSONObject) => JSONObject }>
> = {
  "attributes.json": {
    from: "genai-registry.json",
    trim: ({ meta, attributes }) => ({
      meta: trimMeta(meta),
      attributes: objects(attributes).map((attribute) => ({
        ...pick(attribute, ATTRIBUTE_FIELDS),
        ...(attribute["members"] ? { members: objects(attribute["members"]).map(valueOf) } : {}),
      })),
    }),
  },
  "spans.json": {
    from: "genai-spans.json",
    trim: ({ meta, spans }) => ({
      meta: trimMeta(meta),
      spans: objects(spans)
        .filter(({ type }) => SPAN_TYPES.has(String(type)))
        .map((span) => withReferences(span, SPAN_FIELDS)),
    }),
  },
  "metrics.json": {
    from: "genai-metrics.json",
    trim: ({ meta, metrics, removed }) => ({
      meta: trimMeta(meta),
      metrics: objects(metrics)
        .filter(({ name }) => METRICS.test(String(name)))
        .map((metric) => withReferences(metric, METRIC_FIELDS)),
      removed: objects(removed).map((metric) => pick(metric, ["name", "replaced_by"])),
    }),
  },
};

/** The version of the facts is the commit of upstream. */
function trimMeta(meta: unknown): JSONObject {
  const { sources } = meta as JSONObject;
  return {
    ...pick(meta, META_FIELDS),
    commits: Array.isArray(sources)
      ? objects(sources).map(({ commit }) => commit)
      : (meta as JSONObject)["commits"],
  };
}

function withReferences(source: JSONObject, fields: readonly string[]): JSONObject {
  return {
    ...pick(source, fields),
    attributes: objects(source["attributes"]).map((reference) => pick(reference, REFERENCE_FIELDS)),
  };
}

function valueOf(member: JSONObject | string): unknown {
  return typeof member === "string" ? member : member["value"];
}

function pick(source: unknown, fields: readonly string[]): JSONObject {
  const object = source as JSONObject;
  return Object.fromEntries(fields.filter((field) => field in object).map((field) => [field, object[field]]));
}

/** The source must have lists of objects here. A source of another shape throws. */
function objects(source: unknown): readonly JSONObject[] {
  if (!Array.isArray(source))
    throw new TypeError("the facts have another shape than the one this script knows");
  return source as JSONObject[];
}

/** Writes one entry per line, so that a reviewer can read a renewal as a diff. */
export function asText(facts: JSONObject): string {
  const fields = Object.entries(facts).map(([field, value]) => {
    const entries = Array.isArray(value) ? value.map((entry) => `    ${JSON.stringify(entry)}`) : undefined;
    const text = entries ? `[\n${entries.join(",\n")}\n  ]` : JSON.stringify(value);
    return `  ${JSON.stringify(field)}: ${text}`;
  });
  return `{\n${fields.join(",\n")}\n}\n`;
}

export function readFacts(path: string | URL): JSONObject {
  return JSON.parse(readFileSync(path, "utf8")) as JSONObject;
}

function renew(source: string): void {
  const folder = fileURLToPath(new URL("facts/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  for (const [name, { from, trim }] of Object.entries(FILES)) {
    writeFileSync(join(folder, name), asText(trim(readFacts(join(source, from)))));
  }
}

const [, program = "", source] = process.argv;
if (import.meta.url === pathToFileURL(program).href) {
  if (source === undefined) throw new Error("usage: npm run registry -- <folder with the conventions' JSON>");
  renew(source);
}
