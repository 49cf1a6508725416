// Runs the demo: reads the arguments, runs each scenario, shuts down. An exporter prints the trees. Start it with
// `npm run demo`.
import { once } from "node:events";
import { startProviderServer, type ProviderServer } from "../../fixtures/provider-server.ts";
import { ArgumentError, readArguments, usage, type DemoArguments } from "./arguments.ts";
import { loadMajor } from "./majors.ts";
import { liveModels, scriptedModels, type Models } from "./models.ts";
import { runScenario, scenarios } from "./scenarios.ts";
import { startTelemetry } from "./telemetry.ts";
import { createViewer, type Viewer } from "ai-spans/view";

const DEADLINE_MS = 120_000;

// A reader such as `head` may close the pipe early. Nobody reads the output after that, so the demo exits.
process.stdout.once("error", () => process.exit());

try {
  const demoArguments = readArguments(process.argv.slice(2), process.env);
  if (demoArguments.help) print(usage);
  else await runDemo(demoArguments);
} catch (error) {
  if (!(error instanceof ArgumentError)) throw error;
  warn(`demo: ${error.message} (see --help)`);
  process.exitCode = 2;
}

async function runDemo({ sdk, live, otlpEndpoint, view }: DemoArguments): Promise<void> {
  const viewer = view ? createViewer() : undefined;
  const page = await viewer?.listen();
  if (page) print(`runs: ${page}\n`);
  const deadline = endAtLatestAfter(DEADLINE_MS);
  const telemetry = startTelemetry({ otlpEndpoint, viewer }, warn);
  let server: ProviderServer | undefined;
  try {
    const major = await loadMajor(sdk);
    print(`AI SDK ${major.version}, ${live ? "real providers" : "local provider server"}\n`);
    let models: Models;
    if (live) models = liveModels(major, live);
    else models = scriptedModels(major, (server = await startProviderServer()));

    for (const [index, scenario] of scenarios.entries()) {
      print(`\n${index + 1}. ${scenario.title}\n\n`);
      if (live && scenario.scriptedOnly) {
        print("left out: a real provider does not fail on request\n");
        continue;
      }
      try {
        const outcome = await runScenario(scenario, major, models);
        await telemetry.waitForEnds();
        print(`the application got: ${outcome}\n`);
      } catch (error) {
        print(`failed: ${String(error).split("\n", 1)[0]}\n`);
        process.exitCode = 1;
      }
    }
  } finally {
    clearTimeout(deadline);
    await server?.close();
    await telemetry.shutdown();
  }
  if (viewer) await untilInterrupted(viewer);
}

/** Keeps the page until the user presses Ctrl+C, or something else stops the process. */
async function untilInterrupted(viewer: Viewer): Promise<void> {
  print("\nCtrl+C ends the demo\n");
  const running = setInterval(() => {}, DEADLINE_MS);
  await Promise.race(["SIGINT", "SIGTERM"].map((signal) => once(process, signal)));
  clearInterval(running);
  await viewer.close();
}

/** Ends the demo if a call hangs. The timer does not keep the process alive. */
function endAtLatestAfter(milliseconds: number): NodeJS.Timeout {
  return setTimeout(() => {
    warn(`demo: not done after ${milliseconds / 1000} s, giving up`);
    process.exit(1);
  }, milliseconds).unref();
}

function print(text: string): void {
  process.stdout.write(text);
}

function warn(line: string): void {
  process.stderr.write(`${line}\n`);
}
