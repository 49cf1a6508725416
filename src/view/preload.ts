/**
 * Starts the viewer for `node --import ai-spans/view app.js`: registers as `ai-spans/register` does, keeps the spans of
 * the process, and serves the page. It does so only if the options of this process name the entry. If a program only
 * imports the entry, nothing is started.
 */
import { builtinModule } from "../foundation/builtin-module.ts";
import { contain, contained } from "../foundation/containment.ts";
import { readVariable } from "../foundation/environment-variable.ts";
import { sharedState } from "../foundation/process-state.ts";
import { startIdleTimer } from "../foundation/idle-timer.ts";
import { isFunction, readProperty, stringOf } from "../foundation/structure.ts";
import { hasEndpoint, readEnvironment } from "../register/environment.ts";
import { emitWarning } from "../register/warnings.ts";
import { flushAtEnd } from "../register/process-end.ts";
import { register } from "../register/register.ts";
import { startSDK } from "../register/sdk.ts";
import { hasTracerProvider } from "../spans/registration.ts";
import { beforeFirstSpan } from "../spans/set-up.ts";
import { addToRegistered, registerProvider } from "./provider.ts";
import { isPort, MemoryViewer } from "./viewer.ts";

const PORT_VARIABLE = "AI_SPANS_VIEW_PORT";
/** If `true`, the page stays after the program has ended. */
const HOLD_VARIABLE = "AI_SPANS_VIEW_HOLD";
/** Matches `--import ai-spans/view`, `-r=ai-spans/view?port=4090`, and paths to the built file. Captures the port. */
const PRELOAD =
  /(?:^|\s)(?:--import|--require|-r)[=\s]+["']?\S*\bai-spans\/(?:dist\/)?view(?:\.c?js)?(?:\?port=([^\s"']*))?["']?(?:\s|$)/;
/** Milliseconds between two checks whether the program has registered a provider. */
const LOOK_MS = 100;

/** Holds an entry as soon as one copy of ai-spans has started the viewer of the process. */
const viewers = sharedState("viewers.v1", Set<string>);

/** Starts the viewer once per process, if Node's options name it. Never throws. */
export function startIfPreloaded(): void {
  contain("view", () => {
    const process: unknown = readProperty(globalThis, "process");
    // Worker threads inherit the options. Only the main thread starts the viewer.
    const isMainThread = builtinModule("node:worker_threads")?.isMainThread === true;
    const preload = PRELOAD.exec(optionsOf(process));
    if (!isMainThread || !preload || viewers.size > 0) return;
    viewers.add("view");
    start(process, preload[1]);
  });
}

/** The options of the command line, and those in `NODE_OPTIONS`. */
function optionsOf(process: unknown): string {
  const options = readProperty(process, "execArgv");
  return [...(Array.isArray(options) ? options : []), readVariable("NODE_OPTIONS") ?? ""].join(" ");
}

/** @param portText the port in Node's option, as text */
function start(process: unknown, portText: string | undefined): void {
  const viewer = new MemoryViewer();
  register();
  connect(viewer);
  void serve(viewer, process, portText);
}

/**
 * Adds the viewer to the provider that the program registers at its start. This must happen before the first span of a
 * run starts. If it happens earlier, the page also has the spans above the run, such as that of the HTTP request.
 */
function connect({ spanProcessor }: MemoryViewer): void {
  let isConnected = false;
  const tryToConnect = (): void => {
    if (isConnected || !hasTracerProvider()) return;
    isConnected = true;
    if (!addToRegistered(spanProcessor)) {
      emitWarning(
        "the viewer cannot read the spans of this tracer provider: add createViewer().spanProcessor",
      );
    }
  };
  beforeFirstSpan(() => {
    if (!hasTracerProvider()) setUp(spanProcessor);
    tryToConnect();
  });
  const look = (): void => {
    tryToConnect();
    if (!isConnected) startIdleTimer(look, LOOK_MS);
  };
  look();
}

function setUp(processor: MemoryViewer["spanProcessor"]): void {
  if (hasEndpoint() && startSDK()) return flushAtEnd(readEnvironment().exitTimeoutMs);
  if (!registerProvider(processor)) {
    emitWarning(
      "the viewer has no spans, because no OpenTelemetry SDK is installed: install @opentelemetry/sdk-trace-node",
    );
  }
}

async function serve(viewer: MemoryViewer, process: unknown, portText: string | undefined): Promise<void> {
  try {
    const address = await (portText === undefined
      ? listen(viewer, PORT_VARIABLE, readVariable(PORT_VARIABLE))
      : listen(viewer, "the port of the option", portText));
    write(process, `ai-spans: the runs of this process are at ${address}\n`);
    if (readVariable(HOLD_VARIABLE) === "true") holdAtEnd(viewer, process);
    else printHowToKeepPage(viewer, process);
  } catch (error) {
    emitWarning(`the viewer serves no page: ${codeOf(error)}`);
  }
}

/** @param name of the variable or option that has the port, for warnings */
async function listen(viewer: MemoryViewer, name: string, text: string | undefined): Promise<string> {
  const port = Number(text ?? 0);
  if (!isPort(port)) {
    emitWarning(`${name} is ignored: it must be a whole number from 0 to 65535`);
    return viewer.listen();
  }
  try {
    return await viewer.listen({ port });
  } catch (error) {
    if (port === 0) throw error;
    emitWarning(`${name} is ignored: the port cannot be used (${codeOf(error)})`);
    return viewer.listen();
  }
}

/** Node's code of an error, such as `EADDRINUSE`. */
function codeOf(error: unknown): string {
  return stringOf(readProperty(error, "code")) ?? "its server failed";
}

function holdAtEnd(viewer: MemoryViewer, process: unknown): void {
  let isHeld = false;
  onEvent(process, "beforeExit", () => {
    if (isHeld) return;
    isHeld = true;
    viewer.hold();
    write(process, "ai-spans: the program has ended, and its page stays until Ctrl+C\n");
  });
}

/**
 * Prints at exit how to keep the page, if no page was opened. A program that ends at once leaves no time to open one.
 */
function printHowToKeepPage(viewer: MemoryViewer, process: unknown): void {
  onEvent(process, "exit", () => {
    if (viewer.hasBeenOpened) return;
    write(process, `ai-spans: the page has ended with the program. ${HOLD_VARIABLE}=true keeps it\n`);
  });
}

function onEvent(process: unknown, name: "beforeExit" | "exit", work: () => void): void {
  const on = readProperty(process, "on");
  if (isFunction(on)) on.call(process, name, contained("view", work));
}

/** Writes to standard error, because standard output belongs to the program. */
function write(process: unknown, text: string): void {
  const stream = readProperty(process, "stderr");
  const writeText = readProperty(stream, "write");
  if (isFunction(writeText)) contain("view: print", () => writeText.call(stream, text));
}
