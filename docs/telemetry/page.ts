/**
 * Builds the text of docs/reference/telemetry.md from the tables beside it and the code's keys. Reads and writes no file.
 */
import { attributeKeys, DEFAULT_NAMESPACE, metadataKey } from "../../src/semconv/span-attributes.ts";
import type { Operation } from "../../src/semconv/attributes.ts";
import { attributes, turnMetadata, type AttributeFacts, type Occurrence } from "./attributes.ts";
import { operations, spans } from "./spans.ts";
import { wireCounts, wireFormats } from "./wire-counts.ts";

/** The one operation that carries the metadata of a turn. */
export const METADATA_OPERATION: Operation = "invoke_agent";
/** The place of any name in a key. */
export const ANY_NAME = "{name}";

const SCALAR = "it is a string, a finite number or a boolean";

/** The same keys in one row. */
export const METADATA_GROUP: Row = {
  key: "metadata of the turn, as on invoke_agent",
  type: "scalar",
  from: "the turn",
  when: "it is set",
};

/** For a tool call outside any run. */
const DIRECT_METADATA_GROUP: Row = {
  ...METADATA_GROUP,
  when: "it is set, and the program calls the tool itself (`wrapTool`)",
};

interface Row extends Occurrence {
  readonly key: string;
  readonly type: string;
}

const keys = attributeKeys(DEFAULT_NAMESPACE);

/** The attributes of one operation's spans, by key. */
export function rowsOf(operation: Operation): Row[] {
  const rows = Object.entries<AttributeFacts>(attributes).flatMap(([name, { type, on }]): Row[] => {
    const occurrence = on[operation];
    const key = keys.get(name);
    if (key === undefined) throw new Error(`the code has no attribute of the name ${name}`);
    return occurrence ? [{ key, type, ...occurrence }] : [];
  });
  if (operation === METADATA_OPERATION) return [...rows, ...metadataRows()];
  if (operation === "execute_tool") return [...rows, DIRECT_METADATA_GROUP];
  return operation === "chat" ? rows : [...rows, METADATA_GROUP];
}

function metadataRows(): Row[] {
  return [...turnMetadata, ANY_NAME].map((name) => ({
    key: metadataKey(DEFAULT_NAMESPACE, name),
    type: "scalar",
    from: name === ANY_NAME ? "any other name of the turn" : `\`${name}\` of the turn`,
    when:
      name === ANY_NAME
        ? `${SCALAR}. At most 64 are recorded, those above first. A name is cut at 64 characters`
        : SCALAR,
  }));
}

export function telemetryPage(): string {
  return [
    "# Telemetry: spans and attributes to look up",
    "<!-- Made by `npm run docs` from docs/telemetry/ and src/semconv/. Do not edit. -->",
    "*Reference. For someone who looks up one span or attribute. After it you know its type, its source and when it is present.*",
    "How the spans belong together and how they end: [spans.md](spans.md). Where versions of the AI SDK differ: [differences.md](differences.md).",
    "A key in *italics* is passed when the span starts, so samplers get it. `ai_spans` is the option `namespace`. *Turn* means `withTurn`, the call's `experimental_telemetry.metadata` (v5, v6), or the allowed keys of its `runtimeContext` (v7).",
    "## Spans",
    table(
      ["operation", "kind", "name ends in", "opened for", "child of"],
      operations.map((operation) => {
        const { kind, target, opened, parent } = spans[operation];
        return [`[${operation}](#${operation})`, kind, target, opened, parent];
      }),
    ),
    ...operations.flatMap((operation) => [`## ${operation}`, attributeTable(operation)]),
    "## On the wire",
    "The field of each wire format that a token count comes from, through the provider package. `test/wire` compares the spans with it. Counts that a package leaves out or invents: [provider-usage.md](../why/discoveries/provider-usage.md).",
    table(
      ["attribute", ...Object.values(wireFormats)],
      Object.entries(wireCounts).map(([name, fields]) => [
        `\`${keys.get(name)}\``,
        ...Object.keys(wireFormats).map((format) => fields[format] ?? "no such count"),
      ]),
    ),
  ]
    .join("\n\n")
    .concat("\n");
}

function attributeTable(operation: Operation): string {
  return table(
    ["attribute", "type", "from", "present when"],
    rowsOf(operation).map(({ key, type, from, when, atStart }) => [
      atStart ? `*\`${key}\`*` : `\`${key}\``,
      type,
      from,
      when,
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
