/**
 * The program reads, changes and patches its agent before and during runs. It must observe and change its original
 * agent.
 *
 * Holds: same-program.
 */
import { describe, expect, test } from "vitest";
import { agentClassOf } from "../../support/agents.ts";
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

describe.each(majors)("on $name", (major) => {
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

  test.each(Object.keys(MAKINGS))("an agent whose members return the agent itself, by %s", async (making) => {
    const program: AgentProgram = {
      title: "",
      classOf: knowingItself,
      run: async ({ agent, log }) => {
        const [self, me] = [memberOf(agent, "self"), memberOf(agent, "me")] as AgentWithSettings[];
        log([self === agent, me === agent, (memberOf(agent, "use") as () => unknown)() === agent]);
        log((await me!.generate(promptOf())).text);
        log((await self!.generate(promptOf())).text);
      },
    };
    expect(outlineOf(await compareAgents(major, program, making))).toBe(`${RUN}, ${RUN}`);
  });

  const writing: AgentProgram = {
    title: "an agent whose callbacks look at it and write to it",
    run: async ({ agent, log }) => {
      const { settings: first } = agent;
      const settings = { ...first, tools: { ...(first["tools"] as object) } } as typeof first;
      agent.settings = settings;
      const { tools, model } = settings as { tools: Record<string, object>; model: object };
      const look = (where: string): void =>
        log([
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
        log([settings["count"], settings["mood"], Object.keys(tools)]);
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

  const tuned: AgentProgram = {
    title: "an agent that the program writes to while a call of it has begun",
    run: async ({ agent, log }) => {
      const { model } = agent.settings;
      agent.settings = { ...agent.settings };
      const first = agent.generate(promptOf());
      agent.settings["temperature"] = 0.7;
      log(agent.settings["model"] === model);
      await first;
      log(agent.settings["temperature"]);
      const second = agent.generate(promptOf());
      agent.settings = { ...agent.settings };
      await second;
      log([agent.settings["model"] === model, agent.settings["temperature"]]);
    },
  };

  test.each(Object.keys(MAKINGS))(
    "an agent that is written to while a call has begun, by %s",
    async (making) => {
      for (const contextManager of [true, false]) {
        const telemetry = await compareAgents(major, tuned, making, contextManager);
        expect(outlineOf(telemetry), String(contextManager)).toBe(`${RUN}, ${RUN}`);
      }
    },
  );

  const overriding: AgentProgram = {
    title: "an agent whose own method writes to its settings, and puts others in their place",
    classOf: (Base) =>
      class Overriding extends Base {
        override async generate(...args: Parameters<AgentWithSettings["generate"]>) {
          this.settings["count"] = Number(this.settings["count"] ?? 0) + 1;
          const old = this.settings;
          this.settings = { ...old, temperature: 0.5 };
          try {
            return await super.generate(...args);
          } finally {
            this.settings = old;
          }
        }
      },
    run: async ({ agent, log }) => {
      agent.settings = { ...agent.settings };
      const { settings } = agent;
      const { model, tools } = settings;
      for (let run = 0; run < 3; run++) {
        log((await agent.generate(promptOf())).text);
        log([agent.settings === settings, settings["model"] === model, settings["tools"] === tools]);
        log([settings["count"], settings["temperature"]]);
      }
    },
  };

  test.each(Object.keys(MAKINGS))(
    "an agent whose own method writes to its settings, by %s",
    async (making) => {
      expect(outlineOf(await compareAgents(major, overriding, making))).toBe(`${RUN}, ${RUN}, ${RUN}`);
    },
  );

  test("the program assigns the traced method to the SDK's class", async () => {
    for (const put of ["itself", "in a function", "in an async function"]) {
      const bare = agentClassOf(major.ai).prototype;
      const { generate } = bare;
      const making = "a subclass of the wrapped class";
      try {
        const program: AgentProgram = {
          title: "",
          run: async ({ agent, agentClass, log }) => {
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
            // The bare run has no traced method to assign.
            if (found !== generate) bare.generate = patches[put]!;
            log((await agent.generate(promptOf())).text);
            log((await agent.generate(promptOf())).text);
            bare.generate = generate;
          },
        };
        expect(outlineOf(await compareAgents(major, program, making)), put).toBe(`${RUN}, ${RUN}`);
      } finally {
        bare.generate = generate;
      }
    }
  });

  test("the traced class calls a method of the SDK's class that the program has replaced", async () => {
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
        run: async ({ agent, log }) => log((await agent.generate(promptOf())).text),
      };
      const making = "a subclass of the wrapped class";
      expect(outlineOf(await compareAgents(major, program, making))).toBe(RUN);
      // One call of the bare run, one of the traced run.
      expect(calls).toHaveLength(2);
    } finally {
      prototype.generate = generate;
    }
  });
});
