/**
 * `npm run docs`: writes docs/reference/telemetry.md and options.md, docs/guide/backends.md, and the generated sections of adapter.md and
 * differences.md beside them, of docs/guide/doctor.md, of docs/why/design.md, of .oxlintrc.json, and the
 * viewer's page, src/view/built-page.ts.
 */
import { readFile, writeFile } from "node:fs/promises";
import { backendsPage } from "../backends/page.ts";
import { withAdapterDifferences } from "../differences/adapter.ts";
import { withFindings } from "../doctor/findings.ts";
import { withOlderReleases } from "../differences/section.ts";
import { withImportRules, withLayerTable } from "../../test/package/layer-tables.ts";
import { optionsPage } from "../options/page.ts";
import { buildPage, pageModule } from "../../test/view/build-page.ts";
import { telemetryPage } from "./page.ts";

const adapter = new URL("../reference/adapter.md", import.meta.url);
const differences = new URL("../reference/differences.md", import.meta.url);

await writeFile(new URL("../reference/telemetry.md", import.meta.url), telemetryPage());
await writeFile(new URL("../reference/options.md", import.meta.url), optionsPage());
await writeFile(new URL("../guide/backends.md", import.meta.url), backendsPage());
await writeFile(differences, withOlderReleases(await readFile(differences, "utf8")));
await writeFile(adapter, withAdapterDifferences(await readFile(adapter, "utf8")));

const doctor = new URL("../guide/doctor.md", import.meta.url);
await writeFile(doctor, withFindings(await readFile(doctor, "utf8")));

const design = new URL("../why/design.md", import.meta.url);
const linter = new URL("../../.oxlintrc.json", import.meta.url);
await writeFile(design, withLayerTable(await readFile(design, "utf8")));
await writeFile(linter, withImportRules(await readFile(linter, "utf8")));

await writeFile(new URL("../../src/view/built-page.ts", import.meta.url), pageModule(await buildPage()));
