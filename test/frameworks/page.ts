/**
 * Reads docs/guide/frameworks.md: the install lines and the files of each section.
 */
import { readFileSync } from "node:fs";

export interface Section {
  readonly heading: string;
  /** The commands of the first block. */
  readonly install: readonly string[];
  /** The text of each file, by its path in the project. */
  readonly files: Readonly<Record<string, string>>;
}

const page = readFileSync(new URL("../../docs/guide/frameworks.md", import.meta.url), "utf8");

export const sections: readonly Section[] = page
  .split(/^## /m)
  .slice(1)
  .map((text) => {
    const [heading = ""] = text.split("\n");
    const [, commands = ""] = /^```sh\n([\s\S]*?)^```/m.exec(text) ?? [];
    const files = [...text.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```/gm)];
    return {
      heading,
      install: commands.split("\n").filter((line) => line.startsWith("npm install ")),
      files: Object.fromEntries(files.map(([, path = "", content = ""]) => [path, content])),
    };
  });

export function sectionOf(heading: string): Section {
  const section = sections.find((candidate) => candidate.heading === heading);
  if (!section) throw new Error(`docs/guide/frameworks.md has no section ${heading}`);
  return section;
}
