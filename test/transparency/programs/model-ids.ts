/**
 * Programs that name a model by its id: when and how often the SDK asks the default provider, and what the call
 * returns.
 */
import { withDefaultProvider } from "../../support/default-provider.ts";
import { says } from "../../conformance/script.ts";
import { agentClassOf } from "../../support/agents.ts";
import type { CallParameters, Provider } from "../../support/majors.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { callbacks, logOutcome, logStream } from "../watch.ts";

const ID = "room-model";

/** Runs with a default provider that records each request for a model. */
async function withProvider(
  stage: WatchedStage,
  run: () => unknown,
  give = (): object =>
    stage.model([says('{"city":"Paris"}', { onCall: () => stage.log("order", "the model is called") })]),
): Promise<void> {
  const provider = stage.major.mockProvider({}) as Provider;
  const languageModel = function (this: unknown, ...args: unknown[]): object {
    stage.log("order", "the provider is asked", this === provider, args);
    return give();
  };
  await withDefaultProvider(Object.assign(provider, { languageModel }), run);
}

type Operation = (stage: WatchedStage, parameters: CallParameters) => Promise<unknown>;

const called =
  (name: string, isStream: boolean): Operation =>
  async (stage, parameters) => {
    const operation = stage.sdk[name] as (parameters: CallParameters) => unknown;
    const result = await logOutcome(stage, "order", () => {
      const returned = operation(parameters);
      stage.log("order", "the call returns");
      return returned;
    });
    if (isStream && result) await logStream(stage, "parts", Reflect.get(result, "fullStream"));
  };

const CALLS: Readonly<Record<string, Operation>> = {
  generateText: called("generateText", false),
  streamText: called("streamText", true),
  generateObject: called("generateObject", false),
  streamObject: called("streamObject", true),
};

const WRONG: Readonly<Record<string, CallParameters>> = {
  "no prompt": { prompt: undefined },
  "retries below zero": { maxRetries: -1 },
  "a temperature in words": { temperature: "warm" },
  "no schema": { output: "object", schema: undefined },
  "no values": { output: "enum" },
};

const calls = Object.entries(CALLS).map(([name, call]): WatchedProgram => ({
  title: `gives ${name} an id, with right and wrong arguments, and one that its provider throws for`,
  run: async (stage) => {
    await withProvider(stage, async () => {
      const callbacksOfCall = callbacks(stage, ["onStart", "onFinish"]);
      await call(stage, stage.call(ID, { output: "no-schema", ...callbacksOfCall }));
      for (const [what, wrong] of Object.entries(WRONG)) {
        stage.log("order", what);
        await call(stage, stage.call(ID, { output: "no-schema", ...wrong }));
      }
    });
    const fail = (): never => {
      throw stage.name("the error", new RangeError("no such model"));
    };
    await withProvider(stage, () => call(stage, stage.call(ID, { output: "no-schema" })), fail);
  },
}));

type Event = Readonly<Record<string, unknown>>;

const PREPARES: Readonly<Record<string, (stage: WatchedStage, event: Event) => Event>> = {
  "leaves it": (_stage, event) => event,
  "gives another": (_stage, event) => ({ ...event, model: event["model"] === ID ? "hotel-model" : ID }),
  "gives a model": (stage, event) => ({ ...event, model: stage.model([says("a hotel")], "another model") }),
};

const agents = (["generate", "stream"] as const).flatMap((method) =>
  Object.entries(PREPARES).map(([what, prepare]): WatchedProgram => ({
    title: `gives an agent an id and ${what} for its call of ${method}`,
    majors: ["v6", "v7"],
    run: (stage) =>
      withProvider(stage, async () => {
        const prepareCall = (event: Event): Event => {
          stage.log("order", "prepareCall", event["model"]);
          return prepare(stage, event);
        };
        const { prompt, ...settings } = stage.call(ID, { prepareCall });
        const agent = new (agentClassOf(stage.sdk))(settings);
        const result = await logOutcome(stage, method, async () => agent[method]({ prompt }));
        if (method === "stream") await logStream(stage, "parts", Reflect.get(result as object, "fullStream"));
      }),
  })),
);

export const modelIds: readonly WatchedProgram[] = [...calls, ...agents];
