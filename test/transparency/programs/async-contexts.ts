/**
 * Programs with an AsyncLocalStorage of the application. Each place where its code runs has the same store as on the
 * bare SDK.
 */
import type { AsyncLocalStorage } from "node:async_hooks";
import { callsTool, says } from "../../conformance/script.ts";
import { turn } from "../../support/gate.ts";
import type { CallParameters } from "../../support/majors.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { OPERATIONS, logCall, logStream } from "../watch.ts";

const CALLBACKS =
  "onStart onStepStart onChunk onStepFinish onStepEnd onFinish onEnd prepareStep onToolExecutionStart onToolExecutionEnd".split(
    " ",
  );

function watched(stage: WatchedStage, storage: AsyncLocalStorage<string>): CallParameters {
  const note = (place: string): void => stage.log(place, storage.getStore());
  const inputSchema = stage.sdk.jsonSchema({ type: "object" });
  const searchRooms = {
    inputSchema,
    async *execute() {
      note("tool, begins");
      yield 1;
      await turn();
      note("tool, goes on");
      yield storage.run("of the tool", () => storage.getStore());
      note("tool, ends");
    },
    onInputStart: () => note("onInputStart"),
    onInputAvailable: () => note("onInputAvailable"),
    toModelOutput: () => {
      note("toModelOutput");
      return { type: "text", value: "rooms" };
    },
  };
  const bookRoom = {
    inputSchema,
    execute: async () => {
      note("other tool");
      storage.enterWith("entered by a tool");
      await turn();
      note("other tool, later");
      return 2;
    },
  };
  const onCall = (): void => note("model");
  const model = stage.model([
    callsTool("searchRooms", "call-1", { onCall }),
    callsTool("bookRoom", "call-2", { onCall }),
    says("two", { onCall }),
  ]);
  const stopWhen = [
    stage.major.stepCount(5),
    () => {
      note("stopWhen");
      return false;
    },
  ];
  const callbacks = Object.fromEntries(CALLBACKS.map((name) => [name, () => note(name)]));
  return stage.call(model, { tools: { searchRooms, bookRoom }, stopWhen, ...callbacks });
}

export const asyncContexts: readonly WatchedProgram[] = OPERATIONS.flatMap((operation): WatchedProgram[] => [
  {
    title: `reads its store everywhere in ${operation}`,
    run: async (stage) => {
      const storage = stage.storage();
      await storage.run("of the caller", () => logCall(stage, operation, watched(stage, storage)));
      stage.log("after", storage.getStore());
    },
  },
  {
    title: `finds no store in ${operation} if it has entered none`,
    run: (stage) => logCall(stage, operation, watched(stage, stage.storage())),
  },
  {
    title: `reads its stores in two calls of ${operation} at once`,
    run: async (stage) => {
      const storage = stage.storage();
      const run = (store: string): Promise<void> =>
        storage.run(store, () => logCall(stage, operation, watched(stage, storage)));
      await Promise.all([run("first"), run("second")]);
    },
  },
]).concat([
  {
    title: "reads a stream under another store than that of the call",
    run: async (stage) => {
      const storage = stage.storage();
      const result = storage.run("of the caller", () => stage.sdk.streamText(watched(stage, storage)));
      await storage.run("of the reader", async () => {
        for await (const part of result.fullStream) stage.log("reader", storage.getStore(), part.type);
      });
    },
  },
  {
    title: "enters a store while a stream runs",
    run: async (stage) => {
      const storage = stage.storage();
      const result = stage.sdk.streamText(watched(stage, storage));
      storage.enterWith("entered late");
      await logStream(stage, "parts", result.textStream);
      stage.log("after", storage.getStore());
    },
  },
]);
