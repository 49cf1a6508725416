/**
 * Traces every call of the AI SDK in the process: enables the tracing and installs the module hooks. It also sets up an
 * OpenTelemetry SDK if the environment names an endpoint and the program registers no SDK.
 */
import { builtinModule } from "../foundation/builtin-module.ts";
import { contain } from "../foundation/containment.ts";
import { sharedState } from "../foundation/process-state.ts";
import { TracedCalls } from "../instrumentation/traced-calls.ts";
import { hasTracerProvider } from "../spans/registration.ts";
import { beforeFirstSpan } from "../spans/set-up.ts";
import { hasEndpoint, readEnvironment, type Environment } from "./environment.ts";
import { installModuleHooks } from "./module-hooks.ts";
import { emitWarning } from "./warnings.ts";
import { flushAtEnd } from "./process-end.ts";
import { startSDK } from "./sdk.ts";

/** Holds an entry as soon as one copy of ai-spans has registered itself in the process. */
const registrations = sharedState("registrations.v1", Set<string>);

/** Registers once per process, even if several copies of ai-spans call it. Never throws. */
export function register(): void {
  if (registrations.size > 0 || isLoaderThread()) return;
  registrations.add("register");
  contain("register", () => traceCalls(readEnvironment()));
  const missing = contain("module hooks", installModuleHooks);
  if (missing !== undefined) emitWarning(missing);
}

/**
 * Node also runs `--require` in the thread of its module loaders, which runs no program. That thread is the only worker
 * without a parent.
 */
function isLoaderThread(): boolean {
  const threads = builtinModule("node:worker_threads");
  return threads?.isMainThread === false && threads.parentPort === null;
}

function traceCalls({ options, exitTimeoutMs }: Environment): void {
  const calls = new TracedCalls();
  calls.configure(options);
  calls.enable();
  if (hasEndpoint()) beforeFirstSpan(() => setUpSDK(exitTimeoutMs));
}

/**
 * Runs at the first call of the AI SDK, not earlier. A program registers its OpenTelemetry SDK at its start. Its
 * registration would fail after ours.
 */
function setUpSDK(exitTimeoutMs: number): void {
  if (hasTracerProvider()) return;
  if (startSDK()) flushAtEnd(exitTimeoutMs);
  else
    emitWarning(
      "nothing is recorded, because no OpenTelemetry SDK is installed: install @opentelemetry/sdk-node",
    );
}
