/**
 * Programs with callbacks: which ones the SDK calls, in which order, with which arguments and which receiver, and what
 * they may do.
 */
import { callsTool, callsTools, says } from "../../conformance/script.ts";
import type { CallParameters } from "../../support/majors.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { callbacks, OPERATIONS, logCall } from "../watch.ts";
import { loopOf } from "./results.ts";

type Event = Readonly<Record<string, unknown>>;

/** Settings that `prepareStep` may return. The program records the next call of the model. */
const STEP_SETTINGS: Readonly<Record<string, (stage: WatchedStage) => unknown>> = {
  nothing: () => undefined,
  null: () => null,
  "an empty object": () => ({}),
  "another model": (stage) => ({ model: stage.model([says("two"), says("three")], "the other model") }),
  "an unknown model": () => ({ model: {} }),
  "active tools": () => ({ activeTools: [] }),
  "a promise of settings": async () => ({ toolChoice: "none", system: "be brief", instructions: "be brief" }),
  "a thenable of settings": () => ({
    // oxlint-disable-next-line unicorn/no-thenable -- what a program may return
    then: (resolve: (settings: object) => void) => resolve({ toolChoice: "none" }),
  }),
  "frozen settings": () => Object.freeze({ toolChoice: "none" }),
  "settings with a getter": () => ({
    get toolChoice() {
      return "none";
    },
  }),
};

const stepSettings = OPERATIONS.flatMap((name) =>
  Object.entries(STEP_SETTINGS).map(([what, settings]): WatchedProgram => ({
    title: `gives ${what} for a step of ${name}`,
    run: (stage) => {
      const prepareStep = function (this: unknown, event: Event, ...rest: unknown[]): unknown {
        stage.log("prepareStep", this === undefined, event, rest, Object.keys(event));
        return settings(stage);
      };
      return logCall(stage, name, loopOf(stage, { prepareStep }));
    },
  })),
);

/** Ways in which a callback can fail. */
const FAULTS: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw new RangeError("no");
  },
  rejects: () => Promise.reject(new RangeError("no")),
  "never settles": () => new Promise(() => {}),
};

const faulty = OPERATIONS.flatMap((operation) =>
  ["onStepFinish", "onFinish", "onChunk", "onError", "onStart", "prepareStep", "stopWhen"].flatMap((name) =>
    Object.entries(FAULTS).map(([what, run]): WatchedProgram => ({
      title: `has an ${name} of ${operation} that ${what}`,
      run: async (stage) => {
        const running = logCall(stage, operation, loopOf(stage, { ...callbacks(stage), [name]: run }));
        // A callback that never settles blocks the call forever.
        await Promise.race([running, stage.rest()]);
      },
    })),
  ),
);

const transforms: readonly WatchedProgram[] = [
  {
    title: "transforms its stream and reads the tools",
    run: (stage) => {
      const transform =
        (order: number) =>
        (options: Event): TransformStream<Event, Event> => {
          stage.log("transform", order, options, Object.keys(options));
          return new TransformStream({
            transform: (part, controller) => controller.enqueue({ ...part, order }),
          });
        };
      const experimental_transform = [transform(1), transform(2)];
      return logCall(stage, "streamText", loopOf(stage, { experimental_transform }));
    },
  },
  {
    title: "stops its stream from a transform",
    // The number of parts that are read before the stop depends on microtasks.
    paces: ["in turns"],
    run: (stage) => {
      const experimental_transform = ({
        stopStream,
      }: {
        stopStream: () => void;
      }): TransformStream<Event, Event> =>
        new TransformStream({
          transform: (part, controller) => {
            controller.enqueue(part);
            if (part["type"] === "text-delta") stopStream();
          },
        });
      return logCall(stage, "streamText", loopOf(stage, { ...callbacks(stage), experimental_transform }));
    },
  },
  {
    title: "smooths its stream",
    run: (stage) => {
      const smooth = stage.sdk["smoothStream"] as (options: object) => unknown;
      return logCall(
        stage,
        "streamText",
        loopOf(stage, { experimental_transform: smooth({ delayInMs: null }) }),
      );
    },
  },
];

