/**
 * Traces every call of the AI SDK in the process: enables the tracing, installs the module hooks, and sets an OpenTelemetry
 * SDK up where the environment names an endpoint and the program registers none.
 */
import { builtinModule } from "../foundation/builtin-module.ts";
import { contain } from "../foundation/containment.ts";
import { sharedState } from "../foundation/process-state.ts";
import { TracedCalls } from "../instrumentation/traced-calls.ts";
import { hasTracerProvider } from "../spans/registration.ts";
import { beforeFirstSpan } from "../spans/set-up.ts";
import { hasEndpoint, readEnvironment, type Environment } from "./environment.ts";
import { installModuleHooks } from "./module-hooks.ts";
import { notice } from "./notice.ts";
import { flushAtEnd } from "./process-end.ts";
import { startSDK } from "./sdk.ts";

/** Has an entry once a copy of ai-spans is registered in the process. */
const registrations = sharedState("registrations.v1", Set<string>);

/** Does its work once in a process, whichever copies of ai-spans call it. Never throws. */
export function register(): void {
  if (registrations.size > 0 || isLoaderThread()) return;
  registrations.add("register");
  contain("register", () => traceCalls(readEnvironment()));
  const missing = contain("module hooks", installModuleHooks);
  if (missing !== undefined) notice(missing);
}

/** Node runs `--require` in the thread of its module loaders, too. Only that thread has neither a program nor a parent. */
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
 * Runs at the first call of the SDK. The program registers its own SDK at its start, which would fail if we had registered
 * one before.
 */
function setUpSDK(exitTimeoutMs: number): void {
  if (hasTracerProvider()) return;
  if (startSDK()) flushAtEnd(exitTimeoutMs);
  else
    notice("nothing is recorded, because no OpenTelemetry SDK is installed: install @opentelemetry/sdk-node");
}
