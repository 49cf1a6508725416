// The sources that read the SDK's shapes read no field with content, except for reviewed accesses.
//
// Holds: reviewed-accesses.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { contentAccesses, type ContentAccess } from "./content-accesses.ts";
import { contentFields, reviewedAccesses } from "./content-fields.ts";
import { readSourceFolder } from "./source-graph.ts";

const root = fileURLToPath(new URL("../../src/", import.meta.url));

/** These folders never read the SDK's values. They read trace contexts in messages, or finished spans. */
const ELSEWHERE = /^(carriers|propagation|serverless|cloudflare|console|testing|traces|page|view)\b/;

const accesses = readSourceFolder(root)
  .filter(({ path }) => !ELSEWHERE.test(path))
  .flatMap(({ path }) => contentAccesses(path, readFileSync(root + path, "utf8"), contentFields));

type Reviewed = Readonly<Record<string, Readonly<Record<string, string>>>>;

function findings(found: readonly ContentAccess[], reviewed: Reviewed): string[] {
  const used = new Set(found.map(({ file, name, access }) => `${file}: ${name} of \`${access}\``));
  const known = new Set(
    Object.entries(reviewed).flatMap(([file, reasons]) =>
      Object.keys(reasons).map((access) => `${file}: ${access}`),
    ),
  );
  return [
    ...[...used].filter((key) => !known.has(key)),
    ...[...known].filter((key) => !used.has(key)).map((key) => `${key} is reviewed and not there`),
  ];
}

describe("the fields that hold content", () => {
  it("are not read, except for the reviewed accesses", () => {
    expect(findings(accesses, reviewedAccesses)).toEqual([]);
  });

  it("are searched for in the folders that may read them", () => {
    const folders = new Set(accesses.map(({ file }) => file.split("/")[0]));
    expect([...folders]).toEqual(
      expect.arrayContaining(["readers", "adapter", "wrap", "runs", "streams", "mcp"]),
    );
  });

  it("have a reason for each review", () => {
    const reasons = Object.values(reviewedAccesses).flatMap((ofFile) => Object.values(ofFile));
    expect(reasons.filter((reason) => reason.length < 8)).toEqual([]);
  });
});

describe("the rule", () => {
  const planted: readonly string[] = [
    "const said = record.text;",
    "const said = record?.text;",
    'const said = record["text"];',
    "const { text } = asRecord(part) ?? {};",
    "const { text: said } = part;",
    "const { part: { text } } = chunk;",
    "function read({ text }: UnknownRecord) {}",
    "const read = ({ text: said }) => said;",
    "({ text } = part);",
    'const said = Reflect.get(part, "text");',
    'const said = dataOf(part, "text");',
    'if ("text" in part) report(part);',
    'const NAMES = ["type", "text"];',
    "const said = this.#part.text;",
    "part.text.length = 0;",
    "part.text += said;",
    "span.text(record.text.length);",
  ];

  it.each(planted)("finds `%s`", (code) => {
    const found = contentAccesses("readers/call.ts", code, contentFields);
    expect(found.map(({ name }) => name)).toContain("text");
    expect(findings(found, {}).length).toBeGreaterThan(0);
  });

  it.each([
    "interface Part { readonly text: string }",
    "type Text = Part['text'];",
    "part.text = said;",
    "const part = { text: said };",
    'if (part.type === "text") count += 1;',
    "const said = this.text;",
  ])("lets `%s` be", (code) => {
    expect(contentAccesses("readers/call.ts", code, contentFields)).toEqual([]);
  });

  it("finds one more access beside a reviewed one", () => {
    const code = 'const a = part.text === ""; const b = other.text;';
    const [first, second] = contentAccesses("readers/call.ts", code, contentFields);
    const reviewed = { "readers/call.ts": { "text of `part.text`": "compared only" } };
    expect(first && findings([first], reviewed)).toEqual([]);
    expect(second && findings([second], reviewed)).toHaveLength(2);
  });

  it("finds a review without an access", () => {
    const reviewed = { "readers/call.ts": { "text of `part.text`": "compared only" } };
    expect(findings([], reviewed)).toEqual([
      "readers/call.ts: text of `part.text` is reviewed and not there",
    ]);
  });
});
