/**
 * What shows of the way agents are traced. Rows of docs/transparency.md.
 */
import { wrapAgent } from "ai-spans";
import { describe, expect, test } from "vitest";
import { says } from "../../conformance/script.ts";
import { agentClassOf, type Agent } from "../../support/agents.ts";
import { majors, type CallParameters, type Major, type SDK } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import { setupTelemetry } from "../../support/telemetry.ts";
import { onBoth, operationsOf } from "./both.ts";

type Shown = "absent" | "value" | "accessor";

function shapeOf(owner: object, key: string): Shown {
  const descriptor = Object.getOwnPropertyDescriptor(owner, key);
  if (!descriptor) return "absent";
  return "value" in descriptor ? "value" : "accessor";
}

function agentOf(major: Major, sdk: SDK): { agent: Agent; settings: CallParameters } {
  const { model } = scriptedModel(major, [says("a room"), says("a room")]);
  const settings = { model };
  const agent = new (agentClassOf(sdk))(settings);
  return { agent, settings };
}

/** The same agent as the bare SDK makes it, bare and wrapped by `wrapAgent`. */
async function onBothWrapped<T>(program: (wrap: <A extends object>(agent: A) => A) => Promise<T>) {
  setupTelemetry();
  const bare = await program((agent) => agent);
  const telemetry = setupTelemetry();
  const wrapped = await program((agent) => wrapAgent(agent));
  expect(telemetry.diagnostics).toEqual([]);
  return { bare, wrapped, telemetry };
}

