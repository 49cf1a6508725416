/**
 * Programs with two tools that run side by side. The order in which the tools end must not change, whatever they
 * return.
 */
import { callsTools, says } from "../../conformance/script.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { callbacks, OPERATIONS, logOutcome, logStream, type OperationName } from "../watch.ts";

async function after(ticks: number): Promise<number> {
  for (let count = 0; count < ticks; count++) await Promise.resolve();
  return ticks;
}

const KINDS: Readonly<Record<string, () => unknown>> = {
  value: () => 1,
  promise: () => Promise.resolve(1),
  asyncFunction: async () => 1,
  oneTick: () => after(1),
  threeTicks: () => after(3),
  // oxlint-disable-next-line unicorn/no-thenable -- what a tool may return
  thenable: () => ({ then: (resolve: (value: number) => void) => resolve(1) }),
  generator: async function* () {
    yield 1;
    yield 2;
  },
  rejects: async () => {
    throw new RangeError("taken");
  },
};

async function runBoth(
  stage: WatchedStage,
  operation: OperationName,
  pair: readonly string[],
): Promise<void> {
  const inputSchema = stage.sdk.jsonSchema({ type: "object", properties: {} });
  const tools = Object.fromEntries(pair.map((name) => [name, { inputSchema, execute: KINDS[name] }]));
  const model = stage.model([callsTools(pair.map((name) => ({ name, id: `call-${name}` }))), says("two")]);
  const ends = ["onToolExecutionEnd", "experimental_onToolExecutionEnd", "experimental_onToolCallFinish"];
  const parameters = stage.call(model, {
    tools,
    stopWhen: stage.major.stepCount(5),
    ...callbacks(stage, ends),
  });
  if (operation === "streamText")
    await logStream(stage, "parts", stage.sdk.streamText(parameters).fullStream);
  else await logOutcome(stage, "generateText", () => stage.sdk.generateText(parameters));
}

export const toolOrder: readonly WatchedProgram[] = OPERATIONS.map((operation) => ({
  title: `runs two tools of every kind side by side in ${operation}`,
  // With the pace `in turns`, the tool calls of a stream start in separate turns, so they do not race.
  ...(operation === "streamText" ? { paces: ["at once"] as const } : {}),
  run: async (stage) => {
    const names = Object.keys(KINDS);
    for (const first of names) {
      for (const second of names) if (second !== first) await runBoth(stage, operation, [first, second]);
    }
  },
}));
