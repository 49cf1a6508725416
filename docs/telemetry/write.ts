/**
 * `npm run docs`: writes docs/reference/telemetry.md and the generated sections of adapter.md and differences.md beside it,
 * of docs/why/design.md, and of .oxlintrc.json; and the viewer's page, src/view/built-page.ts.
 */
import { readFile, writeFile } from "node:fs/promises";
import { withAdapterDifferences } from "../differences/adapter.ts";
import { withOlderReleases } from "../differences/section.ts";
import { withImportRules, withLayerTable } from "../../test/package/layer-tables.ts";
import { buildPage, pageModule } from "../../test/view/build-page.ts";
import { telemetryPage } from "./page.ts";

const adapter = new URL("../reference/adapter.md", import.meta.url);
const differences = new URL("../reference/differences.md", import.meta.url);

await writeFile(new URL("../reference/telemetry.md", import.meta.url), telemetryPage());
await writeFile(differences, withOlderReleases(await readFile(differences, "utf8")));
await writeFile(adapter, withAdapterDifferences(await readFile(adapter, "utf8")));

const design = new URL("../why/design.md", import.meta.url);
const linter = new URL("../../.oxlintrc.json", import.meta.url);
await writeFile(design, withLayerTable(await readFile(design, "utf8")));
await writeFile(linter, withImportRules(await readFile(linter, "utf8")));

await writeFile(new URL("../../src/view/built-page.ts", import.meta.url), pageModule(await buildPage()));
