/**
 * Finds the calls in our TypeScript sources that report our own failures, and the site that each call names. It reads
 * syntax only.
 */
import ts from "typescript";
import { BOUNDARY } from "../package/boundary-table.ts";
import type { SiteException } from "./diagnostic-site-exceptions.ts";

/** The functions whose first argument appears in a `diag` line. */
const REPORTERS: ReadonlySet<string> = new Set([...BOUNDARY, "carrierPair"]);

export interface Site {
  readonly file: string;
  readonly reporter: string;
  /** The argument as it is written. */
  readonly argument: string;
  /** The text of the argument, if it is a string literal. */
  readonly text: string | undefined;
}

export function sitesOf(file: string, code: string): Site[] {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const sites: Site[] = [];
  const visit = (node: ts.Node): void => {
    const [first] = ts.isCallExpression(node) ? node.arguments : [];
    const reporter = ts.isCallExpression(node) ? reporterOf(node.expression) : undefined;
    if (first && reporter !== undefined) {
      const text = ts.isStringLiteralLike(first) ? first.text : undefined;
      sites.push({ file, reporter, argument: first.getText(source), text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return sites;
}

function reporterOf(callee: ts.Expression): string | undefined {
  if (ts.isIdentifier(callee)) return REPORTERS.has(callee.text) ? callee.text : undefined;
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const isOfLog = /^(diag|console)$/.test(callee.expression.getText());
  return isOfLog || REPORTERS.has(callee.name.text) ? callee.getText() : undefined;
}

export function siteFindings(sites: readonly Site[], exceptions: readonly SiteException[]): string[] {
  const excepts = ({ file, site }: SiteException, found: Site): boolean =>
    file === found.file && site === found.argument;
  const open = sites.filter(
    (site) => site.text === undefined && !exceptions.some((exception) => excepts(exception, site)),
  );
  const unused = exceptions.filter((exception) => !sites.some((site) => excepts(exception, site)));
  return [
    ...open.map(({ file, reporter, argument }) => `${file}: ${reporter}(${argument})`),
    ...unused.map(({ file, site }) => `${file}: no site \`${site}\` for its exception`),
  ];
}

/** Each text once. A carrier's text has the prefix that its `diag` line has. */
export function literalSites(sites: readonly Site[]): string[] {
  const texts = sites.flatMap(({ reporter, text }) => {
    if (text === undefined) return [];
    return reporter === "carrierPair" ? [`carrier ${text}`] : [text];
  });
  return [...new Set(texts)];
}
