/**
 * Programs with tools: the arguments of `execute`, and everything that it may return: promises of every kind,
 * iterables, errors.
 */
import { runInNewContext } from "node:vm";
import { callsTool, callsTools, says } from "../../conformance/script.ts";
import { turn } from "../../support/gate.ts";
import type { CallParameters } from "../../support/majors.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { callbacks, OPERATIONS, logCall } from "../watch.ts";

type Execute = (stage: WatchedStage) => (this: unknown, ...args: never[]) => unknown;

const thenable = (settle: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void) => ({
  // oxlint-disable-next-line unicorn/no-thenable -- what a tool may return
  then: settle,
});

/** A hand-written async iterator, which records each call of its methods. */
function iterable(stage: WatchedStage, extra: object = {}): object {
  let count = 0;
  return {
    [Symbol.asyncIterator](this: unknown) {
      stage.log("iterator", "made");
      return {
        next: async (...args: unknown[]) => {
          stage.log("iterator", "next", args);
          count += 1;
          return { done: count > 2, value: count };
        },
        return: async (...args: unknown[]) => {
          stage.log("iterator", "return", args);
          return { done: true, value: undefined };
        },
      };
    },
    ...extra,
  };
}

const noIterator = { [Symbol.asyncIterator]: () => null };

class RoomPromise extends Promise<unknown> {}

const EXECUTIONS: Readonly<Record<string, Execute>> = {
  "a value": () => () => 2,
  undefined: () => () => undefined,
  null: () => () => null,
  "a promise": () => async () => ({ rooms: 2 }),
  "a late promise": () => async () => {
    await turn();
    return 2;
  },
  "a promise of a class of its own": () => () => RoomPromise.resolve(2),
  "a promise of another realm": () => () => runInNewContext("Promise.resolve({ rooms: 2 })") as unknown,
  "a rejection of another realm": () => () =>
    runInNewContext("Promise.reject(new RangeError('taken'))") as unknown,
  "a thenable": () => () => thenable((resolve) => resolve(2)),
  "a thenable that counts who subscribes": (stage) => () =>
    thenable((resolve) => {
      stage.log("then", "called");
      resolve(2);
    }),
  "a thenable that throws": () => () =>
    thenable(() => {
      throw new RangeError("no then");
    }),
  "a thenable that rejects": () => () => thenable((_resolve, reject) => reject(new RangeError("taken"))),
  "a thenable that settles twice": () => () =>
    thenable((resolve, reject) => {
      resolve(2);
      reject(new RangeError("late"));
    }),
  "an object with a then that is no function": () => () =>
    Object.fromEntries(["then"].map((key) => [key, 7])),
  "an iterable without an iterator": () => () => noIterator,
  "an async generator": () =>
    async function* () {
      yield 1;
      await turn();
      yield 2;
      return 3;
    },
  "an async generator that throws": () =>
    async function* () {
      yield 1;
      throw new RangeError("taken");
    },
  "an async generator without values": () => async function* () {},
  "a promise of an async iterable": (stage) => async () => iterable(stage),
  "a generator": () =>
    function* () {
      yield 1;
      yield 2;
    },
  "an async iterable": (stage) => () => iterable(stage),
  "an async iterable that is also a thenable": (stage) => () =>
    iterable(
      stage,
      thenable((resolve) => resolve("from then")),
    ),
  "an array": () => () => [1, 2],
  "a function": () => () => () => 2,
  "a Map": () => () => new Map([["rooms", 2]]),
  "a stream": () => () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(1);
        controller.enqueue(2);
        controller.close();
      },
    }),
  "an error that is returned": () => () => new RangeError("taken"),
  "an error that is thrown": (stage) => () => {
    throw stage.name("the error", new RangeError("taken"));
  },
  "an error that is rejected with": (stage) => async () => {
    throw stage.name("the error", Object.assign(new RangeError("taken"), { room: 7, [Symbol("own")]: 1 }));
  },
  "a frozen error that is thrown": (stage) => () => {
    throw stage.name("the error", Object.freeze(new RangeError("taken")));
  },
  "a string that is thrown": () => () => {
    throw "taken";
  },
  "undefined that is thrown": () => () => {
    throw undefined;
  },
  "a rejection with null": () => () => Promise.reject(null),
  "a frozen value": () => () => Object.freeze({ rooms: 2 }),
  "its arguments": () =>
    function (this: unknown, ...args: unknown[]) {
      return { length: args.length, input: args[0] };
    },
};

function loop(stage: WatchedStage, tool: object, parameters: CallParameters = {}): CallParameters {
  const model = stage.model([
    callsTool("searchRooms", "call-1", {
      parts: [{ toolCall: { name: "searchRooms", id: "call-1", input: { city: "Paris" } } }],
    }),
    says("two"),
  ]);
  const searchRooms = stage.name("the tool", {
    inputSchema: stage.sdk.jsonSchema({ type: "object", properties: {} }),
    ...tool,
  });
  return stage.call(model, {
    tools: stage.name("the tools", { searchRooms }),
    stopWhen: stage.major.stepCount(5),
    ...parameters,
  });
}

const options: readonly WatchedProgram[] = OPERATIONS.flatMap((operation) => [
  {
    title: `reads the arguments of a tool of ${operation}`,
    run: (stage) => {
      const execute = function (this: unknown, ...args: unknown[]): number {
        stage.log("execute", this, args, Object.keys(args[1] as object));
        return 2;
      };
      const own = stage.name("the context", { tenant: "t-1" });
      const parameters = {
        experimental_context: own,
        runtimeContext: own,
        toolsContext: { searchRooms: own },
        abortSignal: stage.name("the signal", new AbortController().signal),
        ...callbacks(stage),
      };
      return logCall(stage, operation, loop(stage, { execute }, parameters));
    },
  },
  {
    title: `runs several tools of ${operation} at once`,
    run: (stage) => {
      const names = ["searchRooms", "watchRooms", "bookRoom"];
      const model = stage.model([
        callsTools(names.map((name, index) => ({ name, id: `call-${index}` }))),
        says("two"),
      ]);
      const inputSchema = stage.sdk.jsonSchema({ type: "object", properties: {} });
      const tools = Object.fromEntries(
        names.map((name, index) => [
          name,
          {
            inputSchema,
            execute: async () => {
              stage.log("tools", name, "begins");
              for (let count = index; count < names.length; count++) await turn();
              stage.log("tools", name, "ends");
              return name;
            },
          },
        ]),
      );
      const parameters = { tools, stopWhen: stage.major.stepCount(5), ...callbacks(stage) };
      return logCall(stage, operation, stage.call(model, parameters));
    },
  },
  {
    title: `calls the SDK again inside a tool of ${operation}`,
    run: (stage) => {
      const inner = stage.model([says("inner")], "the inner model");
      const execute = async (): Promise<string> => (await stage.sdk.generateText(stage.call(inner))).text;
      return logCall(stage, operation, loop(stage, { execute }, callbacks(stage)));
    },
  },
]);

export const executions: readonly WatchedProgram[] = [
  ...OPERATIONS.flatMap((operation) =>
    Object.entries(EXECUTIONS).map(([what, execute]): WatchedProgram => ({
      title: `has a tool of ${operation} give ${what}`,
      run: (stage) =>
        logCall(
          stage,
          operation,
          loop(stage, { execute: execute(stage) }, callbacks(stage, ["onStepFinish", "onError"])),
        ),
    })),
  ),
  ...options,
];
