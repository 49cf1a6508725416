/**
 * A Worker that wrangler has built, in workerd.
 */
import { readFileSync } from "node:fs";
import { Miniflare } from "miniflare";
import { describeChats } from "./chats.ts";
import { projects } from "./projects.ts";
import { runIn, type Service } from "./service.ts";

const { folder } = projects["Cloudflare Workers"];

describeChats({
  name: "Cloudflare Workers",
  build: () =>
    runIn("Cloudflare Workers", "wrangler/bin/wrangler.js", "deploy", "--dry-run", "--outdir", "dist"),
  start: startWorker,
  left: "abort",
  isFlushed: true,
});

async function startWorker(environment: Readonly<Record<string, string>>): Promise<Service> {
  const contents = readFileSync(`${folder}dist/worker.js`, "utf8");
  const { compatibility_date: compatibilityDate, compatibility_flags: compatibilityFlags } = configuration();
  const worker = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.js", contents }],
    compatibilityDate,
    compatibilityFlags,
    bindings: environment,
  });
  const url = await worker.ready;
  const stop = async (): Promise<void> => worker.dispose();
  return { url: url.href, stop, kill: stop };
}

interface Configuration {
  readonly compatibility_date: string;
  readonly compatibility_flags: string[];
}

/** The Worker's file, which is JSON with a comma at its end. */
function configuration(): Configuration {
  const text = readFileSync(`${folder}wrangler.jsonc`, "utf8");
  return JSON.parse(text.replace(/,\s*\}\s*$/, "}")) as Configuration;
}
