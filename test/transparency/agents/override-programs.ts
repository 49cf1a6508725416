/**
 * Programs with agents whose classes override methods of the SDK's class. What they read and write belongs to the
 * agent.
 */
import { readText, rejects, says } from "../../conformance/script.ts";
import { withDefaultProvider } from "../../support/default-provider.ts";
import { RoomServiceError } from "../../support/failures.ts";
import { turn } from "../../support/gate.ts";
import type { CallParameters, MajorName } from "../../support/majors.ts";
import type { ScriptedStep } from "../../support/scripted-model.ts";
import {
  type AgentProgram,
  type AgentStage,
  type ClassOf,
  memberOf,
  type AgentWithSettings,
  promptOf,
  type Log,
} from "./makings.ts";
import { ONCE, RUN, SUBCLASS, WRAPPED, type Row } from "./rows.ts";

type Generate = AgentWithSettings["generate"];
type ToolSet = Record<string, object>;
type Call = CallParameters & { readonly tools: ToolSet };

const PREPARING: readonly MajorName[] = ["v6", "v7"];

function toolsOf(agent: AgentWithSettings): ToolSet {
  return agent.settings["tools"] as ToolSet;
}

/** An agent whose override of `generate` runs `first` before the SDK's method. */
function before(first: (agent: AgentWithSettings, log: Log) => unknown): ClassOf {
  return (Base, log) =>
    class Before extends Base {
      override async generate(...args: Parameters<Generate>) {
        await first(this, log);
        return super.generate(...args);
      }
    };
}

const generateTwice: AgentProgram["run"] = async ({ agent, log }) => {
  log((await agent.generate(promptOf())).text);
  log([Object.keys(agent.settings), Object.keys(toolsOf(agent))]);
  log((await agent.generate(promptOf())).text);
  log([Object.keys(agent.settings), Object.keys(toolsOf(agent))]);
};

function copyOfSettings(settings: CallParameters): CallParameters {
  return { ...settings, tools: { ...(settings["tools"] as ToolSet) } };
}

async function useRecovering({ agent, log }: AgentStage): Promise<void> {
  log((await agent.generate(promptOf())).text);
}

const failingOnce: readonly ScriptedStep[] = [rejects(new RoomServiceError("no")), says("two")];

