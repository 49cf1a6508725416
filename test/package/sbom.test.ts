/**
 * The bill of materials of a release is valid CycloneDX, and names exactly what the tarball holds.
 *
 * Holds: bill-of-materials.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkOut, repository } from "../../release/checkout.ts";
import { INLINED_PACKAGES } from "../../release/inlined-packages.ts";
import { unpack } from "../../release/pack.ts";
import type { BillOfMaterials } from "../../release/sbom.ts";

const run = promisify(execFile);
const temporary = mkdtempSync(join(tmpdir(), "ai-spans-sbom-test-"));
const output = join(temporary, "release");
let text: string;
let bill: BillOfMaterials;

const fileIn = (suffix: string): string =>
  join(output, readdirSync(output).find((name) => name.endsWith(suffix)) ?? `no file ${suffix}`);
const hash = (algorithm: "sha256" | "sha512", path: string): string =>
  createHash(algorithm).update(readFileSync(path)).digest("hex");

/** The command of the release workflow, letter for letter. */
function releaseCommand(): string {
  const workflow = readFileSync(join(repository, ".github/workflows/release.yml"), "utf8");
  const [, command] = /^ +- run: (npm run sbom .*)$/m.exec(workflow) ?? [];
  if (!command) throw new Error("the release workflow makes no bill of materials");
  return command;
}

beforeAll(async () => {
  const folder = join(temporary, "checkout");
  checkOut(folder);
  await run("bash", ["-c", releaseCommand()], {
    cwd: folder,
    env: { ...process.env, RUNNER_TEMP: temporary },
  });
  text = readFileSync(fileIn(".cdx.json"), "utf8");
  bill = JSON.parse(text) as BillOfMaterials;
}, 300_000);

afterAll(() => rmSync(temporary, { recursive: true, force: true }));

test("is valid by the schema of CycloneDX", async () => {
  expect(bill).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.5" });
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot5);
  expect(await validator.validate(text)).toBeNull();
  const broken = JSON.stringify({ ...bill, components: [{ type: "file" }] });
  expect(await validator.validate(broken)).not.toBeNull();
});

test("names the package, its version and the hash of the tarball", () => {
  const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
    version: string;
  };
  const content = hash("sha512", fileIn(".tgz"));
  expect(bill.metadata.component).toMatchObject({
    name: "ai-spans",
    version,
    purl: `pkg:npm/ai-spans@${version}`,
    hashes: [{ alg: "SHA-512", content }],
  });
});

test("has each file of the tarball with its hash, and each inlined package with its version", async () => {
  const folder = await unpack(fileIn(".tgz"), join(temporary, "published"));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const expectedFiles = files.map((path) => `${path.slice(folder.length + 1)} ${hash("sha256", path)}`);
  const ofType = (type: string) => bill.components.filter((component) => component.type === type);
  const listed = ofType("file").map(({ name, hashes }) => `${name} ${hashes?.[0]?.content}`);
  expect(listed.toSorted()).toEqual(expectedFiles.toSorted());

  const packages = ofType("library").map(({ name, version }) => `${name}@${version}`);
  const installed = INLINED_PACKAGES.map((name) => {
    const manifest = readFileSync(join(repository, "node_modules", name, "package.json"), "utf8");
    return `${name}@${(JSON.parse(manifest) as { version: string }).version}`;
  });
  expect(packages).toEqual(installed);
  expect(bill.components).toHaveLength(listed.length + packages.length);
});

test("names no folder of the machine", () => {
  expect(text).not.toContain(temporary);
  expect(text).not.toContain(repository);
});
