/**
 * `npm run compare` runs the same programs under each peer at its defaults, and writes what each has recorded:
 * results.json, docs/why/comparison.md and the table of the README. It needs Node 22, as some peers do.
 * `npm run compare -- sentry langsmith` runs these alone, prints what they recorded, and writes nothing.
 */
import { vendorEnvironment } from "../../test/support/vendor-environment.ts";
import { execFile } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installPackedPackage } from "../../test/package/packed-project.ts";
import { startReceiver, type ReceivedRequest } from "../../test/neighbors/receiver.ts";
import { comparisonPage, README_TABLE, readmeTable } from "./page.ts";
import { PEERS, PROGRAMS, type Comparison, type Peer, type ProgramName, type Result } from "./results.ts";
import {
  braintrustSpans,
  inputTokensOf,
  langSmithSpans,
  rootOf,
  saysCanceled,
  tailSpans,
  type RecordedSpan,
} from "./spans.ts";
import { runInWorker } from "./worker.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${root}bench/compare/`;
const WORKERS = 2;
const CONTENT = /CANARY-(prompt|answer|argument|result|error)/g;

/** @param chosen ids of peers. Default: all. */
async function main(chosen: readonly string[]): Promise<void> {
  if (Number(process.versions.node.split(".")[0]) < 22)
    throw new Error("the comparison needs Node 22 or newer");
  await withPackedPackage(async () => {
    const results: Record<string, Record<string, Result>> = {};
    const peers = PEERS.filter(({ id }) => chosen.length === 0 || chosen.includes(id));
    const jobs = peers.flatMap((peer) => PROGRAMS.map((program) => ({ peer, program })));
    const work = async (): Promise<void> => {
      for (let job = jobs.shift(); job; job = jobs.shift()) {
        const { peer, program } = job;
        process.stderr.write(`${peer.title}: ${program}\n`);
        (results[peer.id] ??= {})[program] = await (peer.isWorker ? inWorker : inProcess)(peer, program);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, work));
    if (chosen.length > 0) {
      process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
      return;
    }
    write({
      date: new Date().toISOString().slice(0, 10),
      node: process.versions.node,
      ai: versionOf("ai"),
      versions: Object.fromEntries(PEERS.map(({ packageName }) => [packageName, versionOf(packageName)])),
      // Each peer has run each program.
      results: Object.fromEntries(
        PEERS.map(({ id }) => [id, Object.fromEntries(PROGRAMS.map((name) => [name, results[id]?.[name]]))]),
      ) as Comparison["results"],
    });
  });
}

function write(comparison: Comparison): void {
  writeFileSync(`${folder}results.json`, `${JSON.stringify(comparison, null, 2)}\n`);
  writeFileSync(`${root}docs/why/comparison.md`, comparisonPage(comparison));
  const readme = readFileSync(`${root}README.md`, "utf8");
  writeFileSync(
    `${root}README.md`,
    readme.replace(README_TABLE, () => readmeTable(comparison)),
  );
}

/** The programs find the package as an application does. */
async function withPackedPackage(work: () => Promise<void>): Promise<void> {
  const packed = await installPackedPackage();
  const installed = `${folder}node_modules/ai-spans`;
  rmSync(installed, { recursive: true, force: true });
  cpSync(packed.packageFolder, installed, { recursive: true });
  packed.remove();
  try {
    await work();
  } finally {
    rmSync(installed, { recursive: true, force: true });
  }
}

function versionOf(packageName: string): string {
  const { version } = JSON.parse(
    readFileSync(`${folder}node_modules/${packageName}/package.json`, "utf8"),
  ) as {
    readonly version: string;
  };
  return version;
}

async function inProcess(peer: Peer, program: ProgramName): Promise<Result> {
  const receiver = await startReceiver(answerTo);
  const { url } = receiver;
  try {
    const { stdout } = await run(
      process.execPath,
      ["--expose-gc", ...(peer.arguments ?? []), "run.mjs", peer.id, program],
      {
        cwd: folder,
        env: {
          PATH: process.env["PATH"],
          RECEIVER_URL: url,
          ...vendorEnvironment(url),
        },
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    // run.mjs prints it.
    const printed = JSON.parse(/^RESULT (.*)$/m.exec(stdout)?.[1] ?? "") as {
      readonly spans: RecordedSpan[];
      readonly parts: number;
    };
    const sent = Buffer.concat(receiver.requests.map(({ body }) => body)).toString("latin1");
    return result(await spansOf(peer, printed.spans, receiver.requests), printed.parts, sent);
  } finally {
    await receiver.close();
  }
}

async function spansOf(
  { id }: Peer,
  recorded: readonly RecordedSpan[],
  requests: readonly ReceivedRequest[],
): Promise<readonly RecordedSpan[]> {
  if (id === "langsmith") return langSmithSpans(requests);
  if (id === "braintrust") return braintrustSpans(requests);
  return recorded;
}

async function inWorker({ id }: Peer, program: ProgramName): Promise<Result> {
  const { events, parts } = await runInWorker(folder, id, program);
  const spans = tailSpans(events);
  // Other events are not the peer's: the runtime also sends the messages of the AI SDK's diagnostics channel.
  return result(spans, parts, JSON.stringify(spans));
}

function result(spans: readonly RecordedSpan[], parts: number, sent: string): Result {
  const top = rootOf(spans);
  if (!top) throw new Error("the peer has recorded nothing");
  const lower = spans.filter((span) => span !== top);
  return {
    spans: spans.length,
    open: spans.filter(({ hasEnded }) => !hasEnded).length,
    outcome: !top.hasEnded ? "open" : top.isError ? "error" : saysCanceled(top) ? "canceled" : "as complete",
    content: [...new Set(Array.from(sent.matchAll(CONTENT), ([, what = ""]) => what))].toSorted(),
    rootTokens: inputTokensOf(top),
    lowerTokens: lower.reduce((sum, span) => sum + inputTokensOf(span), 0),
    parts,
  };
}

/** The answers of the services, as far as the peers read them. */
function answerTo(path: string, url: string): object | undefined {
  if (path === "/api/apikey/login")
    return { org_info: [{ id: "1", name: "rooms", api_url: url, proxy_url: url }] };
  if (path === "/api/project/register") return { project: { id: "1", name: "rooms" } };
  return undefined;
}

await main(process.argv.slice(2));
