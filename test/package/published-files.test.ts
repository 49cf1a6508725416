/**
 * What is published is known and can be built again: the public types and the list of files are in `api/`, so that a change
 * of either must touch a file there (`npm run api`); two builds in clean folders give the same tarball; and the licenses of
 * what the build inlines are in the package.
 *
 * Holds: public-surface, reproducible-build, licenses.
 */
import { createHash } from "node:crypto";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiReportOf } from "../../release/api-report.ts";
import { checkOut, repository } from "../../release/checkout.ts";
import { entriesOf } from "../../release/entries.ts";
import { INLINED_PACKAGES } from "../../release/inlined-packages.ts";
import { pack, unpack, type Packed } from "../../release/pack.ts";
import { packedFilesReport } from "../../release/packed-files.ts";
import { REPORT_FOLDER, reportsOf } from "../../release/reports.ts";
import { LICENSES_FILE, licenseOf, packagesInlinedIn } from "../../release/third-party.ts";

// Builds and packs, on a machine that may be busy.
const LIMIT = 300_000;

const temporary = mkdtempSync(join(tmpdir(), "ai-spans-published-"));
const first = join(temporary, "first");
const second = join(temporary, "another folder", "deeper", "second");
let packed: Packed;
let packedAgain: Packed;
let published: string;

beforeAll(async () => {
  checkOut(first);
  checkOut(second);
  // A file that git does not have, and a test that stays behind, are not published.
  writeFileSync(join(second, "notes.txt"), "not for the package");
  packed = await pack(first, join(temporary, "tarball"), { TZ: "UTC", LC_ALL: "C" });
  packedAgain = await pack(second, join(temporary, "tarball again"), {
    TZ: "Pacific/Auckland",
    LC_ALL: "tr_TR.UTF-8",
  });
  published = await unpack(packed.tarball, join(temporary, "published"));
}, LIMIT);

afterAll(() => rmSync(temporary, { recursive: true, force: true }), LIMIT);

function hashes(folder: string, { files }: Packed): string[] {
  return files.map(
    (path) =>
      `${path} ${createHash("sha256")
        .update(readFileSync(join(folder, path)))
        .digest("hex")}`,
  );
}

const builtFiles = (): string[] => readdirSync(join(published, "dist"));

test("two clean folders give the same files with the same hashes, and the same tarball", async () => {
  const again = await unpack(packedAgain.tarball, join(temporary, "published again"));
  expect(packed.files.length).toBeGreaterThan(40);
  expect(hashes(again, packedAgain)).toEqual(hashes(published, packed));
  expect(packedAgain.integrity).toBe(packed.integrity);
});

test("another source gives another tarball", async () => {
  const folder = join(temporary, "changed");
  checkOut(folder);
  appendFileSync(join(folder, "src/testing.ts"), "export const planted = true;\n");
  const changed = await pack(folder, join(temporary, "tarball of a change"));
  expect(changed.integrity).not.toBe(packed.integrity);
}, 120_000);

test(
  "the reports in api/ are those of the package: `npm run api` renews them",
  () => {
    const reports = reportsOf(first, packed);
    for (const [path, text] of reports) expect(readFileSync(join(repository, path), "utf8"), path).toBe(text);
    const expected = [...reports.keys()].filter((path) => path.startsWith(`${REPORT_FOLDER}/`));
    const found = readdirSync(join(repository, REPORT_FOLDER)).map((name) => `${REPORT_FOLDER}/${name}`);
    expect(found.toSorted()).toEqual(expected.toSorted());
  },
  LIMIT,
);

test("the package has no dependencies of its own, and runs no script at install", () => {
  const manifest = JSON.parse(readFileSync(join(published, "package.json"), "utf8")) as {
    readonly scripts: object;
  };
  const names = ["dependencies", "optionalDependencies", "bundleDependencies", "bundledDependencies"];
  expect(names.filter((name) => name in manifest)).toEqual([]);
  const atInstall = ["preinstall", "install", "postinstall", "prepare"];
  expect(atInstall.filter((name) => name in manifest.scripts)).toEqual([]);
});

