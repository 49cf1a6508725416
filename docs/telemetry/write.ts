/**
 * Writes docs/telemetry.md: `npm run docs`.
 */
import { writeFile } from "node:fs/promises";
import { telemetryPage } from "./page.ts";

await writeFile(new URL("../telemetry.md", import.meta.url), telemetryPage());
