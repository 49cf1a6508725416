/**
 * Pictures of the viewer's page with the runs of the demo, for the README and docs/guide/view.md: one with light colors, one
 * with dark ones.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium, type Browser } from "playwright-core";

/** Pixels. All spans of the first run are in sight. */
export const PICTURE_SIZE = { width: 1100, height: 748 };
const SCHEMES = ["light", "dark"] as const;
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Where Debian installs it: `.ci/chromium`. */
const CHROMIUM = "/usr/bin/chromium";

/**
 * Runs the demo, and writes `view-light.png` and `view-dark.png`.
 *
 * @returns the paths of the files
 */
export async function takeScreenshots(folder: string): Promise<string[]> {
  const demo = spawn(process.execPath, ["--import", "tsx", "examples/demo/main.ts", "--view"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(demo, "close");
  try {
    const address = await addressOf(demo);
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    try {
      const files = SCHEMES.map((scheme) => join(folder, `view-${scheme}.png`));
      for (const [at, scheme] of SCHEMES.entries()) await take(browser, address, scheme, files[at] ?? "");
      return files;
    } finally {
      await browser.close();
    }
  } finally {
    demo.kill();
    await closed;
  }
}

/** @returns the address of the page, once the demo has played all its turns */
async function addressOf({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error("the demo has no standard output");
  let address: string | undefined;
  for await (const line of createInterface(stdout)) {
    address ??= /^runs: (\S+)$/.exec(line)?.[1];
    if (address !== undefined && line === "Ctrl+C ends the demo") return address;
  }
  throw new Error("the demo ended without a page");
}

async function take(
  browser: Browser,
  address: string,
  colorScheme: "light" | "dark",
  path: string,
): Promise<void> {
  const context = await browser.newContext({ viewport: PICTURE_SIZE, colorScheme });
  const page = await context.newPage();
  await page.goto(address);
  await page.locator("#connection", { hasText: "· 6 runs" }).waitFor();
  // The first turn of the demo is the last run of the list.
  await page.locator("#run-list .row:not(.is-group)").last().click();
  await page.locator("#details", { hasText: "invoke_agent booking-agent" }).waitFor();
  await page.mouse.move(0, 0);
  await page.screenshot({ path });
  await context.close();
}
