/**
 * Differences that a program can notice in traced agents. Rows of docs/why/transparency.md.
 */
import { wrapAgent } from "ai-spans";
import { describe, expect, test } from "vitest";
import { says } from "../../conformance/script.ts";
import { agentClassOf, otherThanForeign, type Agent } from "../../support/agents.ts";
import { majors, type CallParameters, type Major, type SDK } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import { setupTelemetry } from "../../support/telemetry.ts";
import { countTicks, onBoth, operationsOf, outcomeOf } from "./both.ts";
import { turn } from "../../support/gate.ts";

type PropertyKind = "absent" | "value" | "accessor";

function shapeOf(owner: object, key: string): PropertyKind {
  const descriptor = Object.getOwnPropertyDescriptor(owner, key);
  if (!descriptor) return "absent";
  return "value" in descriptor ? "value" : "accessor";
}

function agentOf(
  major: Major,
  sdk: SDK,
  more: CallParameters = {},
): { agent: Agent; settings: CallParameters } {
  const { model } = scriptedModel(major, [says("a room"), says("a room")]);
  const settings = { model, ...more };
  const agent = new (agentClassOf(sdk))(settings);
  return { agent, settings };
}

/** Runs the program with a bare agent and with the agent that `wrapAgent` returns. */
async function onBothWrapped<T>(program: (wrap: <A extends object>(agent: A) => A) => Promise<T>) {
  setupTelemetry();
  const bare = await program((agent) => agent);
  const telemetry = setupTelemetry();
  const wrapped = await program((agent) => wrapAgent(agent));
  expect(otherThanForeign(telemetry.diagnostics)).toEqual([]);
  return { bare, wrapped, telemetry };
}

