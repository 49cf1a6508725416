/** `npm run api`: packs the package in a clean copy of the repository, and renews the reports of what it publishes. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkOut, repository } from "./checkout.ts";
import { pack } from "./pack.ts";
import { REPORT_FOLDER, reportsOf } from "./reports.ts";
import { LICENSES_FILE, thirdPartyLicenses } from "./third-party.ts";

// The package holds this file, so it is renewed before the package is packed.
writeFileSync(join(repository, LICENSES_FILE), thirdPartyLicenses());
const temporary = mkdtempSync(join(tmpdir(), "ai-spans-reports-"));
try {
  const folder = join(temporary, "checkout");
  checkOut(folder);
  const reports = reportsOf(folder, await pack(folder, temporary));
  for (const name of readdirSync(join(repository, REPORT_FOLDER))) {
    const path = `${REPORT_FOLDER}/${name}`;
    if (!reports.has(path)) rmSync(join(repository, path));
  }
  for (const [path, text] of reports) writeFileSync(join(repository, path), text);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