export const OVERRIDES: readonly Row[] = [
  {
    title: "adds tools to its set, and removes some",
    prepare: copyOfSettings,
    classOf: before((agent, log) => {
      const tools = toolsOf(agent);
      log(Object.keys(tools));
      if (!("late" in tools)) Object.assign(tools, { late: { ...tools["searchRooms"] } });
      else delete tools["late"];
    }),
    run: generateTwice,
    outline: `${RUN}, ${RUN}`,
  },
  {
    title: "defines a property of its settings",
    prepare: copyOfSettings,
    classOf: before(({ settings }) => {
      const calls = Number(settings["calls"] ?? 0) + 1;
      Object.defineProperty(settings, "calls", {
        value: calls,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }),
    run: async ({ agent, log }) => {
      agent.settings = { ...agent.settings };
      await agent.generate(promptOf());
      await agent.generate(promptOf());
      log(agent.settings["calls"]);
    },
    outline: `${RUN}, ${RUN}`,
  },
  {
    title: "replaces its settings",
    classOf: before((agent) => {
      const { searchRooms } = toolsOf(agent);
      agent.settings = { ...agent.settings, tools: { ...toolsOf(agent), extra: searchRooms } };
    }),
    run: async ({ agent, log }) => {
      agent.settings = copyOfSettings(agent.settings);
      const { settings } = agent;
      const { searchRooms } = toolsOf(agent);
      log((await agent.generate(promptOf())).text);
      log([agent.settings === settings, Object.keys(agent.settings)]);
      log([agent.settings["model"] === settings["model"], toolsOf(agent)["searchRooms"] === searchRooms]);
      log(toolsOf(agent)["extra"] === searchRooms);
      agent.settings = settings;
    },
    outline: RUN,
  },
  {
    title: "compares what it reads from its settings",
    classOf: (Base, log) =>
      class Comparing extends Base {
        readonly held = this.settings["model"];
        override async generate(...args: Parameters<Generate>) {
          const tools = toolsOf(this);
          await turn();
          log([this.settings["model"] === this.held, toolsOf(this) === tools, typeof this.settings["model"]]);
          log(args[0] === promptsOf.ofLastCall);
          return super.generate(...args);
        }
      },
    run: async ({ agent, log }) => {
      promptsOf.ofLastCall = promptOf();
      log((await agent.generate(promptsOf.ofLastCall)).text);
    },
    outline: RUN,
  },
  {
    title: "names its model by an id, and reads it",
    steps: [says("two")],
    prepare: (settings) => {
      modelById.model = settings["model"];
      return { ...settings, model: "gpt-4o" };
    },
    classOf: before((agent, log) => log((agent.settings["model"] as string).startsWith("gpt"))),
    run: ({ agent, log, major }) =>
      withDefaultProvider(major.mockProvider({ "gpt-4o": modelById.model as object }), async () =>
        log((await agent.generate(promptOf())).text),
      ),
    outline: ONCE,
  },
  {
    title: "overrides prepareCall, and compares what it returns",
    majors: PREPARING,
    classOf: (Base, log) =>
      class Preparing extends Base {
        async prepareCall(call: CallParameters): Promise<CallParameters> {
          const prepared = await (
            Reflect.get(Base.prototype, "prepareCall") as (call: CallParameters) => Promise<Call>
          ).call(this, call);
          const tools = toolsOf(this);
          log([prepared["model"] === this.settings["model"], prepared.tools === tools]);
          return { ...prepared, tools: { ...prepared.tools, late: tools["searchRooms"] } };
        }
      },
    run: async ({ agent, major, log }) => {
      log((await agent.generate(promptOf())).text);
      log(await readText(major, await agent.stream(promptOf())));
    },
    outline: `${RUN}, ${RUN}`,
  },
  {
    title: "writes tools in prepareCall",
    majors: PREPARING,
    prepare: copyOfSettings,
    classOf: (Base) =>
      class Loading extends Base {
        async prepareCall(call: CallParameters): Promise<CallParameters> {
          const tools = toolsOf(this);
          if (!("late" in tools)) Object.assign(tools, { late: { ...tools["searchRooms"] } });
          return (Reflect.get(Base.prototype, "prepareCall") as (call: CallParameters) => Promise<Call>).call(
            this,
            call,
          );
        }
      },
    run: generateTwice,
    outline: `${RUN}, ${RUN}`,
  },
  {
    title: "returns a text of its own after a failure",
    steps: [rejects(new RoomServiceError("no"))],
    classOf: (Base) =>
      class Safe extends Base {
        override async generate(...args: Parameters<Generate>) {
          try {
            return await super.generate(...args);
          } catch {
            return { text: "try later" } as Awaited<ReturnType<Generate>>;
          }
        }
      },
    run: useRecovering,
    outline: "invoke_agent ok (chat RoomServiceError)",
    // Here ai-spans traces the SDK's method, which fails.
    outlines: { [SUBCLASS]: "invoke_agent RoomServiceError (chat RoomServiceError)" },
  },
  {
    title: "calls the SDK again after a failure",
    steps: failingOnce,
    classOf: (Base) =>
      class Again extends Base {
        override async generate(...args: Parameters<Generate>) {
          try {
            return await super.generate(...args);
          } catch {
            return super.generate({ prompt: "a room, again" });
          }
        }
      },
    run: useRecovering,
    outline: "invoke_agent ok 5 (chat RoomServiceError, chat ok 5)",
    outlines: { [SUBCLASS]: `invoke_agent RoomServiceError (chat RoomServiceError), ${ONCE}` },
  },
  {
    title: "assigns another method during a call",
    steps: [says("two")],
    classOf: (Base, log) =>
      class Dry extends Base {
        async dryRun(): Promise<void> {
          const { generate } = this;
          const dry = (async () => ({ text: "dry" })) as unknown as Generate;
          this.generate = dry;
          log([this.generate === dry, (await this.generate(promptOf())).text]);
          this.generate = generate;
          log([this.generate === generate, (await this.generate(promptOf())).text]);
        }
      },
    run: async ({ agent, log }) => {
      await (memberOf(agent, "dryRun") as () => Promise<void>)();
      log(Object.hasOwn(agent, "generate"));
      Reflect.deleteProperty(agent, "generate");
    },
    outline: ONCE,
  },
  {
    title: "binds its methods in a method",
    classOf: (Base, log) =>
      class Binding extends Base {
        bindAll(): void {
          const bound = this.generate.bind(this);
          this.generate = bound;
          log([this.generate === bound, bound.name, bound.length]);
        }
      },
    run: async ({ agent, log }) => {
      (memberOf(agent, "bindAll") as () => void)();
      log((await agent.generate(promptOf())).text);
      log((await agent.generate(promptOf())).text);
      Reflect.deleteProperty(agent, "generate");
    },
    outline: `${RUN}, ${RUN}`,
  },
  {
    title: "has work that continues after its method",
    steps: [says("two")],
    makings: [WRAPPED],
    contextManagers: [true],
    classOf: (Base) =>
      class Deferring extends Base {
        start(): { readonly done: Promise<string> } {
          const work = async (): Promise<string> => {
            await turn();
            return (await this.generate(promptOf())).text;
          };
          return { done: work() };
        }
      },
    run: async ({ agent, log }) => log(await (memberOf(agent, "start") as () => { done: unknown })().done),
    outline: ONCE,
  },
  {
    title: "has a method whose failure nobody handles, and one that returns a query",
    classOf: (Base) =>
      class Querying extends Base {
        async refresh(): Promise<void> {
          throw new RoomServiceError("refresh failed");
        }
        history(): object {
          const query = {
            limit: () => query,
            // oxlint-disable-next-line unicorn/no-thenable
            then: (resolve: (rows: unknown) => void) => resolve(["rows"]),
          };
          return query;
        }
      },
    run: async ({ agent, log }) => {
      void (memberOf(agent, "refresh") as () => Promise<void>)();
      const query = (memberOf(agent, "history") as () => { limit(): Promise<unknown> })();
      log(await query.limit());
    },
    outline: "",
  },
  {
    title: "is called through a proxy for each request",
    makings: [SUBCLASS, WRAPPED],
    prepare: (settings) => ({ ...settings, prepareCall: async (call: CallParameters) => call }),
    run: async ({ agent, log }) => {
      for (let count = 0; count < 2; count++) {
        const results = await Promise.all([1, 2].map(() => new Proxy(agent, {}).generate(promptOf())));
        log(results.length);
      }
      log(Object.getOwnPropertyDescriptor(agent, "settings")?.value === agent.settings);
    },
    outline: /^(invoke_agent ok[^i]*(, )?){4}$/,
  },
  {
    title: "reads itself in getters of its model and in callbacks that ai-spans does not wrap",
    steps: [says("two")],
    prepare: (settings) => ({ ...settings }),
    run: async ({ agent, log }) => {
      agent.settings = { ...agent.settings };
      const { settings } = agent;
      const model = settings["model"] as object;
      const look = (where: string): void =>
        log([where, agent.settings === settings, agent.settings["model"] === model]);
      Object.defineProperty(model, "supportedUrls", {
        configurable: true,
        get: () => (look("supportedUrls"), {}),
      });
      settings["experimental_download"] = async (list: unknown[]) => (look("download"), list.map(() => null));
      settings["stopWhen"] = () => (look("stopWhen"), true);
      const content = [{ type: "file", mediaType: "image/png", data: new URL("https://rooms.test/a.png") }];
      try {
        log((await agent.generate({ messages: [{ role: "user", content }] })).text);
      } finally {
        Reflect.deleteProperty(model, "supportedUrls");
      }
    },
    outline: /^invoke_agent/,
  },
];

const modelById: { model: unknown } = { model: undefined };
const promptsOf: { ofLastCall: CallParameters | undefined } = { ofLastCall: undefined };
