/**
 * A viewer with spans of any shape, and its page in a real browser. After each test the browser must not have
 * complained, and no request must have left the machine.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { startProgram, type Program } from "../../view/program.ts";

/** Where Debian installs it: `.ci/chromium`. */
const CHROMIUM = "/usr/bin/chromium";
const OWN_ORIGIN = /^(?:http:\/\/127\.0\.0\.1:\d+|null)$/;

export class BrowserView {
  /** For files that the page saves. */
  folder = "";
  program!: Program;
  /** Of the page. */
  address = "";
  page!: Page;
  /** What the browser complains of: refused scripts, errors. */
  complaints: string[] = [];
  /** The origins that the page has asked. Of files and of what the page itself has made it is `null`. */
  requests = new Set<string>();
  #browser: Browser | undefined;
  #context: BrowserContext | undefined;

  async launch(): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), "ai-spans-view-"));
    this.#browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  }

  async open(): Promise<void> {
    this.program = startProgram();
    this.address = await this.program.viewer.listen();
    this.#context = await this.#browser?.newContext({
      viewport: { width: 1280, height: 800 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    if (!this.#context) throw new Error("the browser is not launched");
    this.page = await this.#context.newPage();
    this.complaints = [];
    this.requests = new Set();
    this.page.on("request", (request) => this.requests.add(new URL(request.url()).origin));
    this.page.on("console", (message) => this.complaints.push(message.text()));
    this.page.on("pageerror", ({ message }) => this.complaints.push(message));
    this.page.on("dialog", (dialog) => {
      this.complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  async close(): Promise<void> {
    await this.#context?.close();
    await this.program.viewer.close();
  }

  async end(): Promise<void> {
    await this.#browser?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  readonly runRows = (): Locator => this.page.locator("#run-list .row:not(.is-group)");

  readonly spanRows = (): Locator => this.page.locator("#span-list .row");

  /** Waits until the head of the page has the text. */
  readonly connection = async (text: string): Promise<void> =>
    this.page.locator("#connection", { hasText: text }).waitFor();

  /** The first cell of each row. */
  readonly cells = async (rows = this.runRows()): Promise<string[]> =>
    (await rows.allInnerTexts()).map((row) => row.split("\n")[0] ?? "");
}

/** Registers the set-up and the clean-up of a test file. Each test has a program and a page of its own. */
export function openView(): BrowserView {
  const view = new BrowserView();
  // Other tests run at the same time, and the browser shares what is left.
  vi.setConfig({ testTimeout: 90_000 });
  beforeAll(() => view.launch(), 90_000);
  beforeEach(() => view.open());
  afterEach(async () => {
    await view.close();
    expect(view.complaints).toEqual([]);
    expect([...view.requests].filter((origin) => !OWN_ORIGIN.test(origin))).toEqual([]);
  });
  afterAll(() => view.end());
  return view;
}
