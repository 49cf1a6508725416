/**
 * Programs that, like tests, replace functions of the SDK with mocks and then restore them.
 */
import { wrapAISDK } from "ai-spans";
import { vi } from "vitest";
import { says } from "../../conformance/script.ts";
import { agentClassOf } from "../../support/agents.ts";
import type { CallParameters, SDK } from "../../support/majors.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { OPERATIONS, type OperationName } from "../watch.ts";
import { loopOf } from "./results.ts";

type Namespace = SDK & Record<string, unknown>;
type Mock = (...args: unknown[]) => unknown;

/** A writable copy of the SDK, because the exports of a module cannot be replaced. */
function namespaceOf({ major, sdk }: WatchedStage): Namespace {
  const own = { ...major.ai } as Namespace;
  return Object.is(sdk, major.ai) ? own : wrapAISDK(own);
}

/** Ways to replace a function with a mock. Each returns a function that restores the original. */
const WAYS: Readonly<Record<string, (sdk: Namespace, name: OperationName, mock: Mock) => () => void>> = {
  "by assignment": (sdk, name, mock) => {
    const original = sdk[name];
    Reflect.set(sdk, name, mock);
    return () => Reflect.set(sdk, name, original);
  },
  "by a property of its own": (sdk, name, mock) => {
    const original = Object.getOwnPropertyDescriptor(sdk, name)!;
    Object.defineProperty(sdk, name, { value: mock, configurable: true, writable: true, enumerable: true });
    return () => Object.defineProperty(sdk, name, original);
  },
  "by a spy": (sdk, name, mock) => {
    const spy = vi.spyOn(sdk as Record<OperationName, Mock>, name).mockImplementation(mock);
    return () => spy.mockRestore();
  },
};

function logProperty(stage: WatchedStage, sdk: Namespace, name: OperationName, original: unknown): void {
  const descriptor = Object.getOwnPropertyDescriptor(sdk, name);
  stage.log("property", { ...descriptor, value: undefined }, descriptor?.value === sdk[name]);
  stage.log("original", sdk[name] === original, descriptor?.value === original, Object.keys(sdk).length);
}

const functions = OPERATIONS.flatMap((name) =>
  Object.entries(WAYS).map(([way, put]): WatchedProgram => ({
    title: `mocks ${name} ${way}`,
    run: async (stage) => {
      const sdk = namespaceOf(stage);
      const original = sdk[name];
      logProperty(stage, sdk, name, original);
      const answer = stage.name("the answer", { text: "mocked" });
      const mock = function (this: unknown, ...args: unknown[]): unknown {
        stage.log("mock", this === sdk, ...args);
        return answer;
      };
      const restore = put(sdk, name, mock);
      stage.log("identity", sdk[name] === mock, (sdk[name] as unknown as { name: string }).name);
      const parameters = stage.name("the parameters", loopOf(stage));
      stage.log("returns", (sdk[name] as Mock)(parameters, "and more"));
      restore();
      logProperty(stage, sdk, name, original);
      const result = sdk[name](stage.call(stage.model([says("a room")])));
      stage.log("restored", await Promise.resolve(result).then(({ text }) => text));
    },
  })),
);

const others: readonly WatchedProgram[] = [
  {
    title: "mocks a function with one that calls the function",
    run: async (stage) => {
      const sdk = namespaceOf(stage);
      const { generateText } = sdk;
      Reflect.set(sdk, "generateText", (parameters: CallParameters) => {
        stage.log("mock", parameters);
        return generateText({ ...parameters, temperature: 0.5 });
      });
      const { text } = await sdk.generateText(stage.name("the parameters", loopOf(stage)));
      stage.log("text", text);
    },
  },
  {
    title: "mocks the class of agents",
    run: (stage) => {
      const sdk = namespaceOf(stage);
      class Agent {
        readonly settings: unknown;

        constructor(settings: unknown) {
          this.settings = settings;
        }
      }
      const name = stage.major.name === "v5" ? "Experimental_Agent" : "ToolLoopAgent";
      const original = sdk[name];
      Reflect.set(sdk, name, Agent);
      stage.log("identity", sdk[name] === Agent);
      const settings = stage.name("the settings", loopOf(stage));
      stage.log("instance", new (agentClassOf(sdk))(settings));
      Reflect.set(sdk, name, original);
      stage.log("restored", sdk[name] === original);
    },
  },
  {
    title: "looks at the functions of the namespace by their properties",
    run: (stage) => {
      const sdk = namespaceOf(stage);
      for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(sdk)))
        stage.log("property", key, value === sdk[key]);
    },
  },
];

export const mocks: readonly WatchedProgram[] = [...functions, ...others];
