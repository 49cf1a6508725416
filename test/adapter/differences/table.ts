/**
 * Reads the table of differences between the wrapper's spans and the adapter's, and of the programs that show them.
 */
import { readFileSync } from "node:fs";
import { rows, type DifferenceRow } from "./rows.ts";

export type RowName = keyof typeof rows;

/** Programs that show the same differences. */
interface DifferentPrograms {
  readonly differs: readonly string[];
  readonly programs: readonly string[];
}

const found = JSON.parse(readFileSync(new URL("found.json", import.meta.url), "utf8")) as Readonly<
  Partial<Record<RowName, readonly DifferentPrograms[]>>
>;

export interface TableRow extends DifferenceRow {
  readonly name: string;
  readonly differences: readonly DifferentPrograms[];
}

const names = Object.keys(rows) as RowName[];

export const table: readonly TableRow[] = names.map((name) => ({
  ...rows[name],
  name,
  differences: found[name] ?? [],
}));

/** Names in `found.json` that belong to no row. */
export const unknownNames: readonly string[] = Object.keys(found).filter((name) => !(name in rows));

/** The differences of each program. A program may show those of several rows. */
export function expectedDifferences(): ReadonlyMap<string, readonly string[]> {
  const expected = new Map<string, string[]>();
  for (const { differs, programs } of table.flatMap(({ differences }) => differences))
    for (const program of programs)
      expected.set(program, [...(expected.get(program) ?? []), ...differs].toSorted());
  return expected;
}
