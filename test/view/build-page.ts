// Builds the viewer's page from src/page into one HTML file, with a policy that allows its own script and style only.
// `npm run docs` writes it into src/view/built-page.ts, which the entry loads like any other module.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const source = (name: string): string => fileURLToPath(new URL(`../../src/page/${name}`, import.meta.url));

export interface BuiltPage {
  readonly page: string;
  readonly policy: string;
}

async function bundled(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [source(name)],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: ["chrome116", "firefox118", "safari17"],
    charset: "utf8",
  });
  return (outputFiles[0]?.text ?? "").trim();
}

export async function buildPage(): Promise<BuiltPage> {
  const [template, script, style] = await Promise.all([
    readFile(source("page.html"), "utf8"),
    bundled("main.ts"),
    bundled("page.css"),
  ]);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  const parts: Readonly<Record<string, string>> = { POLICY: policy, STYLE: style, SCRIPT: script };
  const page = template.replaceAll(/\b(POLICY|STYLE|SCRIPT)\b/g, (name) => parts[name] ?? name);
  return { page, policy };
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** The text of src/view/built-page.ts. */
export function pageModule({ page, policy }: BuiltPage): string {
  return [
    "/**",
    " * The page of the viewer, which `npm run docs` builds from src/page. Do not edit it.",
    " */",
    `export const PAGE = ${JSON.stringify(page)};`,
    "/** The Content-Security-Policy of the page. */",
    `export const PAGE_POLICY = ${JSON.stringify(policy)};`,
    "",
  ].join("\n");
}
