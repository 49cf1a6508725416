/**
 * Programs that use results as objects: every member with its value or promise, and copies of a result.
 */
import { callsTool, says } from "../../conformance/script.ts";
import type { CallParameters } from "../../support/majors.ts";
import type { ScriptedStep } from "../../support/scripted-model.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { membersOf, logMembers, logStream } from "../watch.ts";

const steps: readonly ScriptedStep[] = [
  callsTool("searchRooms", "call-1"),
  says("", { parts: [{ reasoning: "cheap" }, { text: "a " }, { text: "room" }] }),
];

export function loopOf(stage: WatchedStage, parameters: CallParameters = {}): CallParameters {
  const inputSchema = stage.sdk.jsonSchema({ type: "object", properties: {} });
  const searchRooms = stage.sdk.tool({ inputSchema, execute: async () => ({ rooms: 2 }) });
  return stage.call(stage.model(steps), {
    tools: stage.name("the tools", { searchRooms: stage.name("the tool", searchRooms) }),
    stopWhen: stage.major.stepCount(5),
    ...parameters,
  });
}

/** Ways to inspect or copy a finished result. */
const LOOKS: Readonly<Record<string, (result: object) => unknown>> = {
  keys: (result) => Object.keys(result),
  "all keys": (result) => membersOf(result),
  spread: (result) => ({ ...result }),
  assigned: (result) => Object.assign(Object.create(null) as object, result),
  tag: (result) => Object.prototype.toString.call(result),
  class: (result) => [result.constructor.name, result.constructor.length],
  "prototype members": (result) => Object.getOwnPropertyNames(Object.getPrototypeOf(result)),
  "private by convention": (result) => Object.keys(result).filter((key) => key.startsWith("_")),
  "can be changed": (result) => [Object.isExtensible(result), Object.isFrozen(result)],
  set: (result) => [Reflect.set(result, "note", 1), Reflect.get(result, "note")],
};

function look(stage: WatchedStage, result: object): void {
  for (const [what, of] of Object.entries(LOOKS)) {
    try {
      stage.log(what, of(result));
    } catch (error) {
      stage.log(what, "throws", error);
    }
  }
}

const OUTPUTS: Readonly<Record<string, (stage: WatchedStage) => CallParameters>> = {
  text: () => ({}),
  "an object": (stage) => stage.major.outputOptions(stage.sdk.Output.object({ schema: citySchema(stage) })),
};

function citySchema({ sdk }: WatchedStage): unknown {
  return sdk.jsonSchema({ type: "object", properties: { city: { type: "string" } }, required: ["city"] });
}

export const results: readonly WatchedProgram[] = [
  ...Object.entries(OUTPUTS).flatMap(([what, options]): WatchedProgram[] => [
    {
      title: `reads every member of a generated result with ${what}`,
      run: async (stage) => {
        const parameters = stage.call(stage.model([says('{"city":"Paris"}')]), options(stage));
        await logMembers(stage, await stage.sdk.generateText(parameters));
      },
    },
    {
      title: `reads every member of a streamed result with ${what}`,
      run: async (stage) => {
        const parameters = stage.call(stage.model([says('{"city":"Paris"}')]), options(stage));
        await logMembers(stage, stage.sdk.streamText(parameters));
      },
    },
  ]),
  {
    title: "reads every member of a generated result of several steps",
    run: async (stage) => logMembers(stage, await stage.sdk.generateText(loopOf(stage))),
  },
  {
    title: "reads every member of a streamed result of several steps",
    run: (stage) => logMembers(stage, stage.sdk.streamText(loopOf(stage))),
  },
  {
    title: "looks at a generated result as an object",
    run: async (stage) => look(stage, await stage.sdk.generateText(loopOf(stage))),
  },
  {
    title: "looks at a streamed result as an object",
    run: async (stage) => {
      const result = stage.sdk.streamText(loopOf(stage));
      look(stage, result);
      await logStream(stage, "parts", result.fullStream);
    },
  },
  {
    title: "clones what a generated result holds",
    run: async (stage) => {
      const { steps: taken, text } = await stage.sdk.generateText(loopOf(stage));
      stage.log("clone", structuredClone(text));
      for (const step of taken) {
        // A step is a class instance with getters, so only its content can be cloned.
        stage.log("clone", structuredClone((step as { content: unknown }).content));
        stage.log("JSON", JSON.parse(JSON.stringify(step)));
      }
    },
  },
  {
    title: "clones every part of a stream",
    run: async (stage) => {
      for await (const part of stage.sdk.streamText(loopOf(stage)).fullStream) {
        try {
          stage.log("clone", structuredClone(part));
        } catch (error) {
          stage.log("clone", part.type, error);
        }
      }
    },
  },
  {
    title: "destructures a streamed result and reads all of it at once",
    run: async (stage) => {
      const result = stage.sdk.streamText(loopOf(stage));
      const { textStream, fullStream, text, steps: taken } = result;
      await Promise.all([
        logStream(stage, "textStream", textStream),
        logStream(stage, "fullStream", fullStream),
        text.then((value) => stage.log("text", value)),
        taken.then((value) => stage.log("steps", value)),
      ]);
    },
  },
  {
    title: "recognizes a result by its class",
    run: async (stage) => {
      const [first, second] = [stage.sdk.streamText(loopOf(stage)), stage.major.ai.streamText(loopOf(stage))];
      stage.log("instanceof", Object.getPrototypeOf(first) === Object.getPrototypeOf(second));
      await Promise.all([first.consumeStream(), second.consumeStream()]);
      const generated = await stage.sdk.generateText(loopOf(stage));
      const bare = await stage.major.ai.generateText(loopOf(stage));
      stage.log("instanceof", Object.getPrototypeOf(generated) === Object.getPrototypeOf(bare));
    },
  },
];
