/**
 * Programs that change their tools during a run. They compare which tools the model gets, and which tools run.
 */
import { callsTools, says } from "../../conformance/script.ts";
import { turn } from "../../support/gate.ts";
import type { CallParameters } from "../../support/majors.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { OPERATIONS, logOutcome, logStream, type OperationName } from "../watch.ts";

type Tool = Record<string, unknown>;
type Tools = Record<string, Tool>;

const NAMES = ["searchRooms", "bookRoom", "findHotel"];

function toolOf(
  stage: WatchedStage,
  name: string,
  version: string,
  onExecute = (): unknown => undefined,
): Tool {
  return {
    description: `${name}, ${version}`,
    inputSchema: stage.sdk.jsonSchema({ type: "object", properties: {} }),
    execute: async () => {
      stage.log("executes", name, version);
      await onExecute();
      return version;
    },
  };
}

type Change = (stage: WatchedStage, tools: Tools) => void;

const SET_CHANGES: Readonly<Record<string, Change>> = {
  "a tool is added": (stage, tools) => {
    tools["findHotel"] = toolOf(stage, "findHotel", "new");
  },
  "a tool is removed": (_stage, tools) => {
    delete tools["bookRoom"];
  },
  "a tool is replaced": (stage, tools) => {
    tools["bookRoom"] = toolOf(stage, "bookRoom", "new");
  },
  // The model gets the tools in their order, so moving a tool to the end is a change.
  "a tool is removed and added again": (_stage, tools) => {
    const { bookRoom } = tools;
    delete tools["bookRoom"];
    Object.assign(tools, { bookRoom });
  },
};

const TOOL_CHANGES: Readonly<Record<string, Change>> = {
  "an execute is replaced": (stage, { bookRoom }) => {
    Object.assign(bookRoom!, { execute: toolOf(stage, "bookRoom", "new")["execute"] });
  },
  "an execute is removed": (_stage, { bookRoom }) => {
    delete bookRoom!["execute"];
  },
  "a description is changed": (_stage, { bookRoom }) => {
    Object.assign(bookRoom!, { description: "bookRoom, new" });
  },
};

const SETS: Readonly<Record<string, (tools: Tools) => Tools>> = {
  "a plain set": (tools) => tools,
  "a set with a fixed tool": (tools) =>
    Object.defineProperty(tools, "searchRooms", { configurable: false, writable: false }),
};

/** When the program makes the change. */
interface Moment {
  readonly afterCall?: () => void;
  readonly onExecute?: () => unknown;
  readonly parameters?: CallParameters;
}

type Step = Readonly<{ stepNumber: number }>;

const MOMENTS: Readonly<Record<string, (change: () => void) => Moment>> = {
  "right after the call": (change) => ({ afterCall: change }),
  "inside a tool": (change) => ({ onExecute: change }),
  "inside a tool, later": (change) => ({ onExecute: () => turn().then(change) }),
  "at the end of a step": (change) => ({ parameters: { onStepFinish: change } }),
  "at the end of a step, later": (change) => ({ parameters: { onStepFinish: () => turn().then(change) } }),
  "before a step": (change) => ({
    parameters: {
      prepareStep: ({ stepNumber }: Step) => {
        if (stepNumber === 1) change();
        return {};
      },
    },
  }),
  "before a step, later": (change) => ({
    parameters: {
      prepareStep: async ({ stepNumber }: Step) => {
        await turn();
        if (stepNumber === 1) change();
      },
    },
  }),
};

async function changeOnce(
  stage: WatchedStage,
  operation: OperationName,
  toTools: (onExecute?: () => unknown) => Tools,
  [change, toMoment]: readonly [Change, (change: () => void) => Moment],
): Promise<void> {
  let isChanged = false;
  const { afterCall, onExecute, parameters } = toMoment(() => {
    if (!isChanged) change(stage, tools);
    isChanged = true;
  });
  const tools = toTools(onExecute);
  const model = stage.model([
    callsTools([{ name: "searchRooms", id: "call-1" }]),
    callsTools(NAMES.map((name) => ({ name, id: `call-${name}` }))),
    says("two"),
  ]);
  const all = stage.call(model, { tools, stopWhen: stage.major.stepCount(5), ...parameters });
  const running =
    operation === "streamText"
      ? logStream(stage, "parts", stage.sdk.streamText(all).fullStream)
      : logOutcome(stage, "generateText", () => stage.sdk.generateText(all));
  afterCall?.();
  await running;
}

/** Makes each change in a separate call, so that the changes do not affect each other. */
function programOf(
  what: string,
  changes: Readonly<Record<string, Change>>,
  [operation, when]: readonly [OperationName, string],
): WatchedProgram {
  return {
    title: `changes ${what} ${when} of ${operation}`,
    run: async (stage) => {
      for (const [set, toSet] of Object.entries(SETS)) {
        for (const [change, make] of Object.entries(changes)) {
          for (const channel of ["parts", "executes", "generateText"]) stage.log(channel, set, change);
          const toTools = (onExecute?: () => unknown): Tools =>
            toSet({
              searchRooms: toolOf(stage, "searchRooms", "old", onExecute),
              bookRoom: toolOf(stage, "bookRoom", "old"),
              cancelRoom: toolOf(stage, "cancelRoom", "old"),
            });
          await changeOnce(stage, operation, toTools, [make, MOMENTS[when]!]);
        }
      }
    },
  };
}

export const liveTools: readonly WatchedProgram[] = OPERATIONS.flatMap((operation) =>
  Object.keys(MOMENTS).flatMap((when) => [
    programOf("its set of tools", SET_CHANGES, [operation, when]),
    programOf("a tool", TOOL_CHANGES, [operation, when]),
  ]),
);
