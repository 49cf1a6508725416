/**
 * Writes docs/telemetry.md and the generated section of docs/differences.md: `npm run docs`.
 */
import { readFile, writeFile } from "node:fs/promises";
import { withOlderReleases } from "../differences/section.ts";
import { telemetryPage } from "./page.ts";

const differences = new URL("../differences.md", import.meta.url);

await writeFile(new URL("../telemetry.md", import.meta.url), telemetryPage());
await writeFile(differences, withOlderReleases(await readFile(differences, "utf8")));
