/**
 * `npm run compare` runs the same programs under each peer at its defaults, and writes what each has recorded:
 * results.json, docs/why/comparison.md and the table of the README. It needs Node 22, as some peers do.
 */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { installPackedPackage } from "../../test/package/packed-project.ts";
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
  type SentRequest,
} from "./spans.ts";
import { runInWorker } from "./worker.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${root}bench/compare/`;
const WORKERS = 2;
const CONTENT = /CANARY-(prompt|answer|argument|result|error)/g;

async function main(): Promise<void> {
  if (Number(process.versions.node.split(".")[0]) < 22)
    throw new Error("the comparison needs Node 22 or newer");
  await withPackedPackage(async () => {
    const results: Record<string, Record<string, Result>> = {};
    const jobs = PEERS.flatMap((peer) => PROGRAMS.map((program) => ({ peer, program })));
    const work = async (): Promise<void> => {
      for (let job = jobs.shift(); job; job = jobs.shift()) {
        const { peer, program } = job;
        process.stderr.write(`${peer.title}: ${program}\n`);
        (results[peer.id] ??= {})[program] = await (peer.isWorker ? inWorker : inProcess)(peer, program);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, work));
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
  const receiver = await startReceiver();
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
          LANGFUSE_BASE_URL: url,
          LANGFUSE_PUBLIC_KEY: "none",
          LANGFUSE_SECRET_KEY: "none",
          LANGSMITH_TRACING: "true",
          LANGSMITH_ENDPOINT: url,
          LANGSMITH_API_KEY: "none",
          TRACELOOP_BASE_URL: url,
          TRACELOOP_API_KEY: "none",
        },
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    // run.mjs prints it.
    const printed = JSON.parse(/^RESULT (.*)$/m.exec(stdout)?.[1] ?? "") as {
      readonly spans: RecordedSpan[];
      readonly parts: number;
    };
    return result(await spansOf(peer, printed.spans, receiver.requests), printed.parts, receiver.text());
  } finally {
    await receiver.close();
  }
}

async function spansOf(
  { id }: Peer,
  recorded: readonly RecordedSpan[],
  requests: readonly SentRequest[],
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

/** Answers like the services, as far as the peers read their answers. */
async function startReceiver(): Promise<{
  readonly url: string;
  readonly requests: readonly SentRequest[];
  readonly text: () => string;
  readonly close: () => Promise<void>;
}> {
  const requests: SentRequest[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const type = request.headers["content-type"] ?? "";
      const path = request.url ?? "";
      const body = Buffer.concat(chunks);
      const isZipped = request.headers["content-encoding"] === "gzip";
      requests.push({ path, type, body: isZipped ? gunzipSync(body) : body });
      // An empty protobuf message has no bytes.
      const isProtobuf = type === "application/x-protobuf";
      response.writeHead(200, { "content-type": isProtobuf ? type : "application/json" });
      response.end(isProtobuf ? "" : JSON.stringify(answerTo(path, url)));
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the receiver has no port");
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    requests,
    text: () => Buffer.concat(requests.map(({ body }) => body)).toString("latin1"),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function answerTo(path: string, url: string): object {
  if (path === "/api/apikey/login")
    return { org_info: [{ id: "1", name: "rooms", api_url: url, proxy_url: url }] };
  if (path === "/api/project/register") return { project: { id: "1", name: "rooms" } };
  return {};
}

await main();
