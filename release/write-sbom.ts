/**
 * `npm run sbom -- <folder>`: packs the package into the folder, and writes the bill of materials of that tarball beside it,
 * as `ai-spans-<version>.cdx.json`. Prints both paths.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { pack, unpack } from "./pack.ts";
import { billOfMaterials } from "./sbom.ts";

const [destination] = process.argv.slice(2);
if (!destination) throw new Error("name the folder for the tarball: npm run sbom -- <folder>");

const repository = fileURLToPath(new URL("../", import.meta.url));
const packed = await pack(repository, resolve(destination));
const temporary = mkdtempSync(join(tmpdir(), "ai-spans-sbom-"));
try {
  const bill = billOfMaterials(repository, packed, await unpack(packed.tarball, temporary));
  const path = packed.tarball.replace(/\.tgz$/, ".cdx.json");
  writeFileSync(path, `${JSON.stringify(bill, null, 2)}\n`);
  console.log(`${packed.tarball}\n${path}`);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