describe.each(majors)("on $name", (major) => {
  test("a method of a wrapped agent that overrides generate reads traced settings", async () => {
    const { bare, wrapped } = await onBoth(major, async (sdk) => {
      class Reading extends agentClassOf(major.ai) {
        readonly seen: unknown[] = [];
        override async generate(...given: Parameters<Agent["generate"]>) {
          const { model } = Reflect.get(this, "settings") as CallParameters;
          this.seen.push(model === own["model"]);
          return super.generate(...given);
        }
      }
      const { settings: own } = agentOf(major, sdk);
      const agent = new Reading(own);
      await (sdk === major.ai ? agent : wrapAgent(agent)).generate({ prompt: "a room" });
      return agent.seen;
    });
    expect(bare).toEqual([true]);
    expect(wrapped).toEqual([false]);
  });

  test("an agent's settings are an accessor until a call of it has given its result", async () => {
    for (const method of ["generate", "stream"] as const) {
      const { bare, wrapped } = await onBoth(major, async (sdk) => {
        const { agent, settings } = agentOf(major, sdk);
        const original = Object.getOwnPropertyDescriptor(agent, "settings");
        const call = agent[method]({ prompt: "a room" });
        const during = shapeOf(agent, "settings");
        // The program reads its own at any time.
        expect((Reflect.get(agent, "settings") as CallParameters)["model"]).toBe(settings["model"]);
        await (
          await call
        ).text;
        expect(Object.getOwnPropertyDescriptor(agent, "settings")).toEqual(original);
        return during;
      });
      expect(bare).toBe("value");
      // v5 gives the result of `stream` at once.
      const isOver = method === "stream" && major.name === "v5";
      expect(wrapped).toBe(isOver ? "value" : "accessor");
    }
  });

  test("the settings of a frozen agent have accessors until a call of it has given its result", async () => {
    const { bare, wrapped, telemetry } = await onBoth(major, async (sdk) => {
      const { agent } = agentOf(major, sdk);
      const settings = Reflect.get(agent, "settings") as CallParameters;
      const original = Object.getOwnPropertyDescriptors(settings);
      const model = settings["model"];
      Object.freeze(agent);
      const call = agent.generate({ prompt: "a room" });
      const during = [shapeOf(agent, "settings"), shapeOf(settings, "model")];
      expect(settings["model"]).toBe(model);
      await call;
      expect(Object.getOwnPropertyDescriptors(settings)).toEqual(original);
      return during;
    });
    expect(bare).toEqual(["value", "value"]);
    expect(wrapped).toEqual(["value", "accessor"]);
    expect(operationsOf(telemetry)).toEqual(["invoke_agent", "chat"]);
  });

  test("an agent class is a subclass with a prototype of its own", async () => {
    const { bare, wrapped } = await onBoth(major, async (sdk) => {
      const { agent } = agentOf(major, sdk);
      await agent.generate({ prompt: "a room" });
      const own = agentClassOf(sdk);
      const sdks = agentClassOf(major.ai);
      return {
        isSame: own === sdks,
        inherits: Object.getPrototypeOf(own.prototype) === sdks.prototype,
        methods: Object.getOwnPropertyNames(own.prototype).toSorted(),
        isInstance: [agent instanceof own, agent instanceof sdks],
        text: String(own) === String(sdks),
      };
    });
    expect(bare).toMatchObject({ isSame: true, inherits: false, isInstance: [true, true], text: true });
    expect(wrapped).toEqual({
      isSame: false,
      inherits: true,
      methods: ["constructor", "generate", "stream"],
      isInstance: [true, true],
      text: false,
    });
  });

  test("a method and a new property that are written to a wrapped agent stay with it, state reaches the agent", async () => {
    const { bare, wrapped } = await onBothWrapped(async (wrap) => {
      const { agent } = agentOf(major, major.ai);
      const held = Object.assign(agent, { state: 1 });
      const given = wrap(held) as typeof held & { extra?: unknown };
      const calls: string[] = [];
      const { generate } = given;
      given.generate = (parameters) => {
        calls.push("patch");
        return Reflect.apply(generate, given, [parameters]);
      };
      given.extra = 1;
      given.state = 2;
      await given.generate({ prompt: "a room" });
      await held.generate({ prompt: "a room" });
      return {
        isSame: given === held,
        calls: calls.length,
        extra: [given.extra, Reflect.get(held, "extra")],
        state: [given.state, held.state],
        own: Object.keys(held).toSorted(),
        given: Object.keys(given).toSorted(),
      };
    });
    expect(bare).toMatchObject({ isSame: true, calls: 2, extra: [1, 1], state: [2, 2] });
    expect(wrapped).toMatchObject({ isSame: false, calls: 1, extra: [1, undefined], state: [2, 2] });
    expect(wrapped.given).toEqual(bare.given);
    expect(wrapped.own).toEqual(bare.own.filter((key) => !["extra", "generate"].includes(key)));
  });

  test("a wrapped agent shows its class's methods as its own properties, and cannot be frozen", async () => {
    const { bare, wrapped } = await onBothWrapped(async (wrap) => {
      const { agent } = agentOf(major, major.ai);
      const given = wrap(agent);
      await given.generate({ prompt: "a room" });
      const attempts = [
        () => Object.freeze(given),
        () => Object.preventExtensions(given),
        () => Object.setPrototypeOf(given, {}),
      ];
      return {
        keys: Reflect.ownKeys(given),
        generate: shapeOf(given, "generate"),
        attempts: attempts.map((attempt) => {
          try {
            attempt();
            return "done";
          } catch (error) {
            return String(error);
          }
        }),
      };
    });
    const refused = [
      /'preventExtensions' on proxy/,
      /'preventExtensions' on proxy/,
      /'setPrototypeOf' on proxy/,
    ];
    expect(bare.generate).toBe("absent");
    expect(bare.attempts.slice(0, 2)).toEqual(["done", "done"]);
    // It is not listed.
    expect(wrapped.keys).toEqual(bare.keys);
    expect(wrapped.generate).toBe("value");
    for (const [index, words] of refused.entries()) expect(wrapped.attempts[index]).toMatch(words);
  });

  test("a method of a wrapped agent that calls this.stream finds an accessor on the agent", async () => {
    const { bare, wrapped, telemetry } = await onBothWrapped(async (wrap) => {
      const shapes: Shown[][] = [];
      const { agent } = agentOf(major, major.ai);
      class Desk {
        readonly inner = agent;
        readonly settings = {};
        generate(parameters: CallParameters): Promise<unknown> {
          return this.inner.generate(parameters);
        }
        async stream(parameters: CallParameters): Promise<unknown> {
          return (await this.inner.stream(parameters)).text;
        }
        async book(): Promise<unknown> {
          look();
          const text = await this.stream({ prompt: "a room" });
          look();
          return text;
        }
      }
      const desk = new Desk();
      const look = (): void => {
        shapes.push([shapeOf(desk, "generate"), shapeOf(desk, "stream")]);
      };
      look();
      const text = await wrap(desk).book();
      look();
      return { text, shapes };
    });
    const none = ["absent", "absent"];
    expect(bare).toEqual({ text: "a room", shapes: [none, none, none, none] });
    const both = ["accessor", "accessor"];
    expect(wrapped).toEqual({ text: "a room", shapes: [none, both, both, none] });
    expect(operationsOf(telemetry)).toContain("invoke_agent");
  });

  test("a thenable that an agent gives is asked at once, and a promise takes its place", async () => {
    const { bare, wrapped } = await onBothWrapped(async (wrap) => {
      let reads = 0;
      let asked = 0;
      const answer = {
        cancel: () => {},
        // oxlint-disable-next-line unicorn/no-thenable
        get then() {
          reads += 1;
          return (onValue: (value: unknown) => void) => {
            asked += 1;
            onValue({ text: "a room" });
          };
        },
      };
      const agent = wrap({ settings: {}, generate: (_parameters: CallParameters) => answer as unknown });
      const given = agent.generate({ prompt: "a room" }) as typeof answer;
      await new Promise((resolve) => setImmediate(resolve));
      const before = { reads, asked };
      const value = await (given as unknown as PromiseLike<unknown>);
      return {
        isSame: given === answer,
        canCancel: "cancel" in given,
        before,
        after: { reads, asked },
        value,
      };
    });
    expect(bare).toEqual({
      isSame: true,
      canCancel: true,
      before: { reads: 0, asked: 0 },
      after: { reads: 1, asked: 1 },
      value: { text: "a room" },
    });
    expect(wrapped).toEqual({
      isSame: false,
      canCancel: false,
      before: { reads: 1, asked: 1 },
      after: { reads: 1, asked: 1 },
      value: { text: "a room" },
    });
  });
});
