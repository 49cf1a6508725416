/**
 * An agent's settings during its calls: several calls at once, one inside another, frozen settings, settings behind a
 * getter, reassigned settings. The program always reads its original settings. However a call ends, the agent has its
 * original properties afterwards.
 */
import { describe } from "vitest";
import { readText, rejects, says } from "../../conformance/script.ts";
import { RoomServiceError } from "../../support/failures.ts";
import { turn } from "../../support/gate.ts";
import { majors } from "../../support/majors.ts";
import { type AgentStage, promptOf } from "./makings.ts";
import { RUN, type Row } from "./rows.ts";
import { testAgents } from "./test-agents.ts";

/**
 * Returns a function that records whether the agent still has the same settings, with the program's model and tools.
 */
function looking({ agent, log }: AgentStage): () => void {
  const settings = agent.settings;
  const { model, tools } = settings;
  return () => {
    const now = agent.settings;
    log([now === settings, now["model"] === model, now["tools"] === tools, Object.keys(now)]);
  };
}

async function streamed({ agent, major }: Pick<AgentStage, "agent" | "major">): Promise<string> {
  return readText(major, await agent.stream(promptOf()));
}

const ANY_TWO = /^invoke_agent ok.*, invoke_agent ok/;

const PROGRAMS: readonly Row[] = [
  {
    title: "reads its settings in the model and in a tool",
    run: async (stage) => {
      stage.inModel = looking(stage);
      stage.inTool = looking(stage);
      stage.log((await stage.agent.generate(promptOf())).text);
      looking(stage)();
    },
    outline: RUN,
    // Only a context manager distinguishes the program's reads from the SDK's.
    contextManagers: [true],
  },
  {
    title: "is called twice at once",
    run: async ({ agent, log }) => {
      const results = await Promise.all([agent.generate(promptOf()), agent.generate(promptOf())]);
      log(results.map(({ text }) => text).length);
    },
    outline: /^invoke_agent ok .*, invoke_agent ok /,
    unmanaged: ANY_TWO,
  },
  {
    title: "generates and streams at once",
    run: async ({ agent, major, log }) => {
      const results = await Promise.all([agent.generate(promptOf()), streamed({ agent, major })]);
      log(results.length);
    },
    outline: /^invoke_agent ok .*, invoke_agent ok /,
    unmanaged: ANY_TWO,
  },
  {
    title: "calls itself in a tool",
    run: async (stage) => {
      const { agent, log } = stage;
      let depth = 0;
      stage.inTool = async () => {
        if ((depth += 1) === 1) log((await agent.generate(promptOf())).text);
      };
      log((await agent.generate(promptOf())).text);
    },
    outline:
      "invoke_agent ok 15 (chat ok 5, execute_tool ok (invoke_agent ok 5 (chat ok 5)), " +
      "chat ok 5, execute_tool ok, chat ok 5)",
    unmanaged: ANY_TWO,
  },
  {
    title: "is frozen",
    run: async ({ agent, major, log }) => {
      log((await agent.generate(promptOf())).text);
      log(await streamed({ agent, major }));
    },
    classOf: (Base) =>
      class Frozen extends Base {
        constructor(...args: ConstructorParameters<typeof Base>) {
          super(...args);
          if (new.target.name === "Frozen") Object.freeze(this);
        }
      },
    outline: `${RUN}, ${RUN}`,
    unmanaged: `${RUN}, ${RUN}`,
  },
  {
    title: "has frozen settings",
    prepare: (settings) => Object.freeze(settings),
    run: async ({ agent, major, log }) => {
      log((await agent.generate(promptOf())).text);
      log(await streamed({ agent, major }));
    },
    outline: `${RUN}, ${RUN}`,
    unmanaged: `${RUN}, ${RUN}`,
  },
  {
    title: "has settings behind a getter of its own",
    classOf: (Base, log) =>
      class Getting extends Base {
        constructor(...args: ConstructorParameters<typeof Base>) {
          super(...args);
          const settings = args[0];
          const isOwn = (self: unknown): boolean => self === this;
          Object.defineProperty(this, "settings", {
            configurable: true,
            enumerable: true,
            // The number of reads differs, because the traced call reads a copy.
            get() {
              if (!isOwn(this)) log("read from another object");
              return settings;
            },
          });
        }
      },
    run: async ({ agent, log }) => {
      log((await agent.generate(promptOf())).text);
    },
    outline: RUN,
  },
  {
    title: "has settings that each read creates again",
    classOf: (Base) =>
      class Fresh extends Base {
        constructor(...args: ConstructorParameters<typeof Base>) {
          super(...args);
          const settings = args[0];
          Object.defineProperty(this, "settings", { configurable: true, get: () => ({ ...settings }) });
        }
      },
    run: async ({ agent, major, log }) => {
      log((await agent.generate(promptOf())).text);
      log(await streamed({ agent, major }));
    },
    outline: `${RUN}, ${RUN}`,
  },
  {
    title: "has its settings reassigned in a tool",
    run: async (stage) => {
      const { agent, log } = stage;
      const settings = agent.settings;
      const next = { ...settings, temperature: 0.5 };
      stage.inTool = () => {
        agent.settings = next;
        log(agent.settings === next);
      };
      log((await agent.generate(promptOf())).text);
      log([agent.settings === next, Object.getOwnPropertyDescriptor(agent, "settings")?.value === next]);
      log(await streamed(stage));
    },
    outline: `${RUN}, ${RUN}`,
    unmanaged: `${RUN}, ${RUN}`,
  },
  {
    title: "fails in its model",
    steps: [rejects(new RoomServiceError("no"))],
    run: async ({ agent }) => {
      await agent.generate(promptOf());
    },
    outline: "invoke_agent RoomServiceError (chat RoomServiceError)",
  },
  {
    title: "throws at once",
    classOf: (Base) =>
      class Throwing extends Base {
        override generate(): never {
          throw new RoomServiceError("at once");
        }
      },
    run: async ({ agent }) => {
      await agent.generate(promptOf());
    },
    outline: /^(invoke_agent RoomServiceError)?$/,
  },
  {
    title: "is aborted in its model",
    steps: [says("", { hangs: true })],
    run: async (stage) => {
      const controller = new AbortController();
      stage.inModel = () => void turn().then(() => controller.abort());
      await stage.agent.generate(promptOf({ abortSignal: controller.signal }));
    },
    outline: "invoke_agent abort (chat abort)",
  },
  {
    title: "has a stream that is left",
    steps: [says("", { parts: [{ text: "a room" }], hangs: true })],
    run: async ({ agent, log }) => {
      for await (const text of (await agent.stream(promptOf())).textStream) {
        log(text);
        break;
      }
    },
    outline: "invoke_agent consumer (chat consumer)",
  },
  {
    title: "has a stream that nobody reads yet",
    run: async ({ agent, major, log }) => {
      const result = await agent.stream(promptOf());
      log(Object.getOwnPropertyDescriptor(agent, "settings") !== undefined);
      await turn();
      log(await readText(major, result));
    },
    outline: RUN,
  },
];

describe.each(majors)("on $name", (major) => testAgents(major, PROGRAMS));
