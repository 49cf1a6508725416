/** What `npm run api` writes and test/package/reports.test.ts holds: the texts of all reports, by path in the repository. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { apiReportOf } from "./api-report.ts";
import { entriesOf } from "./entries.ts";
import type { Packed } from "./pack.ts";
import { packedFilesReport } from "./packed-files.ts";
import { LICENSES_FILE, thirdPartyLicenses } from "./third-party.ts";

export const REPORT_FOLDER = "api";

/** @param packageFolder the package, built, with its peers at hand; `packed` is what its tarball holds */
export function reportsOf(packageFolder: string, packed: Packed): Map<string, string> {
  const entries = entriesOf(packageFolder).flatMap(({ name, types }) => {
    const file = types.import ?? types.require;
    return file ? [[`${REPORT_FOLDER}/${name}.api.md`, apiReportOf(packageFolder, file)] as const] : [];
  });
  const manifest = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as object;
  return new Map([
    ...entries,
    [`${REPORT_FOLDER}/files.txt`, packedFilesReport(packed.files, manifest)],
    [LICENSES_FILE, thirdPartyLicenses()],
  ]);
}
