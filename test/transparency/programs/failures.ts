/**
 * Programs that fail. The caller gets the thrown object itself, wherever it comes from and whoever handles it.
 */
import { callsTool, rejects, says } from "../../conformance/script.ts";
import { apiCallError, RoomServiceError } from "../../support/failures.ts";
import type { ScriptedStep } from "../../support/scripted-model.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { callbacks, OPERATIONS, logCall, logMembers, logOutcome, logPromise } from "../watch.ts";
import { loopOf } from "./results.ts";

const THROWN: Readonly<Record<string, (stage: WatchedStage) => unknown>> = {
  "an error": () => new RangeError("no"),
  "an error of its own class": () => new RoomServiceError("no"),
  "an error with properties": () =>
    Object.assign(new TypeError("no", { cause: new Error("why") }), { room: 7, [Symbol("own")]: 1 }),
  "a frozen error": () => Object.freeze(new RangeError("no")),
  "an error whose name throws": () =>
    Object.defineProperty(new Error("no"), "name", {
      get() {
        throw new RangeError("no name");
      },
    }),
  "an HTTP error": ({ major }) => apiCallError(major, { status: 400 }),
  "a string": () => "no",
  undefined: () => undefined,
  null: () => null,
  "a symbol": () => Symbol("no"),
  "an object without a prototype": () => Object.assign(Object.create(null) as object, { code: 7 }),
  "a Proxy": () => new Proxy(new RangeError("no"), {}),
  "an AbortError that nobody asked for": () => new DOMException("no", "AbortError"),
};

const PLACES: Readonly<Record<string, (error: unknown) => ScriptedStep>> = {
  "rejects with": (error) => rejects(error),
  "breaks its stream with": (error) => says("", { parts: [{ text: "a " }], streamError: error }),
  "streams an error part of": (error) => says("", { parts: [{ text: "a " }, { error }], finish: "error" }),
};

const thrown = OPERATIONS.flatMap((operation) =>
  Object.entries(PLACES).flatMap(([place, toStep]) =>
    Object.entries(THROWN)
      .filter(() => operation === "streamText" || place === "rejects with")
      .map(([what, toError]): WatchedProgram => ({
        title: `has a model of ${operation} that ${place} ${what}`,
        run: async (stage) => {
          const error = stage.name("the error", toError(stage));
          const model = stage.model([toStep(error), says("again")]);
          await logCall(stage, operation, stage.call(model, { ...callbacks(stage), maxRetries: 0 }));
          if (typeof error === "object" && error !== null) {
            stage.log("keys of the error", Reflect.ownKeys(error), Object.isFrozen(error));
          }
        },
      })),
  ),
);

/** Ways to handle, or ignore, a result that fails. */
const HANDLING: Readonly<Record<string, (stage: WatchedStage, step: ScriptedStep) => unknown>> = {
  "does not look at a promise that rejects": (stage, step) => {
    void stage.sdk.generateText(stage.call(stage.model([step]), { maxRetries: 0 }));
  },
  "handles a promise that rejects twice": async (stage, step) => {
    const running = stage.sdk.generateText(stage.call(stage.model([step]), { maxRetries: 0 }));
    await Promise.all([logPromise(stage, "first", running), logPromise(stage, "second", running)]);
  },
  "handles a promise that rejects late": async (stage, step) => {
    const running = stage.sdk.generateText(stage.call(stage.model([step]), { maxRetries: 0 }));
    await stage.rest();
    await logPromise(stage, "late", running);
  },
  "chains on a promise that rejects and handles one branch": async (stage, step) => {
    const running = stage.sdk.generateText(stage.call(stage.model([step]), { maxRetries: 0 }));
    void running.finally(() => stage.log("finally", "called"));
    await logPromise(stage, "handled", running);
  },
  "does not read a stream that fails": (stage, step) =>
    void stage.sdk.streamText(stage.call(stage.model([step]), { maxRetries: 0 })),
  "looks at a promise of a stream that fails and handles none": async (stage, step) => {
    const result = stage.sdk.streamText(stage.call(stage.model([step]), { maxRetries: 0 }));
    void result.text;
    await stage.rest();
  },
  "reads every member of a stream that fails": (stage, step) =>
    logMembers(stage, stage.sdk.streamText(stage.call(stage.model([step]), { maxRetries: 0 }))),
  "consumes a stream that fails": (stage, step) => {
    const result = stage.sdk.streamText(stage.call(stage.model([step]), { maxRetries: 0 }));
    const onError = (error: unknown): void => stage.log("consumeStream onError", error);
    return logOutcome(stage, "consumeStream", () => result.consumeStream({ onError }));
  },
  "gives the body of a stream that fails": async (stage, step) => {
    const result = stage.sdk.streamText(stage.call(stage.model([step]), { maxRetries: 0 }));
    const response = result.toUIMessageStreamResponse({ onError: (error: unknown) => typeof error });
    await logOutcome(stage, "body", () => response.text());
  },
};

