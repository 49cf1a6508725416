/**
 * Agents that depend on their identity: on private members, on a registry of instances, on their class. They behave as
 * without ai-spans, and the model calls and tools of their runs have spans.
 *
 * Holds: agents-keep-identity.
 */
import { describe, expect, test } from "vitest";
import { readText } from "../../conformance/script.ts";
import { turn } from "../../support/gate.ts";
import { majors } from "../../support/majors.ts";
import { outlineOf } from "../../support/outline.ts";
import {
  compareAgents,
  MAKINGS,
  memberOf,
  promptOf,
  type AgentProgram,
  type ClassOf,
  type AgentWithSettings,
} from "./makings.ts";
import { RUN } from "./rows.ts";

const weakMap: ClassOf = (Base, log) => {
  const states = new WeakMap<object, { runs: number }>();
  return class Weak extends Base {
    constructor(...args: ConstructorParameters<typeof Base>) {
      super(...args);
      states.set(this, { runs: 0 });
    }

    override async generate(...args: Parameters<AgentWithSettings["generate"]>) {
      log((states.get(this)!.runs += 1));
      return super.generate(...args);
    }

    override stream(...args: Parameters<AgentWithSettings["stream"]>) {
      log((states.get(this)!.runs += 1));
      return super.stream(...args);
    }
  };
};

const privateMembers: ClassOf = (Base, log) =>
  class Private extends Base {
    #runs = 0;
    static #instances = 0;

    constructor(...args: ConstructorParameters<typeof Base>) {
      super(...args);
      Private.#instances += 1;
    }

    get runs(): number {
      return this.#runs;
    }

    #count(): void {
      this.#runs += 1;
      log([this.#runs, Private.#instances, #runs in this]);
    }

    override async generate(...args: Parameters<AgentWithSettings["generate"]>) {
      this.#count();
      return super.generate(...args);
    }

    override stream(...args: Parameters<AgentWithSettings["stream"]>) {
      this.#count();
      return super.stream(...args);
    }
  };

const registered: ClassOf = (Base, log) => {
  const registry = new Set<object>();
  return class Registered extends Base {
    readonly self: object = this;

    constructor(...args: ConstructorParameters<typeof Base>) {
      super(...args);
      registry.add(this);
    }

    #check(): void {
      if (!registry.has(this)) throw new Error("unknown agent");
      log(this.self === this);
    }

    override async generate(...args: Parameters<AgentWithSettings["generate"]>) {
      this.#check();
      return super.generate(...args);
    }

    override stream(...args: Parameters<AgentWithSettings["stream"]>) {
      this.#check();
      return super.stream(...args);
    }
  };
};

const waiting: ClassOf = (Base, log) =>
  class Waiting extends Base {
    override async generate(...args: Parameters<AgentWithSettings["generate"]>) {
      await turn();
      await turn();
      const result = await super.generate(...args);
      await turn();
      log(result.text);
      return result;
    }

    override async stream(...args: Parameters<AgentWithSettings["stream"]>) {
      await turn();
      return super.stream(...args);
    }
  };

/** The instance has bound methods as properties. They call the methods of the class. */
const bound: ClassOf = (Base) =>
  class Bound extends Base {
    constructor(...args: ConstructorParameters<typeof Base>) {
      super(...args);
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

const uses: Readonly<Record<string, AgentProgram["run"]>> = {
  generate: async ({ agent, log }) => {
    log((await agent.generate(promptOf())).text);
    log((await agent.generate(promptOf())).text);
  },
  stream: async ({ agent, log }) => {
    for (let count = 0; count < 2; count++) {
      const result = await agent.stream(promptOf());
      for await (const { type } of result.fullStream) log(type);
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
          program: { title: what, classOf, run: use },
        })),
      ),
    ),
  );

  test.each(rows)(
    "an agent that $what, by $making, in $how with $manager context manager",
    async ({ program, making, contextManager, what }) => {
      const telemetry = await compareAgents(major, program, making, contextManager);
      const reports = telemetry.diagnostics;
      // Without a context manager, nothing identifies the run of an agent that has waited. Here only one call is active
      // at a time, so it belongs to the only run.
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
    run: async ({ agent, agentClass, log }) => {
      const own = agent.constructor as typeof agentClass;
      log([own.name, memberOf(own, "VERSION"), (memberOf(own, "make") as () => string)()]);
      log([memberOf(agent, "secret"), (memberOf(own, "isMine") as (value: object) => boolean)({})]);
      log([own === agentClass, agent instanceof agentClass, agent instanceof own]);
      log([Object.getPrototypeOf(agent) === own.prototype, Object.keys(agent).toSorted()]);
      log((memberOf(agent, "greet") as () => string)());
      log([agent.generate === agent.generate, agent.generate.name, agent.stream.length]);
      log([typeof agent.toString, Object.prototype.toString.call(agent)]);
      await agent.generate(promptOf());
      log([memberOf(agent, "secret"), agent instanceof agentClass]);
    },
  };

  test.each(Object.keys(MAKINGS))("members of an agent's class, by %s", async (making) => {
    expect(outlineOf(await compareAgents(major, members, making))).toBe(RUN);
  });

  const delegating: ClassOf = (Base, log) =>
    class Delegating extends Base {
      readonly #greeting = "welcome";

      greet(): string {
        return this.#greeting;
      }

      async answer(): Promise<string> {
        log(this.greet());
        await turn();
        return (await this.generate(promptOf())).text;
      }

      async read(): Promise<string> {
        return readText(major, await this.stream(promptOf()));
      }

      both(): Promise<readonly string[]> {
        return Promise.all([this.answer(), this.read()]);
      }
    };

  test.each(Object.keys(MAKINGS))("methods that call generate and stream, by %s", async (making) => {
    const one = { title: "", classOf: delegating };
    const answers: AgentProgram = {
      ...one,
      run: async ({ agent, log }) => {
        log(await (memberOf(agent, "answer") as () => Promise<string>)());
        log(await (memberOf(agent, "read") as () => Promise<string>)());
      },
    };
    expect(outlineOf(await compareAgents(major, answers, making))).toBe(`${RUN}, ${RUN}`);
    const both: AgentProgram = {
      ...one,
      run: async ({ agent, log }) => log(await (memberOf(agent, "both") as () => Promise<unknown>)()),
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
        run: async ({ agent, log }) => {
          const message = { id: "1", role: "user", parts: [{ type: "text", text: "a room" }] };
          const response = agent.respond({ messages: [message] });
          log((await response.text()).includes("two"));
        },
      };
      expect(outlineOf(await compareAgents(major, respond, making))).toBe(RUN);
    });
});