describe.each(majors)("on $name", (major) => {
  test("a method of a wrapped agent that spreads its settings gets traced ones", async () => {
    const { bare, wrapped } = await onBothWrapped(async (wrap) => {
      const received: unknown[] = [];
      class Spreading extends agentClassOf(major.ai) {
        override async generate(...args: Parameters<Agent["generate"]>) {
          const settings = Reflect.get(this, "settings") as CallParameters;
          const copy = { ...settings };
          received.push(
            settings["model"] === own["model"],
            copy["model"] === own["model"],
            Object.keys(settings),
          );
          return super.generate(...args);
        }
      }
      const { settings: own } = agentOf(major, major.ai, { tools: {} });
      await wrap(new Spreading(own)).generate({ prompt: "a room" });
      return received;
    });
    const keys = major.name === "v7" ? ["model", "tools", "onEnd"] : ["model", "tools"];
    expect(bare).toEqual([true, true, keys]);
    const isTraced = major.name === "v5";
    expect(wrapped).toEqual([true, !isTraced, isTraced ? ["onStepFinish", ...keys] : keys]);
  });

  test("an agent whose class overrides generate has an accessor until its result is there", async () => {
    const key = major.name === "v5" ? "settings" : "prepareCall";
    for (const isOverridden of [true, false]) {
      const { bare, wrapped } = await onBothWrapped(async (wrap) => {
        class Overriding extends agentClassOf(major.ai) {}
        if (isOverridden) {
          Overriding.prototype.generate = async function (...args) {
            return agentClassOf(major.ai).prototype.generate.apply(this, args);
          };
        }
        const agent = new Overriding(agentOf(major, major.ai).settings);
        const original = Object.getOwnPropertyDescriptors(agent);
        const call = wrap(agent).generate({ prompt: "a room" });
        const during = shapeOf(agent, key);
        await call;
        expect(Object.getOwnPropertyDescriptors(agent)).toEqual(original);
        return during;
      });
      expect(bare).toBe(major.name === "v5" ? "value" : "absent");
      expect(wrapped).toBe(isOverridden ? "accessor" : bare);
    }
  });

  test("a getter among an agent's callbacks finds an accessor while the SDK reads it", async () => {
    const { bare, wrapped } = await onBothWrapped(async (wrap) => {
      const shapes = new Set<PropertyKind>();
      const { settings } = agentOf(major, major.ai, { tools: {} });
      const agent = new (agentClassOf(major.ai))(settings);
      Object.defineProperty(Reflect.get(agent, "settings"), "onToolExecutionStart", {
        configurable: true,
        enumerable: true,
        get: () => void shapes.add(shapeOf(agent, "settings")),
      });
      await wrap(agent).generate({ prompt: "a room" });
      expect(shapeOf(agent, "settings")).toBe("value");
      return [...shapes].toSorted();
    });
    expect(bare).toEqual(["value"]);
    // v5 and v6 read this callback together with the other settings.
    expect(wrapped).toEqual(major.name === "v7" ? ["accessor", "value"] : ["value"]);
  });

  test("the settings of a frozen agent have an accessor until it prepares its call", async () => {
    const { bare, wrapped, telemetry } = await onBothWrapped(async (wrap) => {
      const callOptionsSchema = major.ai.jsonSchema({ type: "object" });
      const { settings } = agentOf(major, major.ai, { callOptionsSchema });
      const agent = Object.freeze(new (agentClassOf(major.ai))(settings));
      const held = Reflect.get(agent, "settings") as CallParameters;
      const original = Object.getOwnPropertyDescriptors(held);
      const call = wrap(agent).generate({ prompt: "a room", options: {} });
      const during = [shapeOf(agent, "settings"), shapeOf(held, "prepareCall")];
      await call;
      expect(Object.getOwnPropertyDescriptors(held)).toEqual(original);
      return during;
    });
    expect(bare).toEqual(["value", "absent"]);
    expect(wrapped).toEqual(["value", major.name === "v5" ? "absent" : "accessor"]);
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
      methods: ["constructor", "generate", ...(major.name === "v5" ? [] : ["prepareCall"]), "stream"],
      isInstance: [true, true],
      text: false,
    });
  });

  test("a method and a new property that are written to a wrapped agent stay with it, state reaches the agent", async () => {
    const { bare, wrapped } = await onBothWrapped(async (wrap) => {
      const { agent } = agentOf(major, major.ai);
      const held = Object.assign(agent, { state: 1 });
      const subject = wrap(held) as typeof held & { extra?: unknown };
      const calls: string[] = [];
      const { generate } = subject;
      subject.generate = (parameters) => {
        calls.push("patch");
        return Reflect.apply(generate, subject, [parameters]);
      };
      subject.extra = 1;
      subject.state = 2;
      await subject.generate({ prompt: "a room" });
      await held.generate({ prompt: "a room" });
      return {
        isSame: subject === held,
        calls: calls.length,
        extra: [subject.extra, Reflect.get(held, "extra")],
        state: [subject.state, held.state],
        originalKeys: Object.keys(held).toSorted(),
        keys: Object.keys(subject).toSorted(),
      };
    });
    expect(bare).toMatchObject({ isSame: true, calls: 2, extra: [1, 1], state: [2, 2] });
    expect(wrapped).toMatchObject({ isSame: false, calls: 1, extra: [1, undefined], state: [2, 2] });
    expect(wrapped.keys).toEqual(bare.keys);
    expect(wrapped.originalKeys).toEqual(
      bare.originalKeys.filter((key) => !["extra", "generate"].includes(key)),
    );
  });

  test("a wrapped agent shows its class's methods as its own properties, and cannot be frozen", async () => {
    const { bare, wrapped } = await onBothWrapped(async (wrap) => {
      const { agent } = agentOf(major, major.ai);
      const subject = wrap(agent);
      await subject.generate({ prompt: "a room" });
      const attempts = [
        () => Object.freeze(subject),
        () => Object.preventExtensions(subject),
        () => Object.setPrototypeOf(subject, {}),
      ];
      return {
        keys: Reflect.ownKeys(subject),
        generate: shapeOf(subject, "generate"),
        attempts: attempts.map((attempt) => outcomeOf(attempt)),
      };
    });
    const refused = [
      /'preventExtensions' on proxy/,
      /'preventExtensions' on proxy/,
      /'setPrototypeOf' on proxy/,
    ];
    expect(bare.generate).toBe("absent");
    expect(bare.attempts.slice(0, 2)).toEqual(["done", "done"]);
    // The method is not enumerable.
    expect(wrapped.keys).toEqual(bare.keys);
    expect(wrapped.generate).toBe("value");
    for (const [index, words] of refused.entries()) expect(wrapped.attempts[index]).toMatch(words);
  });

  test("a method of a wrapped agent that calls this.stream finds an accessor on the agent", async () => {
    const { bare, wrapped, telemetry } = await onBothWrapped(async (wrap) => {
      const shapes: PropertyKind[][] = [];
      class Desk extends agentClassOf(major.ai) {
        async book(): Promise<unknown> {
          look();
          return (await this.stream({ prompt: "a room" })).text;
        }
        greet(): string {
          look();
          return "hello";
        }
      }
      const desk = new Desk(agentOf(major, major.ai).settings);
      const look = (): void => {
        shapes.push([shapeOf(desk, "generate"), shapeOf(desk, "stream")]);
      };
      look();
      wrap(desk).greet();
      look();
      const text = wrap(desk).book();
      await text;
      // The program still holds the promise here.
      look();
      return { text: await text, shapes };
    });
    const none = ["absent", "absent"];
    expect(bare).toEqual({ text: "a room", shapes: [none, none, none, none, none] });
    const both = ["accessor", "accessor"];
    expect(wrapped).toEqual({ text: "a room", shapes: [none, both, none, both, both] });
    expect(operationsOf(telemetry)).toEqual(["invoke_agent", "chat"]);
  });

  test("a generator that an agent's stream gives has methods of its own until its end", async () => {
    const { bare, wrapped } = await onBothWrapped(async (wrap) => {
      class Desk extends agentClassOf(major.ai) {
        override stream(): never {
          async function* words(): AsyncGenerator<string> {
            yield "a room";
          }
          return words() as never;
        }
      }
      const desk = wrap(new Desk(agentOf(major, major.ai).settings));
      const words = Reflect.apply(desk.stream, desk, []) as unknown as AsyncGenerator<string>;
      const before = Object.getOwnPropertyNames(words);
      const ticks = countTicks();
      await words.next();
      ticks.isOn = false;
      await words.next();
      return { before, ticks: ticks.count, after: Object.getOwnPropertyNames(words) };
    });
    expect(bare).toMatchObject({ before: [], after: [] });
    expect(wrapped).toEqual({ before: ["next", "return", "throw"], ticks: bare.ticks + 1, after: [] });
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
      const promise = agent.generate({ prompt: "a room" }) as typeof answer;
      await turn();
      const before = { reads, asked };
      const value = await (promise as unknown as PromiseLike<unknown>);
      return {
        isSame: promise === answer,
        canCancel: "cancel" in promise,
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