const handling = Object.entries(HANDLING).flatMap(([what, handle]) =>
  Object.entries(PLACES).map(([place, toStep]): WatchedProgram => ({
    title: `${what}, where the model ${place} an error`,
    run: (stage) => handle(stage, toStep(stage.name("the error", new RangeError("no")))),
  })),
);

const retries: readonly WatchedProgram[] = OPERATIONS.flatMap((operation): WatchedProgram[] => [
  {
    title: `repeats a model call of ${operation} that failed`,
    run: (stage) => {
      const error = stage.name("the error", apiCallError(stage.major, { status: 429, retryable: true }));
      return logCall(
        stage,
        operation,
        stage.call(stage.model([says("a room", { rejections: [error] })]), callbacks(stage)),
      );
    },
  },
  {
    title: `gives up on a model call of ${operation}`,
    run: (stage) => {
      const error = stage.name("the error", apiCallError(stage.major, { status: 429, retryable: true }));
      const parameters = { ...callbacks(stage), maxRetries: 1 };
      return logCall(stage, operation, stage.call(stage.model([rejects(error, error)]), parameters));
    },
  },
  {
    title: `fails in the second step of ${operation}`,
    run: (stage) => {
      const error = stage.name("the error", new RangeError("no"));
      const model = stage.model([callsTool("searchRooms", "call-1"), rejects(error)]);
      return logCall(stage, operation, { ...loopOf(stage, callbacks(stage)), model, maxRetries: 0 });
    },
  },
  {
    title: `calls a tool in ${operation} that is not there`,
    run: (stage) => {
      const model = stage.model([callsTool("noSuchTool", "call-1"), says("two")]);
      return logCall(stage, operation, { ...loopOf(stage, callbacks(stage)), model });
    },
  },
  {
    title: `calls a tool in ${operation} with an input that does not fit`,
    run: (stage) => {
      const validate = (): object => ({
        success: false,
        error: stage.name("the error", new RangeError("no")),
      });
      const inputSchema = stage.sdk.jsonSchema({ type: "object" }, { validate });
      const tools = { searchRooms: { inputSchema, execute: () => stage.log("execute", "called") } };
      return logCall(stage, operation, loopOf(stage, { ...callbacks(stage), tools }));
    },
  },
  {
    title: `has an answer of ${operation} that is not the output it asked for`,
    run: (stage) => {
      const schema = stage.sdk.jsonSchema({ type: "object" });
      const output = stage.major.outputOptions(stage.sdk.Output.object({ schema }));
      return logCall(
        stage,
        operation,
        stage.call(stage.model([says("no JSON")]), { ...callbacks(stage), ...output }),
      );
    },
  },
  {
    title: `recognizes the errors of ${operation} by their classes`,
    run: async (stage) => {
      const error = apiCallError(stage.major, { status: 400 });
      const caught: unknown = await stage.sdk
        .generateText(stage.call(stage.model([rejects(error)])))
        .catch((reason: unknown) => reason);
      const { APICallError } = stage.sdk;
      const isInstance = Reflect.get(APICallError, "isInstance") as (value: unknown) => boolean;
      stage.log("instanceof", caught === error, caught instanceof APICallError, isInstance(caught));
    },
  },
]);

export const failures: readonly WatchedProgram[] = [...thrown, ...handling, ...retries];
