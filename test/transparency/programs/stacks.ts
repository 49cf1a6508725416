/**
 * Programs that read the stacks of their errors. An error of the application has the application's frames in the same
 * order as on the bare SDK, and its stack does not change.
 */
import { callsTool, says } from "../../conformance/script.ts";
import { turn } from "../../support/gate.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { callbacks, OPERATIONS, logCall } from "../watch.ts";
import { loopOf } from "./results.ts";

/** A limit above the number of frames of any stack here. */
const FRAME_LIMIT = 200;
const OWN_FILE = /stacks\.ts/;

/** The names of the functions of this file that are in the stack. */
function callersFrames(error: unknown): string[] {
  const frames = String((error as Error).stack)
    .split("\n")
    .slice(1);
  return frames.filter((frame) => OWN_FILE.test(frame)).map((frame) => frame.trim().split(" ")[1] ?? "");
}

async function withLongStacks(run: () => Promise<void>): Promise<void> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAME_LIMIT;
  try {
    await run();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function thrower(stage: WatchedStage, place: string): () => never {
  return function throwHere(): never {
    const error = stage.name(`the error of ${place}`, new RangeError("no"));
    stage.log(place, callersFrames(error));
    firstStacks.set(error, error.stack);
    throw error;
  };
}

/** The stack of each error at its creation. */
const firstStacks = new WeakMap<Error, string | undefined>();

function logStack(stage: WatchedStage, error: unknown): void {
  stage.log("untouched", error instanceof Error && firstStacks.get(error) === error.stack);
}

function once(fail: () => never): () => never {
  let failure: { readonly error: unknown } | undefined;
  return () => {
    try {
      if (failure === undefined) fail();
    } catch (error) {
      failure = { error };
    }
    throw failure?.error;
  };
}

/** Throws after an await. The engine finds the frames of the application through the promises in between. */
function lateThrower(stage: WatchedStage, place: string): () => Promise<never> {
  const fail = thrower(stage, place);
  return async function throwLate(): Promise<never> {
    await turn();
    return fail();
  };
}

const MOMENTS = { "at once": thrower, "after an await": lateThrower };

export const stacks: readonly WatchedProgram[] = OPERATIONS.flatMap((operation): WatchedProgram[] => [
  ...Object.entries(MOMENTS).flatMap(([when, toThrower]): WatchedProgram[] => [
    {
      title: `throws inside a tool of ${operation} ${when}`,
      run: (stage) =>
        withLongStacks(async () => {
          const execute = toThrower(stage, "tool");
          const inputSchema = stage.sdk.jsonSchema({ type: "object" });
          const onStepFinish = ({ content }: { content: readonly { error?: unknown }[] }): void => {
            for (const part of content) if (part.error !== undefined) logStack(stage, part.error);
          };
          const model = stage.model([callsTool("searchRooms", "call-1"), says("two")]);
          const parameters = { tools: { searchRooms: { inputSchema, execute } }, onStepFinish };
          await logCall(stage, operation, stage.call(model, parameters));
        }),
    },
    {
      title: `throws inside a model of ${operation} ${when}`,
      run: (stage) =>
        withLongStacks(async () => {
          const onCall = toThrower(stage, "model");
          const onError = ({ error }: { error: unknown }): void => logStack(stage, error);
          const parameters = { maxRetries: 0, onError };
          await logCall(stage, operation, stage.call(stage.model([says("a room", { onCall })]), parameters));
        }),
    },
  ]),
  {
    title: `throws inside prepareStep of ${operation}`,
    run: (stage) =>
      withLongStacks(() =>
        logCall(
          stage,
          operation,
          loopOf(stage, { ...callbacks(stage), prepareStep: thrower(stage, "prepareStep") }),
        ),
      ),
  },
  {
    title: `throws inside a getter that ${operation} reads`,
    run: (stage) =>
      withLongStacks(async () => {
        const parameters = stage.call(stage.model([says("a room")]));
        // ai-spans reads a getter once more than the SDK (docs/why/design.md), so this getter throws the same error
        // each time.
        const get = once(thrower(stage, "getter"));
        Object.defineProperty(parameters, "messages", { enumerable: true, get });
        const name = operation;
        try {
          await stage.sdk[name](parameters);
        } catch (error) {
          logStack(stage, error);
        }
      }),
  },
]);
