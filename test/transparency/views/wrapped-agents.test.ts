/**
 * A value that a program writes to a wrapped agent reads back as on a plain copy. State reaches the agent, because its
 * methods need it: setters, and data properties that the agent has. Methods and new properties stay on the wrapped
 * agent.
 */
import { assert, asyncProperty } from "fast-check";
import { wrapAgent } from "ai-spans";
import { describe, expect, test } from "vitest";
import { callsTool, says } from "../../conformance/script.ts";
import { agentClassOf, type Agent } from "../../support/agents.ts";
import { majors, type CallParameters, type Major } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import { setupTelemetry } from "../../support/telemetry.ts";
import { outlineOf } from "../../support/outline.ts";
import { rest } from "../../support/gate.ts";
import { toolOf } from "../../support/tools.ts";
import { doAll, operationsOn, plainCopyOf, shapeOf, valuesOf, type PropertyOperation } from "./operations.ts";

const RUNS = 3;
const TREE = "invoke_agent ok 10 (chat ok 5, execute_tool ok, chat ok 5)";

function settingsOf(major: Major): CallParameters {
  const steps = Array.from({ length: RUNS }, () => [callsTool("searchRooms", "call-1"), says("two")]);
  const searchRooms = toolOf(major.ai);
  return {
    model: scriptedModel(major, steps.flat()).model,
    tools: { searchRooms },
    stopWhen: major.stepCount(5),
  };
}

/** An agent with every kind of state: private, behind a setter, a data property, and a method that reads them. */
function agentOf(major: Major) {
  class AgentWithSettings extends agentClassOf(major.ai) {
    #mood = "calm";
    label = "desk";
    data: unknown = { rooms: 1 };

    get mood(): string {
      return this.#mood;
    }

    set mood(mood: string) {
      this.#mood = mood;
    }

    greet(): string {
      return `${this.#mood} ${this.label}`;
    }
  }
  return new AgentWithSettings(settingsOf(major));
}

/**
 * Sets all flags of a definition, because an absent flag keeps the flag of the property. A wrapped agent has methods as
 * its own properties, which is a known difference.
 */
function wholly(operation: PropertyOperation): PropertyOperation {
  if (operation.do !== "define") return operation;
  return { ...operation, flags: { writable: true, enumerable: true, ...operation.flags } };
}

const KEYS = ["generate", "stream", "greet", "extra", "label", "data", "settings", "toString"];
/** Data properties of the agent, which are its state. */
const STATE: ReadonlySet<PropertyKey> = new Set(["label", "data", "settings"]);

describe.each(majors)("on $name", (major) => {
  test("changes of a wrapped agent read back as on a plain copy", async () => {
    await assert(
      asyncProperty(operationsOn(KEYS, ["read", "delete"]), async (drawn) => {
        const operations = drawn.map(wholly);
        const agent = agentOf(major);
        const values = valuesOf(operations);
        const doIt = doAll(operations, values);
        // The copy has the same class. No method that needs private members is called here.
        const copy = plainCopyOf(agent);
        const ofClass = shapeOf(Object.getPrototypeOf(agent) as object);
        expect(doIt(wrapAgent(agent))).toEqual(doIt(copy));
        expect(shapeOf(Object.getPrototypeOf(agent) as object)).toEqual(ofClass);
        // Except for its state, nothing was written to the agent.
        expect(Reflect.ownKeys(agent).filter((key) => !STATE.has(key))).toEqual(
          Reflect.ownKeys(agentOf(major)).filter((key) => !STATE.has(key)),
        );
      }),
      { numRuns: 200 },
    );
  });

  test("state that is written reaches the agent and its methods", () => {
    const agent = agentOf(major);
    const wrapped = wrapAgent(agent);
    wrapped.mood = "busy";
    wrapped.label = "bar";
    wrapped.data = undefined;
    expect([agent.mood, agent.label, agent.data]).toEqual(["busy", "bar", undefined]);
    expect(wrapped.greet()).toBe("busy bar");
    agent.label = "lobby";
    expect(wrapped.label).toBe("lobby");
    expect(delete (wrapped as { label?: string }).label).toBe(true);
    expect("label" in agent).toBe(false);
  });

  const PATCHES: Readonly<Record<string, (agent: Agent, onCall: () => void) => void>> = {
    "assigns generate": (agent, onCall) => {
      const { generate } = agent;
      agent.generate = function (this: Agent, ...args) {
        onCall();
        return Reflect.apply(generate, this, args);
      };
    },
    "defines generate": (agent, onCall) => {
      const { generate } = agent;
      const value: Agent["generate"] = function (this: Agent, ...args) {
        onCall();
        return Reflect.apply(generate, this, args);
      };
      Object.defineProperty(agent, "generate", { value, configurable: true });
    },
    "replaces generate with a Proxy": (agent, onCall) => {
      agent.generate = new Proxy(agent.generate, {
        apply: (generate, self, args) => {
          onCall();
          return Reflect.apply(generate, self, args) as ReturnType<Agent["generate"]>;
        },
      });
    },
  };

  test.each(Object.entries(PATCHES))(
    "a patch that %s runs once per call, and the run has one span",
    async (_how, patch) => {
      const telemetry = setupTelemetry();
      const agent = agentOf(major);
      const before = shapeOf(agent);
      const wrapped = wrapAgent(agent);
      let calls = 0;
      patch(wrapped, () => (calls += 1));
      for (let count = 1; count <= RUNS; count++) {
        telemetry.reset();
        expect((await wrapped.generate({ prompt: "a room" })).text).toBe("two");
        await rest();
        expect(calls).toBe(count);
        expect(outlineOf(telemetry)).toBe(TREE);
      }
      expect(shapeOf(agent)).toEqual(before);
      expect(telemetry.diagnostics).toEqual([]);
    },
  );

  test("a patch of the model in a wrapped agent's settings changes the agent's model", async () => {
    const telemetry = setupTelemetry();
    const agent = agentOf(major);
    const { settings } = wrapAgent(agent) as unknown as { settings: CallParameters };
    expect(settings).toBe((agent as unknown as { settings: CallParameters }).settings);
    const model = settings["model"] as { doGenerate: (options: unknown) => Promise<unknown> };
    const doGenerate = model.doGenerate.bind(model);
    let calls = 0;
    model.doGenerate = async (options) => {
      calls += 1;
      return doGenerate(options);
    };
    await wrapAgent(agent).generate({ prompt: "a room" });
    await rest();
    expect(calls).toBe(2);
    expect(outlineOf(telemetry)).toBe(TREE);
  });
});
