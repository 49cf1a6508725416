/**
 * Programs whose `prepareStep` and `prepareCall` return thenables, or settings that fail when ai-spans reads more of
 * them than the SDK does.
 */
import { runInNewContext } from "node:vm";
import { says } from "../../conformance/script.ts";
import { agentClassOf } from "../../support/agents.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { OPERATIONS, logCall, logOutcome, logStream } from "../watch.ts";
import { loopOf } from "./results.ts";

/** A thenable like the queries of some database libraries: `then` runs the query, and needs `this`. */
class Query<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- what a program may return
  then(...args: Parameters<Promise<T>["then"]>): Promise<unknown> {
    return Promise.resolve(this.#value).then(...args);
  }
}

type Prepare = (settings: object) => unknown;

const THENABLES: Readonly<Record<string, Prepare>> = {
  "a thenable with private members": (settings) => new Query(settings),
  "a promise of another realm": (settings) =>
    (runInNewContext("Promise") as PromiseConstructor).resolve(settings),
};

const UNASKED: Readonly<Record<string, Prepare>> = {
  "settings with a getter that throws and is not used": (settings) => ({
    ...settings,
    get note() {
      throw new RangeError("not to be read");
    },
  }),
  "settings that can not be listed": (settings) =>
    new Proxy(settings, {
      ownKeys() {
        throw new RangeError("not to be listed");
      },
    }),
};

const otherModel = (stage: WatchedStage): object =>
  stage.model([says("two"), says("three")], "the other model");

const steps = OPERATIONS.flatMap((operation) =>
  Object.entries({ ...THENABLES, ...UNASKED }).map(([what, prepare]): WatchedProgram => ({
    title: `prepares a step of ${operation} with ${what}`,
    run: (stage) => {
      const prepareStep = (): unknown => prepare({ toolChoice: "none", model: otherModel(stage) });
      return logCall(stage, operation, loopOf(stage, { prepareStep }));
    },
  })),
);

const calls = (["generate", "stream"] as const).flatMap((method) =>
  Object.entries(THENABLES).map(([what, prepare]): WatchedProgram => ({
    title: `prepares the call of an agent's ${method} with ${what}`,
    majors: ["v6", "v7"],
    run: async (stage) => {
      const prepareCall = (event: object): unknown => prepare({ ...event, model: otherModel(stage) });
      const { prompt, ...settings } = loopOf(stage, { prepareCall });
      const agent = new (agentClassOf(stage.sdk))(settings);
      const result = await logOutcome(stage, method, async () => agent[method]({ prompt }));
      if (method === "stream") await logStream(stage, "parts", Reflect.get(result as object, "fullStream"));
    },
  })),
);

export const prepared: readonly WatchedProgram[] = [...steps, ...calls];
