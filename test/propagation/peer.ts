/**
 * Starts a service in another process, for as long as a test needs it.
 */
import { once } from "node:events";
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { checkSpans } from "../registry/checked-telemetry.ts";
import type { SentSpan } from "../support/sent-span.ts";

const PROGRAM = fileURLToPath(new URL("services/main.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Peer {
  readonly port: number;
  readonly url: string;
  /** The spans that the service has started. */
  readonly spans: () => Promise<readonly SentSpan[]>;
  /** Waits until the service reports that it has done work of this name. */
  readonly done: (work: string) => Promise<void>;
  /** Resolves when the process has exited. */
  readonly stop: () => Promise<void>;
}

export async function startPeer(service: string, environment: Record<string, string> = {}): Promise<Peer> {
  const child = spawn(process.execPath, ["--import", "tsx", PROGRAM, service], {
    cwd: ROOT,
    env: { ...process.env, ...environment, NODE_OPTIONS: "" },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const finished = finishedWork(child);
  const { port } = (await answer(child, "port")) as { port: number };
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    spans: async () => {
      const sent = answer(child, "spans");
      child.send("spans");
      const { spans } = (await sent) as { spans: readonly SentSpan[] };
      // Checked here, because the process of the service has no hook for that.
      checkSpans(spans.filter(({ hasEnded }) => hasEnded));
      return spans;
    },
    done: async (work) => {
      while (!finished.delete(work)) await answer(child, "done");
    },
    stop: async () => {
      const gone = once(child, "exit");
      if (child.kill()) await gone;
    },
  };
}

/**
 * Names of work that is done and not awaited yet. The tests await work of one name before they start more of that name.
 */
function finishedWork(child: ChildProcess): Set<string> {
  const names = new Set<string>();
  child.on("message", (message) => {
    if (typeof message === "object" && "done" in message) names.add(String(message.done));
  });
  return names;
}

async function answer(child: ChildProcess, field: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`the service ended with ${code}`));
    const onMessage = (message: unknown): void => {
      if (typeof message !== "object" || message === null || !(field in message)) return;
      child.off("message", onMessage);
      child.off("exit", onExit);
      resolve(message);
    };
    child.on("message", onMessage);
    child.once("exit", onExit);
  });
}

/** The only span of that name. */
export function named(spans: readonly SentSpan[], name: string): SentSpan {
  const [found, another] = spans.filter((span) => span.name === name);
  if (!found || another) {
    throw new Error(`no one span ${name} among ${spans.map((span) => span.name).join(", ")}`);
  }
  return found;
}

/** Writes `parent > child > …` down to the span. It starts with `…` if the first parent is in another process. */
export function pathOf(spans: readonly SentSpan[], span: SentSpan): string {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  if (parent) return `${pathOf(spans, parent)} > ${span.name}`;
  return span.parentSpanId === undefined ? span.name : `… > ${span.name}`;
}
