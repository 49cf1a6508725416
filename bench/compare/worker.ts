/** Runs the programs in a real Workers runtime. A streaming tail worker reads back the spans that the runtime records. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { TAIL_PROGRAM } from "../../test/runtime/workerd/tail-spans.ts";

export interface TailEvent {
  readonly timestamp: string;
  readonly spanContext: { readonly spanId?: string };
  readonly event: {
    readonly type: string;
    readonly spanId?: string;
    readonly name?: string;
    readonly info?: unknown;
  };
}

const compatibilityDate = "2026-04-01";

/** @param peer the module whose `wrapAISDK` traces the programs */
export async function runInWorker(
  folder: string,
  peer: string,
  program: string,
): Promise<{ readonly events: readonly TailEvent[]; readonly parts: number }> {
  const { outputFiles } = await build({
    stdin: { contents: readFileSync(`${folder}worker.mjs`, "utf8"), resolveDir: folder, loader: "js" },
    alias: { peer },
    absWorkingDir: folder,
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    logLevel: "error",
    platform: "node",
    conditions: ["workerd", "worker", "import"],
    mainFields: ["browser", "module", "main"],
    external: ["cloudflare:*"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire("/");' },
  });
  let resolve: (events: readonly TailEvent[]) => void = () => {};
  const events = new Promise<readonly TailEvent[]>((resolved) => (resolve = resolved));
  // The runtime of the folder is newer than that of the repository.
  const locate = createRequire(`${folder}package.json`);
  process.env["MINIFLARE_WORKERD_PATH"] = locate.resolve("@cloudflare/workerd-linux-64/bin/workerd");
  const miniflare = new Miniflare({
    workers: [
      {
        name: "main",
        modules: true,
        script: outputFiles[0]?.text ?? "",
        compatibilityDate,
        compatibilityFlags: ["nodejs_compat", "streaming_tail_worker"],
        streamingTails: ["tail"],
      },
      {
        name: "tail",
        modules: true,
        script: TAIL_PROGRAM,
        compatibilityDate,
        compatibilityFlags: ["streaming_tail_worker", "experimental"],
        serviceBindings: {
          REPORT: async (request: { json(): Promise<unknown> }) => {
            // What TAIL_PROGRAM sends.
            resolve((await request.json()) as TailEvent[]);
            return new Response();
          },
        },
      },
    ],
  });
  try {
    const response = await miniflare.dispatchFetch(`http://localhost/${program}`);
    const { parts } = (await response.json()) as { readonly parts: number };
    return { events: await events, parts };
  } finally {
    await miniflare.dispose();
  }
}
