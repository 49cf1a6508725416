/**
 * Renews `provider-ids.json` after a change of the packages: `npx tsx test/providers/renew.ts`. A new id has no name until
 * somebody writes it into the file, by the conventions' list of names (test/registry/facts) or its first word.
 */
import { readNames, withNames, writeNames } from "./names.ts";
import { providerIds } from "./provider-ids.ts";

const { ids } = await providerIds();
await writeNames(withNames(ids, await readNames().catch(() => [])));
