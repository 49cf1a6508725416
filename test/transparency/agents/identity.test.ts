/**
 * Agents that know themselves: by private members, by their identity, by their class. They do what they do untraced, and
 * the model calls and tools of their runs have spans.
 */
import { describe, expect, test } from "vitest";
import { turn } from "../../support/gate.ts";
import { agentClassOf } from "../../support/agents.ts";
import { majors } from "../../support/majors.ts";
import { outlineOf } from "../../support/ways.ts";
import {
  compareAgents,
  MAKINGS,
  memberOf,
  promptOf,
  type AgentProgram,
  type ClassOf,
  type OwnAgent,
} from "./makings.ts";

const RUN = "invoke_agent ok 10 (chat ok 5, execute_tool ok, chat ok 5)";

const weakMap: ClassOf = (Base, see) => {
  const states = new WeakMap<object, { runs: number }>();
  return class Weak extends Base {
    constructor(...given: ConstructorParameters<typeof Base>) {
      super(...given);
      states.set(this, { runs: 0 });
    }

    override async generate(...given: Parameters<OwnAgent["generate"]>) {
      see((states.get(this)!.runs += 1));
      return super.generate(...given);
    }

    override stream(...given: Parameters<OwnAgent["stream"]>) {
      see((states.get(this)!.runs += 1));
      return super.stream(...given);
    }
  };
};

const privateMembers: ClassOf = (Base, see) =>
  class Private extends Base {
    #runs = 0;
    static #instances = 0;

    constructor(...given: ConstructorParameters<typeof Base>) {
      super(...given);
      Private.#instances += 1;
    }

    get runs(): number {
      return this.#runs;
    }

    #count(): void {
      this.#runs += 1;
      see([this.#runs, Private.#instances, #runs in this]);
    }

    override async generate(...given: Parameters<OwnAgent["generate"]>) {
      this.#count();
      return super.generate(...given);
    }

    override stream(...given: Parameters<OwnAgent["stream"]>) {
      this.#count();
      return super.stream(...given);
    }
  };

const registered: ClassOf = (Base, see) => {
  const registry = new Set<object>();
  return class Registered extends Base {
    readonly self: object = this;

    constructor(...given: ConstructorParameters<typeof Base>) {
      super(...given);
      registry.add(this);
    }

    #check(): void {
      if (!registry.has(this)) throw new Error("unknown agent");
      see(this.self === this);
    }

    override async generate(...given: Parameters<OwnAgent["generate"]>) {
      this.#check();
      return super.generate(...given);
    }

    override stream(...given: Parameters<OwnAgent["stream"]>) {
      this.#check();
      return super.stream(...given);
    }
  };
};

const waiting: ClassOf = (Base, see) =>
  class Waiting extends Base {
    override async generate(...given: Parameters<OwnAgent["generate"]>) {
      await turn();
      await turn();
      const result = await super.generate(...given);
      await turn();
      see(result.text);
      return result;
    }

    override async stream(...given: Parameters<OwnAgent["stream"]>) {
      await turn();
      return super.stream(...given);
    }
  };

/** Bound methods, as own properties that call the class's. */
const bound: ClassOf = (Base) =>
  class Bound extends Base {
    constructor(...given: ConstructorParameters<typeof Base>) {
      super(...given);
      this.generate = this.generate.bind(this);
      this.stream = this.stream.bind(this);
    }
  };

const CLASSES: Readonly<Record<string, ClassOf>> = {
  "keeps its state in a WeakMap": weakMap,
  "has private members": privateMembers,
  "is looked up in a registry": registered,
  "waits before it calls the SDK": waiting,
  "binds its methods": bound,
};

const uses: Readonly<Record<string, AgentProgram["use"]>> = {
  generate: async ({ agent, see }) => {
    see((await agent.generate(promptOf())).text);
    see((await agent.generate(promptOf())).text);
  },
  stream: async ({ agent, see }) => {
    for (let count = 0; count < 2; count++) {
      const result = await agent.stream(promptOf());
      for await (const { type } of result.fullStream) see(type);
    }
  },
};

