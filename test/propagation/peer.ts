/**
 * A service in another process, for as long as a test needs it.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ToldSpan } from "./services/telemetry.ts";

const PROGRAM = fileURLToPath(new URL("services/main.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Peer {
  readonly port: number;
  readonly url: string;
  /** The spans it has started. */
  readonly spans: () => Promise<readonly ToldSpan[]>;
  readonly stop: () => void;
}

export async function startPeer(service: string, environment: Record<string, string> = {}): Promise<Peer> {
  const child = spawn(process.execPath, ["--import", "tsx", PROGRAM, service], {
    cwd: ROOT,
    env: { ...process.env, ...environment, NODE_OPTIONS: "" },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const { port } = (await answer(child, "port")) as { port: number };
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    spans: async () => {
      const told = answer(child, "spans");
      child.send("spans");
      return ((await told) as { spans: readonly ToldSpan[] }).spans;
    },
    stop: () => child.kill(),
  };
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

/** The one span of a name. */
export function named(spans: readonly ToldSpan[], name: string): ToldSpan {
  const [found, another] = spans.filter((span) => span.name === name);
  if (!found || another) {
    throw new Error(`no one span ${name} among ${spans.map((span) => span.name).join(", ")}`);
  }
  return found;
}

/** `parent > child > …` of one span, as far up as the spans go; then the parent's id outside of them. */
export function pathOf(spans: readonly ToldSpan[], span: ToldSpan): string {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  if (parent) return `${pathOf(spans, parent)} > ${span.name}`;
  return span.parentSpanId === undefined ? span.name : `… > ${span.name}`;
}
