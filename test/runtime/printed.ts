/**
 * Waits for a text that a process prints. It reads on afterwards until the process ends, because a process fails if
 * nobody reads its output.
 */
import { once } from "node:events";
import type { ChildProcess } from "node:child_process";

/** @param find searches all that was printed so far, and returns what it has found */
export function printed<T>(child: ChildProcess, find: (text: string) => T | undefined): Promise<T> {
  let text = "";
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (data) => {
      text += String(data);
      const found = find(text);
      if (found !== undefined) resolve(found);
    });
    child.once("close", () => reject(new Error(`the process ended: ${text}`)));
  });
}

export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}
