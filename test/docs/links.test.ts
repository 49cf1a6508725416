/**
 * Checks the links of the published pages, so that each works on the forge, on npm and in an installed package. A relative
 * link leads to a packed file, and to a heading for its anchor, as the forge names headings. A link to the forge names a
 * file or a folder of the repository.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { rootFiles } from "../package/packed-project.ts";
import { markdownFiles } from "../support/snippets.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const pages = [
  ...rootFiles.filter((file) => file.endsWith(".md")),
  "operate/README.md",
  ...markdownFiles("docs"),
];

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const withoutCode = (page: string): string =>
  page.replaceAll(/^```[\s\S]*?^```$/gm, "").replaceAll(/`[^`\n]*`/g, "");

const FORGE = "https://github.com/ai-spans/ai-spans/";

function targetsIn(page: string): string[] {
  const links = withoutCode(page).matchAll(/(?:\]\(|\bsrc(?:set)?=")([^)"\s]+)[)"]/g);
  return Array.from(links, ([, target = ""]) => target);
}

/** The relative links. Links to other sites are not checked: a test must not need the network. */
const linksIn = (page: string): string[] => targetsIn(page).filter((target) => !/^[a-z]+:/.test(target));

/** The links to the forge that name no file of the repository (`blob`), or no folder (`tree`). */
function brokenForgeLinks(page: string): string[] {
  return targetsIn(page).filter((target) => {
    if (!target.startsWith(FORGE)) return false;
    const [, kind, path = ""] = /^(blob|tree)\/main\/([^#]+)/.exec(target.slice(FORGE.length)) ?? [];
    const file = statSync(join(ROOT, path), { throwIfNoEntry: false });
    return kind === undefined || (kind === "tree" ? !file?.isDirectory() : !file?.isFile());
  });
}

/** What the package has: `api/files.txt`, which is held by `test/package/published-files.test.ts`. */
const packed = read("api/files.txt").trim().split("\n");

/** A folder is packed if something of it is. */
function isPacked(path: string): boolean {
  const file = path.replace(/\/$/, "");
  const anyPage = `${dirname(file)}/*.md`;
  return (
    packed.includes(file) ||
    (file.endsWith(".md") && packed.includes(anyPage)) ||
    packed.some((name) => name.startsWith(`${file}/`))
  );
}

function unpackedLinks(path: string, page: string): string[] {
  const files = linksIn(page).map((link) => link.split("#")[0] ?? "");
  return files.filter((file) => file !== "" && !isPacked(join(dirname(path), file)));
}

/**
 * The anchors that the forge makes: lower case, no punctuation, hyphens for spaces, and a number if a heading is
 * repeated.
 */
function anchorsIn(page: string): Set<string> {
  const anchors = new Set<string>();
  const withoutFences = page.replaceAll(/^```[\s\S]*?^```$/gm, "");
  for (const [, heading = ""] of withoutFences.matchAll(/^#{1,6} +(.+)$/gm)) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const anchor = text.replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
    let repeated = 0;
    let name = anchor;
    while (anchors.has(name)) name = `${anchor}-${++repeated}`;
    anchors.add(name);
  }
  return anchors;
}

function brokenLinks(path: string, page: string): string[] {
  return linksIn(page).filter((link) => {
    const [target = "", anchor] = link.split("#");
    const file = target === "" ? path : join(dirname(path), target);
    if (!existsSync(join(ROOT, file))) return true;
    if (anchor === undefined) return false;
    return !anchorsIn(file === path ? page : read(file)).has(anchor);
  });
}

test.each(pages)("every link of %s leads somewhere", (path) => {
  expect(isPacked(path)).toBe(true);
  expect(brokenLinks(path, read(path))).toEqual([]);
  expect(brokenForgeLinks(read(path))).toEqual([]);
  expect(unpackedLinks(path, read(path))).toEqual([]);
});

test("finds links that lead out of the package, and links to what the forge does not have", () => {
  const page = [
    "[packed](start.md) [folder](../../operate/collector) [picture](images/view-dark.png) [test](../../test/docs)",
    "[repository](../../AGENTS.md) [source](../telemetry/page.ts)",
    `[file](${FORGE}blob/main/src/index.ts) [folder](${FORGE}tree/main/src) [no kind](${FORGE}raw/main/src/index.ts)`,
    `[no file](${FORGE}blob/main/src/none.ts) [no folder](${FORGE}tree/main/src/index.ts)`,
    '<img src="images/none.png">',
  ].join("\n\n");
  expect(unpackedLinks("docs/guide/view.md", page)).toEqual([
    "../../test/docs",
    "../../AGENTS.md",
    "../telemetry/page.ts",
    "images/none.png",
  ]);
  expect(brokenForgeLinks(page)).toEqual([
    `${FORGE}raw/main/src/index.ts`,
    `${FORGE}blob/main/src/none.ts`,
    `${FORGE}tree/main/src/index.ts`,
  ]);
});

test("finds the links that the forge would not follow", () => {
  const page = [
    "## The `name` of a span",
    "[here](#the-name-of-a-span) [there](VERSIONING.md#versioning) [docs](docs/guide) [web](https://example.com/none)",
    "[no file](docs/none.md) [no heading](#the-name) [no heading there](VERSIONING.md#none)",
    "`[code](none.md)`",
  ].join("\n\n");
  expect(brokenLinks("README.md", page)).toEqual(["docs/none.md", "#the-name", "VERSIONING.md#none"]);
});

test("finds many links", () => {
  expect(pages.flatMap((path) => linksIn(read(path))).length).toBeGreaterThan(60);
});
