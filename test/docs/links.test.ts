/**
 * Checks the relative links of docs/ and of the pages that readers start from. The file must exist, and must have a
 * heading for the anchor, as the forge names headings.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { markdownFiles } from "../support/snippets.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "SECURITY.md",
  "VERSIONING.md",
  "operate/README.md",
  ...markdownFiles("docs"),
];

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const withoutCode = (page: string): string =>
  page.replaceAll(/^```[\s\S]*?^```$/gm, "").replaceAll(/`[^`\n]*`/g, "");

/** Links to other sites are not checked: a test must not need the network. */
function linksIn(page: string): string[] {
  const targets = [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
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
  expect(brokenLinks(path, read(path))).toEqual([]);
});

/** What is not in the package. A page that links there needs the repository for it. */
const IN_REPOSITORY_ALONE = /^(\.ci|bench|examples|operate|src|test)(\/|$)/;

test("the links of the guide and the reference lead to published pages, or to code of the repository", () => {
  const { files } = JSON.parse(read("package.json")) as { readonly files: readonly string[] };
  const isPublished = (path: string): boolean =>
    files.includes(path) || (/^docs(\/|$)/.test(path) && (path.endsWith(".md") || !path.includes(".")));
  const targets = pages
    .filter((path) => path === "README.md" || /^docs\/(guide|reference)\//.test(path))
    .flatMap((path) => {
      const linked = linksIn(read(path)).map((link) => link.split("#")[0] ?? "");
      // A picture is shown by the forge and by npm. It is not in the package.
      return linked
        .filter((file) => file !== "" && !file.endsWith(".png"))
        .map((file) => join(dirname(path), file));
    });
  const lost = (path: string): boolean => !isPublished(path) && !IN_REPOSITORY_ALONE.test(path);
  expect(targets.filter(lost)).toEqual([]);
  expect(["AGENTS.md", "docs/guide/start.md", "docs/telemetry/page.ts", "src/index.ts"].filter(lost)).toEqual(
    ["AGENTS.md", "docs/telemetry/page.ts"],
  );
  expect(targets.length).toBeGreaterThan(60);
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
