/**
 * Writes docs/telemetry.md, and the generated sections of docs/reference/adapter.md and docs/reference/differences.md:
 * `npm run docs`.
 */
import { readFile, writeFile } from "node:fs/promises";
import { withAdapterDifferences } from "../differences/adapter.ts";
import { withOlderReleases } from "../differences/section.ts";
import { telemetryPage } from "./page.ts";

const adapter = new URL("../reference/adapter.md", import.meta.url);
const differences = new URL("../reference/differences.md", import.meta.url);

await writeFile(new URL("../telemetry.md", import.meta.url), telemetryPage());
await writeFile(differences, withOlderReleases(await readFile(differences, "utf8")));
await writeFile(adapter, withAdapterDifferences(await readFile(adapter, "utf8")));
