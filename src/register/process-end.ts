/**
 * Flushes what is recorded when the process ends, and first ends what is still open as canceled, cause `shutdown`. Never
 * changes how the process ends:
 * - A natural end calls the listeners of `beforeExit` as often as without us, and ends with the same exit code.
 * - A signal ends the process as without us, after the flush. If the program handles the signal itself, the program
 *   decides, and nothing is ended.
 * - `process.exit` does not wait. What is open is ended, but only an exporter that works synchronously can send it.
 */
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

/** @param timeoutMs how long the end of the process waits for the exporters; milliseconds */
export function flushAtEnd(timeoutMs: number): void {
  const process = asRecord(asRecord(globalThis)?.process);
  if (!process) return;
  keepOpenWork();
  const flush = (): Promise<void> => flushProviders(undefined, timeoutMs);
  flushBeforeExit(process, flush);
  callOf(
    process,
    "on",
    "exit",
    contained("exit", () => endOpenWork()),
  );
  for (const signal of SIGNALS) flushOnSignal(process, signal, flush);
}

/**
 * Flushes when the process has nothing left to do. Node emits `beforeExit` again after each asynchronous work, so after our
 * flush the program's `beforeExit` listeners would run twice. To prevent that, the process exits right after the flush,
 * with the same code.
 */
function flushBeforeExit(process: UnknownRecord, flush: () => Promise<void>): void {
  const { exit, nextTick } = process;
  if (!isFunction(exit) || !isFunction(nextTick)) return;
  const flushUnlessBusy = contained("beforeExit", (before: number) => {
    // A listener of the program has started work. Node emits `beforeExit` again after it.
    if (activeResources(process) > before) return;
    endOpenWork();
    void flush().then(contained("exit", () => void Reflect.apply(exit, process, [])));
  });
  const onBeforeExit = contained("beforeExit", () => {
    // The listeners of the program run after this one.
    Reflect.apply(nextTick, process, [flushUnlessBusy, activeResources(process)]);
  });
  callOf(process, "on", "beforeExit", onBeforeExit);
}

/** How many resources keep the process alive. */
function activeResources(process: UnknownRecord): number {
  const resources = callOf(process, "getActiveResourcesInfo");
  return Array.isArray(resources) ? resources.length : 0;
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