describe.each(majors)("on $name", (major) => {
  const rows = Object.entries(CLASSES).flatMap(([what, classOf]) =>
    Object.entries(uses).flatMap(([how, use]) =>
      Object.keys(MAKINGS).flatMap((making) =>
        [true, false].map((contextManager) => ({
          what,
          how,
          making,
          manager: contextManager ? "a" : "no",
          contextManager,
          program: { title: what, classOf, use },
        })),
      ),
    ),
  );

  test.each(rows)(
    "an agent that $what, by $making, in $how with $manager context manager",
    async ({ program, making, contextManager, what }) => {
      const telemetry = await compareAgents(major, program, making, contextManager);
      const reports = telemetry.diagnostics;
      // Without a context manager nothing tells whose turn it is after the agent has waited, and one call is one call.
      expect(outlineOf(telemetry), what).toBe(`${RUN}, ${RUN}`);
      expect(reports).toEqual([]);
    },
  );

  const members: AgentProgram = {
    title: "members of the class",
    classOf: (Base) =>
      class Mine extends Base {
        static readonly VERSION = 3;
        static make(): string {
          return `made by ${this.name}`;
        }
        readonly #secret = 1;
        get secret(): number {
          return this.#secret;
        }
        greet(): string {
          return `hello ${this.#secret}`;
        }
        static isMine(value: object): boolean {
          return #secret in value;
        }
      },
    use: async ({ agent, agentClass, see }) => {
      const own = agent.constructor as typeof agentClass;
      see([own.name, memberOf(own, "VERSION"), (memberOf(own, "make") as () => string)()]);
      see([memberOf(agent, "secret"), (memberOf(own, "isMine") as (value: object) => boolean)({})]);
      see([own === agentClass, agent instanceof agentClass, agent instanceof own]);
      see([Object.getPrototypeOf(agent) === own.prototype, Object.keys(agent).toSorted()]);
      see((memberOf(agent, "greet") as () => string)());
      see([agent.generate === agent.generate, agent.generate.name, agent.stream.length]);
      see([typeof agent.toString, Object.prototype.toString.call(agent)]);
      await agent.generate(promptOf());
      see([memberOf(agent, "secret"), agent instanceof agentClass]);
    },
  };

  test.each(Object.keys(MAKINGS))("members of an agent's class, by %s", async (making) => {
    expect(outlineOf(await compareAgents(major, members, making))).toBe(RUN);
  });

  const knowingItself: ClassOf = (Base) =>
    class KnowingItself extends Base {
      readonly self = this;
      get me(): this {
        return this;
      }
      use(): this {
        return this;
      }
    };

  test.each(Object.keys(MAKINGS))("an agent that gives itself, by %s", async (making) => {
    const program: AgentProgram = {
      title: "",
      classOf: knowingItself,
      use: async ({ agent, see }) => {
        const [self, me] = [memberOf(agent, "self"), memberOf(agent, "me")] as OwnAgent[];
        see([self === agent, me === agent, (memberOf(agent, "use") as () => unknown)() === agent]);
        see((await me!.generate(promptOf())).text);
        see((await self!.generate(promptOf())).text);
      },
    };
    expect(outlineOf(await compareAgents(major, program, making))).toBe(`${RUN}, ${RUN}`);
  });

  const writing: AgentProgram = {
    title: "an agent whose callbacks look at it and write to it",
    use: async ({ agent, see }) => {
      const { settings: first } = agent;
      const settings = { ...first, tools: { ...(first["tools"] as object) } } as typeof first;
      agent.settings = settings;
      const { tools, model } = settings as { tools: Record<string, object>; model: object };
      const look = (where: string): void =>
        see([
          where,
          agent.settings === settings,
          agent.settings["tools"] === tools,
          (agent.settings["tools"] as typeof tools)["searchRooms"] === tools["searchRooms"],
          agent.settings["model"] === model,
        ]);
      const callbacks = {
        prepareStep: () => {
          look("prepareStep");
          settings["count"] = Number(agent.settings["count"] ?? 0) + 1;
          agent.settings["mood"] = "calm";
        },
        onStepFinish: () => {
          look("onStepFinish");
          (agent.settings["tools"] as typeof tools)["late"] ??= { ...tools["searchRooms"] };
        },
        onFinish: () => look("onFinish"),
        stopWhen: ({ steps }: { steps: unknown[] }) => {
          look("stopWhen");
          return steps.length > 3;
        },
      };
      Object.assign(settings, callbacks, { prepareCall: (call: object) => (look("prepareCall"), call) });
      for (let run = 0; run < 2; run++) {
        await agent.generate(promptOf());
        see([settings["count"], settings["mood"], Object.keys(tools)]);
      }
    },
  };

  test.each(Object.keys(MAKINGS))(
    "an agent whose callbacks look at it and write to it, by %s",
    async (making) => {
      for (const contextManager of [true, false]) {
        const telemetry = await compareAgents(major, writing, making, contextManager);
        expect(outlineOf(telemetry), String(contextManager)).toBe(`${RUN}, ${RUN}`);
      }
    },
  );

  test("the traced method that is put into the SDK's class", async () => {
    for (const put of ["itself", "in a function", "in an async function"]) {
      const bare = agentClassOf(major.ai).prototype;
      const { generate } = bare;
      const making = "a subclass of the wrapped class";
      try {
        const program: AgentProgram = {
          title: "",
          use: async ({ agent, agentClass, see }) => {
            const { generate: found } = Object.getPrototypeOf(agentClass.prototype);
            const patches: Readonly<Record<string, typeof generate>> = {
              itself: found,
              "in a function": function (this: unknown, ...args: Parameters<typeof generate>) {
                return Reflect.apply(found, this, args);
              },
              "in an async function": async function (this: unknown, ...args: Parameters<typeof generate>) {
                await turn();
                return Reflect.apply(found, this, args);
              },
            };
            // The bare run has no traced method to put there.
            if (found !== generate) bare.generate = patches[put]!;
            see((await agent.generate(promptOf())).text);
            see((await agent.generate(promptOf())).text);
            bare.generate = generate;
          },
        };
        expect(outlineOf(await compareAgents(major, program, making)), put).toBe(`${RUN}, ${RUN}`);
      } finally {
        bare.generate = generate;
      }
    }
  });

  test("a method of the SDK's class that is replaced after the SDK was wrapped is called", async () => {
    const { prototype } = agentClassOf(major.ai);
    const { generate } = prototype;
    const calls: unknown[] = [];
    prototype.generate = function (this: unknown, ...args: Parameters<typeof generate>) {
      calls.push(this);
      return Reflect.apply(generate, this, args);
    };
    try {
      const program: AgentProgram = {
        title: "",
        use: async ({ agent, see }) => see((await agent.generate(promptOf())).text),
      };
      const making = "a subclass of the wrapped class";
      expect(outlineOf(await compareAgents(major, program, making))).toBe(RUN);
      // Once bare, once traced.
      expect(calls).toHaveLength(2);
    } finally {
      prototype.generate = generate;
    }
  });

  const delegating: ClassOf = (Base, see) =>
    class Delegating extends Base {
      readonly #greeting = "welcome";

      greet(): string {
        return this.#greeting;
      }

      async answer(): Promise<string> {
        see(this.greet());
        await turn();
        return (await this.generate(promptOf())).text;
      }

      async read(): Promise<string> {
        const result = await this.stream(promptOf());
        return result.text;
      }

      both(): Promise<readonly string[]> {
        return Promise.all([this.answer(), this.read()]);
      }
    };

  test.each(Object.keys(MAKINGS))("methods that call generate and stream, by %s", async (making) => {
    const one = { title: "", classOf: delegating };
    const answers: AgentProgram = {
      ...one,
      use: async ({ agent, see }) => {
        see(await (memberOf(agent, "answer") as () => Promise<string>)());
        see(await (memberOf(agent, "read") as () => Promise<string>)());
      },
    };
    expect(outlineOf(await compareAgents(major, answers, making))).toBe(`${RUN}, ${RUN}`);
    const both: AgentProgram = {
      ...one,
      use: async ({ agent, see }) => see(await (memberOf(agent, "both") as () => Promise<unknown>)()),
    };
    const { started, open } = await compareAgents(major, both, making);
    expect(started.filter(({ name }) => name.startsWith("invoke_agent")).length).toBe(2);
    expect(open).toEqual([]);
  });

  const responding = major.name === "v5" ? Object.keys(MAKINGS) : [];
  if (responding.length > 0)
    test.each(responding)("respond of v5, by %s", async (making) => {
      const respond: AgentProgram = {
        title: "",
        use: async ({ agent, see }) => {
          const message = { id: "1", role: "user", parts: [{ type: "text", text: "a room" }] };
          const response = agent.respond({ messages: [message] });
          see((await response.text()).includes("two"));
        },
      };
      expect(outlineOf(await compareAgents(major, respond, making))).toBe(RUN);
    });
});
