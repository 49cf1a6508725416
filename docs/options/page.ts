/**
 * Writes docs/reference/options.md: the options of each entry, from the types and their comments in the sources.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const SOURCES = new URL("../../src/", import.meta.url);

/** The entries that have options. */
const ENTRIES = [
  "index",
  "instrumentation",
  "console",
  "view",
  "propagation",
  "serverless",
  "cloudflare",
  "testing",
] as const;

/** `ExecuteHookOptions` is what the AI SDK passes. */
const IS_OPTIONS = /^(?!ExecuteHook).*(Options|Config)$/;

interface Option {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

interface OptionType {
  readonly name: string;
  /** The first paragraph of its comment. */
  readonly text: string;
  readonly extended: readonly string[];
  readonly options: readonly Option[];
}

export function optionsPage(): string {
  /** The types that have a section already. */
  const listed = new Set<string>();
  return [
    "# Options",
    "*Reference. Every option of every function, by entry. All of them are checked: an unknown or malformed option throws a `TypeError` that names the function and the option. Only `endOpenRuns` throws nothing: it reports to `diag`.*",
    "<!-- Written by `npm run docs` from the types in src. -->",
    ...ENTRIES.map((entry) => sectionOf(entry, listed)),
  ].join("\n\n");
}

function sectionOf(entry: string, listed: Set<string>): string {
  const file = parse(`${entry}.ts`);
  const title = `## \`ai-spans${entry === "index" ? "" : `/${entry}`}\``;
  const types = exportedInterfaces(file)
    .filter(({ name }) => IS_OPTIONS.test(name) && !listed.has(name))
    .map(({ name, from }) => optionTypeOf(name, from));
  for (const { name } of types) listed.add(name);
  return [title, ...types.map((type) => typeSection(type, listed))].join("\n\n");
}

function typeSection({ name, text, extended, options }: OptionType, listed: ReadonlySet<string>): string {
  const known = extended.filter((base) => listed.has(base));
  const inherited = known.length > 0 ? `\n\nAnd the options of ${known.map(code).join(" and ")}.` : "";
  const rows = options.map((option) => `| ${code(option.name)} | ${code(option.type)} | ${option.text} |`);
  const table =
    rows.length > 0
      ? `\n\n${["| option | type | meaning |", "| --- | --- | --- |", ...rows].join("\n")}`
      : "";
  return `### ${code(name)}\n\n${text}${table}${inherited}`;
}

function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

function parse(path: string): ts.SourceFile {
  const text = readFileSync(fileURLToPath(new URL(path, SOURCES)), "utf8");
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** The interfaces that the entry exports, and the file that declares each of them. */
function exportedInterfaces(file: ts.SourceFile): { readonly name: string; readonly from: ts.SourceFile }[] {
  return file.statements.flatMap((statement) => {
    if (ts.isInterfaceDeclaration(statement) && isExported(statement))
      return [{ name: statement.name.text, from: file }];
    if (!ts.isExportDeclaration(statement) || !statement.exportClause || !statement.moduleSpecifier)
      return [];
    if (!ts.isNamedExports(statement.exportClause)) return [];
    const path = (statement.moduleSpecifier as ts.StringLiteral).text;
    return statement.exportClause.elements
      .map(({ name }) => name.text)
      .filter((name) => IS_OPTIONS.test(name))
      .map((name) => ({ name, from: parse(path) }));
  });
}

function isExported(node: ts.InterfaceDeclaration): boolean {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

function optionTypeOf(name: string, file: ts.SourceFile): OptionType {
  const found = file.statements.find(
    (node): node is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(node) && node.name.text === name,
  );
  if (!found) throw new Error(`${file.fileName} does not declare ${name}`);
  const extended = found.heritageClauses?.flatMap(({ types }) => types.map((type) => type.getText())) ?? [];
  const options = found.members.filter(ts.isPropertySignature).map((member) => ({
    name: member.name.getText(),
    type: member.type?.getText().replaceAll(/\s+/g, " ") ?? "unknown",
    text: commentOf(member),
  }));
  return { name, text: commentOf(found), extended, options };
}

/** The comment of a declaration in one line, without its tags. */
function commentOf(node: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(node);
  const text = comment && ts.isJSDoc(comment) ? ts.getTextOfJSDocComment(comment.comment) : undefined;
  if (!text) throw new Error(`an option has no comment: ${node.getText()}`);
  return text.replaceAll(/\s+/g, " ").trim();
}
