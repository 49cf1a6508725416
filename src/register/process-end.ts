/**
 * Flushes the recorded telemetry when the process ends. Before that, it ends all open spans as canceled, with the cause
 * `shutdown`. Never changes how the process ends:
 * - At a natural end, the program's listeners of `beforeExit` run as often as without us. Node ends the process and
 *   chooses the exit code.
 * - After a signal, we flush, and the signal then ends the process as without us. If the program handles the signal
 *   itself, we only flush, and the program decides when the process ends.
 * - `process.exit` does not wait. Open spans are ended, but only an exporter that works synchronously can send them.
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
/** A timer may fire a little too early by the monotonic clock. */
const TIMER_TOLERANCE_MS = 5;

/** @param timeoutMs how many milliseconds the process waits for the exporters before it ends */
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
 * Flushes when the process has nothing left to do, and then lets Node end it. So the exit code, the `exit` listeners
 * and Node's warnings are the same as without us.
 *
 * Node emits `beforeExit` again after each asynchronous work, and our flush is such work. The program's listeners have
 * run by then. We remove them before the second `beforeExit`, so that they do not run twice.
 *
 * An exporter that still repeats a request after `timeoutMs` would keep the process alive. Only in this case we call
 * `process.exit`.
 */
function flushBeforeExit(process: UnknownRecord, flush: () => Promise<void>, timeoutMs: number): void {
  const { exit } = process;
  const { setImmediate } = globalThis as { readonly setImmediate?: (work: () => void) => void };
  if (!isFunction(exit) || !setImmediate) return;
  let isWaiting = false;
  const flushUnlessBusy = (before: number): void => {
    isWaiting = false;
    // A listener of the program has started work. Node emits `beforeExit` again when that work is done.
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
    // The program's listeners may start work in microtasks or in an immediate. So the check runs two immediates later.
    setImmediate(
      contained("beforeExit", () => setImmediate(contained("beforeExit", () => flushUnlessBusy(before)))),
    );
  });
  // Ours must run first, so that `before` does not count work that the program's listeners start.
  callOf(process, "prependListener", "beforeExit", onBeforeExit);
}

function listenersOf(process: UnknownRecord, event: string): readonly unknown[] {
  const listeners = callOf(process, "rawListeners", event);
  return Array.isArray(listeners) ? listeners : [];
}

/** How many resources keep the process alive. Immediates are not counted. */
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
    // At a second signal, the process ends without waiting for the exporters.
    if (isStopping) return kill();
    const others = Number(callOf(process, "listenerCount", signal)) - 1;
    if (others > listenersOfSignalExit(process)) {
      // The program's listeners may count the listeners, so ours is removed while they run. A microtask adds it again
      // for the next signal.
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
 * How many listeners the package `signal-exit` (versions 3 and 4) has. Many command-line programs depend on it. It ends
 * the process by the signal only if no other listener exists. So it waits until we remove ours, and does not count as a
 * handler of the program.
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