function badToolCall(stage: WatchedStage, name: string, parameters: CallParameters): CallParameters {
  const model = stage.model([callsTool(name, "call-1", {}), says("two")]);
  return { ...loopOf(stage, parameters), model };
}

const repairs: readonly WatchedProgram[] = OPERATIONS.flatMap((operation) =>
  (["experimental_repairToolCall", "repairToolCall"] as const).map((name): WatchedProgram => ({
    title: `repairs a tool call of ${operation} with ${name}`,
    run: (stage) => {
      const repair = function (this: unknown, event: Event): unknown {
        stage.log("repair", this === undefined, event);
        return { ...(event["toolCall"] as object), toolName: "searchRooms" };
      };
      return logCall(stage, operation, badToolCall(stage, "noSuchTool", { [name]: repair }));
    },
  })),
);

const conditions: readonly WatchedProgram[] = OPERATIONS.map((operation) => ({
  title: `decides with functions when ${operation} stops`,
  run: (stage) => {
    const condition =
      (name: string, stops: boolean) =>
      (event: Event): boolean => {
        stage.log(name, event);
        return stops;
      };
    const stopWhen = [condition("first", false), stage.major.stepCount(2), condition("third", false)];
    return logCall(stage, operation, loopOf(stage, { stopWhen }));
  },
}));

const approvals: readonly WatchedProgram[] = OPERATIONS.flatMap((operation) => [
  {
    title: `asks whether a tool of ${operation} needs approval`,
    run: (stage) => {
      const needsApproval = function (this: unknown, ...args: unknown[]): boolean {
        stage.log("needsApproval", this === undefined, args);
        return false;
      };
      const searchRooms = stage.name("the tool", {
        inputSchema: stage.sdk.jsonSchema({ type: "object" }),
        needsApproval,
        execute: () => 2,
      });
      return logCall(stage, operation, loopOf(stage, { tools: stage.name("the tools", { searchRooms }) }));
    },
  },
  {
    title: `waits for the approval of a tool of ${operation}`,
    run: (stage) => {
      const searchRooms = {
        inputSchema: stage.sdk.jsonSchema({ type: "object" }),
        needsApproval: true,
        execute: () => 2,
      };
      return logCall(stage, operation, loopOf(stage, { tools: { searchRooms }, ...callbacks(stage) }));
    },
  },
  {
    title: `decides on the approval of every tool of ${operation}`,
    majors: ["v7"],
    run: (stage) => {
      const toolApproval = function (this: unknown, ...args: unknown[]): unknown {
        stage.log("toolApproval", this === undefined, args);
        return undefined;
      };
      return logCall(stage, operation, loopOf(stage, { toolApproval }));
    },
  },
  {
    title: `decides on the approval of one tool of ${operation}`,
    majors: ["v7"],
    run: (stage) => {
      const searchRooms = function (this: unknown, ...args: unknown[]): unknown {
        stage.log("toolApproval", typeof this, args);
        return { type: "denied", reason: "full" };
      };
      return logCall(stage, operation, loopOf(stage, { toolApproval: { searchRooms } }));
    },
  },
]);

export const callbackPrograms: readonly WatchedProgram[] = [
  ...OPERATIONS.flatMap((operation): WatchedProgram[] => [
    {
      title: `records every callback of a loop of ${operation}`,
      run: (stage) => logCall(stage, operation, loopOf(stage, callbacks(stage))),
    },
    {
      title: `records every callback of ${operation} with several tools at once`,
      run: (stage) => {
        const model = stage.model([
          callsTools([
            { name: "searchRooms", id: "call-1" },
            { name: "searchRooms", id: "call-2" },
          ]),
          says("two"),
        ]);
        return logCall(stage, operation, { ...loopOf(stage, callbacks(stage)), model });
      },
    },
    {
      title: `reads its own context in the callbacks of ${operation}`,
      run: (stage) => {
        const own = stage.name("the context", { tenant: "t-1" });
        const parameters = { experimental_context: own, runtimeContext: own, ...callbacks(stage) };
        return logCall(stage, operation, loopOf(stage, parameters));
      },
    },
  ]),
  ...stepSettings,
  ...faulty,
  ...transforms,
  ...repairs,
  ...conditions,
  ...approvals,
];
