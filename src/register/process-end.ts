/**
 * Flushes what is recorded when the process ends, and first ends what is still open as canceled, cause `shutdown`. Never
 * changes how the process ends:
 * - A signal ends the process as without us, after the flush. If the program handles the signal itself, the program
 *   decides, and nothing is ended.
 * - `process.exit` does not wait. What is open is ended, but only an exporter that works synchronously can send it.
 */
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, isFunction, type UnknownRecord } from "../foundation/structure.ts";
import { endOpenWork, keepOpenWork, workStarted } from "../spans/open-work.ts";
import { flushProviders } from "../serverless/providers.ts";

/** The signals by which terminals, containers and process managers stop a process. */
const SIGNALS = ["SIGTERM", "SIGINT"];

/** @param timeoutMs how long the end of the process waits for the exporters; milliseconds */
export function flushAtEnd(timeoutMs: number): void {
  const process = asRecord(asRecord(globalThis)?.process);
  if (!process) return;
  keepOpenWork();
  const flush = (): Promise<void> => flushProviders(undefined, timeoutMs);
  flushBeforeExit(process, flush);
  callOf(process, "on", "exit", contained("exit", endOpenWork));
  for (const signal of SIGNALS) flushOnSignal(process, signal, flush);
}

/** The event comes again after the flush. It is then followed by the exit, unless a run has started. */
function flushBeforeExit(process: UnknownRecord, flush: () => Promise<void>): void {
  let flushedStarts = -1;
  const onBeforeExit = contained("beforeExit", () => {
    const starts = workStarted();
    if (starts === flushedStarts) return;
    flushedStarts = starts;
    endOpenWork();
    void flush();
  });
  callOf(process, "on", "beforeExit", onBeforeExit);
}

function flushOnSignal(process: UnknownRecord, signal: string, flush: () => Promise<void>): void {
  const listen = (): void => void callOf(process, "prependListener", signal, onSignal);
  const kill = contained("signal", () => void callOf(process, "kill", process.pid, signal));
  // Without this listener, only those of the program remain. Libraries count the listeners too: `signal-exit` ends the
  // process only if there are none but its own.
  const onSignal = contained("signal", () => {
    callOf(process, "removeListener", signal, onSignal);
    if (Number(callOf(process, "listenerCount", signal)) > 0) {
      // After the listeners of the program, for the next signal.
      void Promise.resolve().then(contained("signal", listen));
      void flush();
      return;
    }
    endOpenWork();
    // No listener is left, so the signal ends the process. A second signal ends it at once.
    void flush().then(kill);
  });
  contain("signal", listen);
}

function callOf(process: UnknownRecord, name: string, ...args: unknown[]): unknown {
  const method = process[name];
  return isFunction(method) ? Reflect.apply(method, process, args) : undefined;
}
