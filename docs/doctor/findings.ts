/**
 * The section "Findings" of docs/guide/doctor.md, made of the table of checks. Reads and writes no file.
 */
import type { Check } from "../../src/doctor/check.ts";
import { checks } from "../../src/doctor/checks.ts";

const HEADING = "## Findings";

/** The page with its last section as the table has it. */
export function withFindings(page: string): string {
  const [before = "", after] = page.split(HEADING);
  if (after === undefined) throw new Error(`docs/guide/doctor.md has no ${HEADING}`);
  return `${before}${HEADING}\n\n<!-- Written by \`npm run docs\` from src/doctor/checks. -->\n\n${checks.map(partOf).join("\n")}`;
}

function partOf({ id, lookedAt, means, toDo }: Check): string {
  const linked = linksIn(toDo);
  return `### ${id}\n\nLooks at: ${lookedAt}.\n\n**What it means.** ${means}\n\n**What to do.** ${linked}\n`;
}

/** A report names pages by their path in the repository. */
function linksIn(text: string): string {
  return text.replaceAll(/docs\/guide\/([\w-]+\.md)/g, "[$1]($1)");
}
