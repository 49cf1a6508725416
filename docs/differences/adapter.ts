/**
 * The section "What differs from the wrapper" of docs/reference/adapter.md, made of the table behind the comparison of
 * both. Writes no file.
 */
import { table, type TableRow } from "../../test/adapter/differences/table.ts";

const HEADING = "## What differs from the wrapper";
const NEXT_HEADING = "\n## ";

/** The page with this section as the table has it. */
export function withAdapterDifferences(page: string): string {
  const [before = "", after] = page.split(HEADING);
  if (after === undefined) throw new Error(`docs/reference/adapter.md has no ${HEADING}`);
  return `${before}${HEADING}\n\n${section()}${after.slice(after.indexOf(NEXT_HEADING))}`;
}

function section(): string {
  return [
    "<!-- Written by `npm run docs` from test/adapter/differences. -->",
    "",
    "`test/adapter/differences.memory.test.ts` plays the programs of `test/conformance`, `test/exits` and",
    "`test/transparency` once with the wrapper and once with the adapter. It compares names, kinds, parents, order, status",
    "and attributes. A difference that is not in `test/adapter/differences/found.json` fails the test. The last column has",
    "the first program of a row, and the number of the others.",
    "",
    "| what | wrapper | adapter | why | program |",
    "| --- | --- | --- | --- | --- |",
    ...table.map(lineOf),
    "",
  ].join("\n");
}

function lineOf(row: TableRow): string {
  return `| ${[row.what, row.wrapper, row.adapter, row.why, programOf(row)].join(" | ")} |`;
}

function programOf({ differences, test }: TableRow): string {
  const programs = differences.flatMap((different) => different.programs);
  const [first, ...others] = programs;
  if (first === undefined) return test ? `\`${test.file}\`: ${test.title}` : "";
  return others.length === 0 ? first : `${first}; ${others.length} more`;
}
