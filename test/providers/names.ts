/**
 * The table of provider ids: which packages make each, and the `gen_ai.provider.name` that somebody decided on for it.
 */
import { readFile, writeFile } from "node:fs/promises";
import type { ProviderId } from "./provider-ids.ts";

/** `null` in the file: nobody has decided yet. */
export interface NamedProviderId extends ProviderId {
  readonly name: string | null;
}

const file = new URL("provider-ids.json", import.meta.url);

export async function readNames(): Promise<NamedProviderId[]> {
  // `writeNames` writes the file.
  return JSON.parse(await readFile(file, "utf8")) as NamedProviderId[];
}

/** An id is a line. */
export async function writeNames(ids: readonly NamedProviderId[]): Promise<void> {
  const lines = ids.map(({ id, name, packages, kinds }) => JSON.stringify({ id, name, packages, kinds }));
  await writeFile(file, `[\n  ${lines.join(",\n  ")}\n]\n`);
}

/** The ids as they are now, with the names that the table has for them. */
export function withNames(ids: readonly ProviderId[], known: readonly NamedProviderId[]): NamedProviderId[] {
  const names = new Map(known.map(({ id, name }) => [id, name]));
  return ids.map((each) => ({ ...each, name: names.get(each.id) ?? null }));
}
