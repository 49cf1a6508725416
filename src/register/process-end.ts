/**
 * Flushes what is recorded when the process ends, and first ends what is still open as canceled, cause `shutdown`. Never
 * changes how the process ends:
 * - A natural end calls the listeners of `beforeExit` as often as without us. Node ends the process, with its exit code.
 * - A signal ends the process as without us, after the flush. If the program handles the signal itself, the program
 *   decides, and nothing is ended.
 * - `process.exit` does not wait. What is open is ended, but only an exporter that works synchronously can send it.
 */
import { monotonicMs } from "../foundation/clock.ts";
import { contain, contained } from "../foundation/containment.ts";
import {
  asRecord,
  isFunction,
  readProperty,
  wholeNumber,
  type UnknownRecord,
} from "../foundation/structure.ts";
import { endOpenWork, keepOpenWork } from "../spans/open-work.ts";
import { flushProviders } from "../serverless/providers.ts";

/** The signals by which terminals, containers and process managers stop a process. */
const SIGNALS = ["SIGTERM", "SIGINT"];
/** A timer may fire a little before its time by the monotonic clock. */
const TIMER_TOLERANCE_MS = 5;

/** @param timeoutMs how long the end of the process waits for the exporters; milliseconds */
export function flushAtEnd(timeoutMs: number): void {
  const process = asRecord(asRecord(globalThis)?.process);
  if (!process) return;
  keepOpenWork();
  const flush = (): Promise<void> => flushProviders(undefined, timeoutMs);
  flushBeforeExit(process, flush, timeoutMs);
  callOf(
    process,
    "on",
    "exit",
    contained("exit", () => endOpenWork()),
  );
  for (const signal of SIGNALS) flushOnSignal(process, signal, flush);
}

/**
 * Flushes when the process has nothing left to do, and then lets Node end it: so the exit code, `exit` listeners and Node's
 * warnings are those of the program.
 *
 * Node emits `beforeExit` again after each asynchronous work, also after our flush. The listeners of the program have run
 * by then, so they are removed before. An exporter that still repeats a request after `timeoutMs` would keep the process
 * alive. Only then `process.exit` ends it.
 */
function flushBeforeExit(process: UnknownRecord, flush: () => Promise<void>, timeoutMs: number): void {
  const { exit } = process;
  const { setImmediate } = globalThis as { readonly setImmediate?: (work: () => void) => void };
  if (!isFunction(exit) || !setImmediate) return;
  let isWaiting = false;
  const flushUnlessBusy = (before: number): void => {
    isWaiting = false;
    // A listener of the program has started work. Node emits `beforeExit` again after it.
    if (activeResources(process) > before) return;
    const called = listenersOf(process, "beforeExit");
    endOpenWork();
    const startedMs = monotonicMs();
    void flush().then(
      contained("beforeExit", () => {
        for (const listener of called) callOf(process, "removeListener", "beforeExit", listener);
        if (monotonicMs() - startedMs > timeoutMs - TIMER_TOLERANCE_MS) Reflect.apply(exit, process, []);
      }),
    );
  };
  const onBeforeExit = contained("beforeExit", () => {
    if (isWaiting) return;
    isWaiting = true;
    const before = activeResources(process);
    // Listeners of the program may start work in microtasks or in an immediate of their own, so the check comes two later.
    setImmediate(
      contained("beforeExit", () => setImmediate(contained("beforeExit", () => flushUnlessBusy(before)))),
    );
  });
  // First, so that `before` has no work of the other listeners.
  callOf(process, "prependListener", "beforeExit", onBeforeExit);
}

function listenersOf(process: UnknownRecord, event: string): readonly unknown[] {
  const listeners = callOf(process, "rawListeners", event);
  return Array.isArray(listeners) ? listeners : [];
}

/** How many resources keep the process alive, but for immediates. */
function activeResources(process: UnknownRecord): number {
  const resources = callOf(process, "getActiveResourcesInfo");
  return Array.isArray(resources) ? resources.filter((name) => name !== "Immediate").length : 0;
}

function flushOnSignal(process: UnknownRecord, signal: string, flush: () => Promise<void>): void {
  let isStopping = false;
  const listen = (): void => void callOf(process, "prependListener", signal, onSignal);
  const ignore = (): void => void callOf(process, "removeListener", signal, onSignal);
  const kill = contained("signal", () => {
    ignore();
    callOf(process, "kill", process.pid, signal);
  });
  const onSignal = contained("signal", () => {
    // A second signal does not wait for the exporters.
    if (isStopping) return kill();
    const others = Number(callOf(process, "listenerCount", signal)) - 1;
    if (others > listenersOfSignalExit(process)) {
      // The program may count the listeners, too. Ours is back after those of the program, for the next signal.
      ignore();
      void Promise.resolve().then(contained("signal", listen));
      void flush();
      return undefined;
    }
    isStopping = true;
    endOpenWork();
    return void flush().then(kill);
  });
  contain("signal", listen);
}

/**
 * The listeners of the package `signal-exit`, versions 3 and 4, of which many command-line programs have one. It ends the
 * process by the signal if there are no listeners but its own, and so waits for ours to be removed.
 */
function listenersOfSignalExit(process: UnknownRecord): number {
  const emitters = [
    readProperty(globalThis, Symbol.for("signal-exit emitter")),
    readProperty(process, "__signal_exit_emitter__"),
  ];
  return emitters.reduce<number>(
    (sum, emitter) => sum + (wholeNumber(readProperty(emitter, "count")) ?? 0),
    0,
  );
}

function callOf(process: UnknownRecord, name: string, ...args: unknown[]): unknown {
  const method = process[name];
  return isFunction(method) ? Reflect.apply(method, process, args) : undefined;
}
