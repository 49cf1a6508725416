/**
 * The processes of the load: the provider, the receiver, the clients, and one chat server per mode.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { LoadResult } from "./client.ts";
import type { Finished } from "./chat-server.ts";
import { playFaults, type Fault } from "./faults.ts";
import { request } from "./messages.ts";
import { WARM_UP_RUNS, type Stopped } from "./outcome.ts";
import type { Mode } from "./modes.ts";
import type { Received } from "./receiver.ts";
import type { Rest, Usage } from "./resource-meter.ts";
import type { SpanCounts } from "./server-telemetry.ts";

/** A Node with its flags. */
export interface NodeRuntime {
  readonly title: string;
  readonly path: string;
  readonly flags: readonly string[];
}

export const THIS_NODE: NodeRuntime = {
  title: `Node ${process.versions.node}`,
  path: process.execPath,
  flags: [],
};

export interface StageSettings {
  readonly open: number;
  readonly queueSize: number;
  readonly exportTimeoutMs: number;
  readonly node: NodeRuntime;
  /** Default: `WARM_UP_RUNS`. */
  readonly warmUpRuns?: number;
}

/**
 * How long an answer takes: the first runs start within the time of one answer, and then each place has its share of the
 * runs.
 */
export function answerMs({
  open,
  runs,
  sliceMs,
}: Readonly<Record<"open" | "runs" | "sliceMs", number>>): number {
  return (sliceMs * open) / (runs + open);
}

export interface Slice {
  readonly load: LoadResult;
  readonly usage: Usage;
}

interface ChatServer {
  readonly process: ChildProcess;
  readonly port: number;
  /** What the process has printed at its end. */
  readonly printed: () => string;
}

/** The runs that compile the code of a server. */
const WARM_UP = { open: 30, durationMs: 50 };

function start(name: string, node: NodeRuntime, ...args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(`${name}.mjs`, import.meta.url)), args, {
    execPath: node.path,
    execArgv: ["--expose-gc", ...node.flags],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
}

export class Stage {
  readonly #settings: StageSettings;
  readonly #model = start("model-server", THIS_NODE);
  readonly #receiver = start("receiver", THIS_NODE);
  readonly #client = start("client", THIS_NODE);
  readonly #servers = new Map<Mode, ChatServer>();
  #nextRun = 0;

  constructor(settings: StageSettings) {
    this.#settings = settings;
  }

  /** Starts the server of a mode, and warms it up. */
  async open(mode: Mode): Promise<Rest> {
    const { queueSize, exportTimeoutMs, node } = this.#settings;
    const settings = {
      mode,
      modelUrl: await request<string>(this.#model, "baseUrl"),
      receiverUrl: await request<string>(this.#receiver, "url"),
      queueSize,
      exportTimeoutMs,
    };
    const child = start("chat-server", node, JSON.stringify(settings));
    let printed = "";
    child.stdout?.on("data", (data: Buffer) => (printed += data.toString()));
    const port = await request<number>(child, "port");
    this.#servers.set(mode, { process: child, port, printed: () => printed });
    const { warmUpRuns = WARM_UP_RUNS } = this.#settings;
    await this.#load(mode, warmUpRuns, WARM_UP.durationMs, WARM_UP.open);
    return this.rest(mode);
  }

  async rest(mode: Mode): Promise<Rest> {
    return request<Rest>(this.#server(mode).process, "rest");
  }

  /** Loads the server of a mode, while the receiver has faults. */
  async slice(mode: Mode, runs: number, sliceMs: number, faults: readonly Fault[]): Promise<Slice> {
    const { open } = this.#settings;
    const durationMs = answerMs({ open, runs, sliceMs });
    const { process: server } = this.#server(mode);
    await request(server, "begin");
    const [load] = await Promise.all([
      this.#load(mode, runs, durationMs, open),
      playFaults(faults, sliceMs, async (fault) => request(this.#receiver, "fault", fault)),
    ]);
    return { load, usage: await request<Usage>(server, "end") };
  }

  async received(): Promise<Received> {
    return request<Received>(this.#receiver, "counts");
  }

  async resetReceiver(): Promise<void> {
    await request(this.#receiver, "reset");
  }

  /** Ends what a server has, and its process. */
  async finish(mode: Mode): Promise<Finished> {
    const { process: server } = this.#server(mode);
    const finished = await request<Finished>(server, "finish");
    const closed = once(server, "close");
    await request(server, "exit");
    await closed;
    this.#servers.delete(mode);
    return finished;
  }

  /** Sends SIGTERM to the traced server when as many streams are open as the load wants. */
  async stopInTheMiddle(durationMs: number): Promise<Omit<Stopped, "received">> {
    const { open } = this.#settings;
    const { process: server, printed } = this.#server("traced");
    const closed = once(server, "close");
    const loading = this.#load("traced", open * 3, durationMs, open);
    await new Promise((resolve) => setTimeout(resolve, durationMs));
    server.kill("SIGTERM");
    const [code, signal] = (await closed) as [number | null, string | null];
    this.#servers.delete("traced");
    return { counts: JSON.parse(printed()) as SpanCounts, load: await loading, code: code ?? signal };
  }

  close(): void {
    for (const { process: server } of this.#servers.values()) server.kill("SIGKILL");
    for (const child of [this.#model, this.#receiver, this.#client]) child.kill();
  }

  async #load(mode: Mode, runs: number, durationMs: number, open: number): Promise<LoadResult> {
    await request(this.#model, "duration", durationMs);
    const from = this.#nextRun;
    this.#nextRun += runs;
    const { port } = this.#server(mode);
    return request<LoadResult>(this.#client, "load", { port, from, runs, open, durationMs });
  }

  #server(mode: Mode): ChatServer {
    const server = this.#servers.get(mode);
    if (!server) throw new Error(`no server runs in the mode ${mode}`);
    return server;
  }
}
