/**
 * ai-spans reports its own failures to `diag`: one line per site, with the class of the failure and never with its
 * message.
 *
 * Holds: no-content-in-warnings.
 */
import { diag, DiagLogLevel } from "@opentelemetry/api";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, test } from "vitest";
import { contain, report } from "../../src/foundation/containment.ts";
import { readSourceFolder } from "../package/source-graph.ts";
import { SITE_EXCEPTIONS } from "./diagnostic-site-exceptions.ts";
import { literalSites, siteFindings, sitesOf, type Site } from "./diagnostic-sites.ts";
import { Markers } from "./markers.ts";

const root = fileURLToPath(new URL("../../src/", import.meta.url));
const sites: readonly Site[] = readSourceFolder(root).flatMap(({ path }) =>
  sitesOf(path, readFileSync(root + path, "utf8")),
);

const lines: string[] = [];

beforeEach(() => {
  lines.length = 0;
  const say = (...words: unknown[]): void => void lines.push(words.map(String).join(" "));
  const logger = { error: say, warn: say, info: say, debug: say, verbose: say };
  diag.setLogger(logger, { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true });
  lines.length = 0;
});

describe("the sites in the sources", () => {
  test("are named by literals, but for the reviewed ones", () => {
    expect(siteFindings(sites, SITE_EXCEPTIONS)).toEqual([]);
    expect(sites.length).toBeGreaterThan(SITE_EXCEPTIONS.length);
  });

  test.each([
    ["a variable", "contain(site, work)"],
    ["a template with the words of a failure", "report(`failed: ${error.message}`, error)"],
    ["a sum", 'warn("failed: " + error)'],
  ])("would be found if one were %s", (_what, code) => {
    expect(siteFindings(sitesOf("readers/new.ts", code), [])).toHaveLength(1);
  });

  test("would be found if an exception had none", () => {
    const exception = { file: "foundation/containment.ts", site: "gone", reason: "none" };
    expect(siteFindings([], [exception])).toEqual([
      "foundation/containment.ts: no site `gone` for its exception",
    ]);
  });

  test.each(literalSites(sites))("give one line for %s, however often it fails", (site) => {
    const markers = new Markers();
    for (let count = 0; count < 3; count++) {
      contain(site, () => {
        throw new RangeError(markers.text("message"), { cause: markers.text("cause") });
      });
      report(site, markers.text("value"));
    }
    expect(lines).toEqual([`ai-spans: ${site}: RangeError`]);
  });
});

describe("a failure", () => {
  const markers = new Markers();
  const words = markers.text("of a failure");
  let count = 0;

  function lineOf(problem: unknown): string | undefined {
    const site = `site ${(count += 1)}`;
    const worked = contain(site, () => {
      throw problem;
    });
    expect(worked).toBe(undefined);
    expect(lines).toHaveLength(1);
    return lines[0]?.replace(`ai-spans: ${site}: `, "");
  }

  test("says its class", () => {
    class RoomError extends Error {
      override readonly name = "RoomError";
    }
    expect(lineOf(new RoomError(words))).toBe("RoomError");
    lines.length = 0;
    expect(lineOf(words)).toBe("string");
  });

  test.each<readonly [what: string, problem: () => unknown]>([
    ["a name with content", () => Object.assign(new Error("no"), { name: words })],
    ["a name that is too long", () => Object.assign(new Error("no"), { name: "a".repeat(65) })],
    ["a name that is not a text", () => Object.assign(new Error("no"), { name: { toString: () => words } })],
    ["a name that changes", () => Object.assign(new Error("no"), { name: changing("Error", words) })],
    ["a name that cannot be read", () => Object.defineProperty(new Error("no"), "name", { get: fail })],
    ["a prototype that cannot be read", () => new Proxy(new Error("no"), { getPrototypeOf: fail })],
  ])("says nothing of %s", (_what, problem) => {
    expect(lineOf(problem())).toMatch(/^(_OTHER|Error)$/);
    expect(markers.find(lines)).toEqual([]);
  });

  function fail(): never {
    throw new Error(words);
  }

  /** Returns another text each time it is converted. */
  function changing(...texts: string[]): object {
    return { toString: () => texts.shift() ?? words };
  }
});