test("each entry has files in the package", () => {
  const { exports } = JSON.parse(readFileSync(join(published, "package.json"), "utf8")) as {
    exports: object;
  };
  const targets = JSON.stringify(exports).match(/(?<="\.\/)[^"]+\.\w+(?=")/g) ?? [];
  expect(targets.length).toBeGreaterThan(entriesOf(published).length);
  expect(targets.filter((path) => path !== "package.json" && !packed.files.includes(path))).toEqual([]);
});

test(
  "the types for import and for require have the same report",
  () => {
    const both = entriesOf(first).filter(({ types }) => types.import && types.require);
    expect(both.length).toBeGreaterThan(0);
    for (const { name, types } of both)
      expect(apiReportOf(first, types.require!), name).toBe(apiReportOf(first, types.import!));
  },
  LIMIT,
);

test("a report changes with a parameter, and with a type that no entry exports", () => {
  const path = join(second, "dist/index.d.ts");
  const code = readFileSync(path, "utf8");
  const report = apiReportOf(second, "dist/index.d.ts");
  const changes: ReadonlyArray<readonly [string, string]> = [
    [
      "declare function withTurn<T>(attributes: TurnAttributes,",
      "declare function withTurn<T>(attributes: object,",
    ],
    ["type TurnAttribute = string |", "type TurnAttribute = bigint |"],
  ];
  for (const [before, after] of changes) {
    expect(code).toContain(before);
    writeFileSync(path, code.replace(before, after));
    expect(apiReportOf(second, "dist/index.d.ts")).not.toBe(report);
  }
  writeFileSync(path, code.replace("type TurnAttribute = ", "type TurnAttribute = Missing | "));
  expect(() => apiReportOf(second, "dist/index.d.ts")).toThrow("Missing");
  writeFileSync(path, code.replaceAll(/^ \* .*$/gm, " * another comment"));
  expect(apiReportOf(second, "dist/index.d.ts")).toBe(report);
}, 120_000);

test("the list of files has no hash of a chunk, and every other name as it is", () => {
  const files = ["dist/late-register.js", "dist/late-AbC-_123.js", "dist/late-AbC-_123.d.cts", "LICENSE"];
  expect(packedFilesReport(files, { exports: { "./late": { import: "./dist/late-register.js" } } })).toBe(
    "LICENSE\ndist/late-*.d.cts\ndist/late-*.js\ndist/late-register.js\n",
  );
});

test("the build inlines the packages of the list alone", () => {
  const code = builtFiles().map((name) => readFileSync(join(published, "dist", name), "utf8"));
  expect(packagesInlinedIn(code.join("\n"))).toEqual(INLINED_PACKAGES.toSorted());
  expect(packagesInlinedIn("//#region node_modules/a/node_modules/@b/c/d.js\n//#region src/e.ts\n")).toEqual([
    "@b/c",
  ]);
});

test("no built file holds the path of the folder that it was built in", () => {
  for (const name of builtFiles()) {
    const code = readFileSync(join(published, "dist", name), "utf8");
    const outside = [...code.matchAll(/^\/\/#region (.*)$/gm)].filter(([, source = ""]) =>
      /^[./]/.test(source),
    );
    expect(outside, name).toEqual([]);
    expect(code.includes(temporary), name).toBe(false);
  }
});

test("a build that would inline another package fails", async () => {
  const folder = join(temporary, "inlines more");
  checkOut(folder);
  appendFileSync(join(folder, "src/testing.ts"), 'export { uuid } from "fast-check";\n');
  await expect(pack(folder, join(temporary, "tarball of more"))).rejects.toThrow("fast-check");
}, 120_000);

test("the package has the license of each inlined package", () => {
  const text = readFileSync(join(published, LICENSES_FILE), "utf8");
  for (const name of INLINED_PACKAGES) {
    const folder = join(repository, "node_modules", name);
    expect(text).toContain(`\n${name} `);
    expect(text).toContain(licenseOf(name));
    expect(licenseOf(name).length).toBeGreaterThan(500);
    // The Apache license asks for the notices of a NOTICE file too. A package that gets one fails here.
    expect(readdirSync(folder).filter((file) => /^notice/i.test(file))).toEqual([]);
  }
});
