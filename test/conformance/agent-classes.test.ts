/**
 * The wrapped agent class replaces the SDK's: it has the same identity, inheritance and members. `wrapAgent` returns a
 * proxy and leaves the agent unchanged.
 *
 * Holds: identity.
 */
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";
import { wrapAgent, wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { agentClassOf, agentsOf, type Agent, type AgentClass } from "../support/agents.ts";
import { majors, type CallParameters, type Major } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { toolOf } from "../support/tools.ts";
import { agentSpan, chatSpan, toolSpan } from "./expected-spans.ts";
import { callsTool, says } from "./script.ts";

function settingsOf(major: Major, more: CallParameters = {}): CallParameters {
  const { model } = scriptedModel(major, [says("a room"), says("a room")]);
  return { model, ...major.telemetryOptions({ functionId: "booking-agent" }), ...more };
}

/** The class with `prepareCall`, which the types of v6 and v7 hide. */
type PreparingClass = new (
  settings: CallParameters,
) => Agent & { prepareCall(call: CallParameters): Promise<CallParameters> };

const once = agentSpan({}, [chatSpan()]);

/** All that a program can list of the agent: its keys and its settings. */
function shapeOf(agent: object): unknown {
  const own = Object.getOwnPropertyDescriptors(agent);
  return { keys: Reflect.ownKeys(own), settings: own["settings" as never] };
}

describe.each(majors)("on $name", (major) => {
  const bare = agentClassOf(major.ai);

  test("is the same class at every read and under every name", () => {
    const sdk = wrapAISDK(major.ai);
    expect(agentClassOf(sdk)).toBe(agentClassOf(sdk));
    expect(agentsOf(sdk).Experimental_Agent).toBe(agentClassOf(sdk));
    expect(agentClassOf(wrapAISDK(sdk))).toBe(agentClassOf(sdk));
  });

  test("has the name, length and statics of the SDK's class", () => {
    const traced = agentClassOf(wrapAISDK(major.ai));
    expect(traced.name).toBe(bare.name);
    expect(traced.length).toBe(bare.length);
    expect(Object.keys(traced)).toEqual(Object.keys(bare));
    for (const method of ["generate", "stream"] as const) {
      expect(traced.prototype[method].name).toBe(bare.prototype[method].name);
      expect(traced.prototype[method].length).toBe(bare.prototype[method].length);
      expect(Object.keys(traced.prototype)).toEqual(Object.keys(bare.prototype));
    }
  });

  test("makes instances of both classes, and accepts the SDK's in `instanceof`", () => {
    const traced = agentClassOf(wrapAISDK(major.ai));
    const agent = new traced(settingsOf(major));
    expect(agent).toBeInstanceOf(traced);
    expect(agent).toBeInstanceOf(bare);
    expect(agent.constructor).toBe(traced);
    expect(Object.getPrototypeOf(agent)).toBe(traced.prototype);
    expect(new bare(settingsOf(major))).toBeInstanceOf(traced);
    expect(new bare(settingsOf(major))).toBeInstanceOf(agentClassOf(wrapAISDK({ ...major.ai })));
    expect({}).not.toBeInstanceOf(traced);
  });

  test("keeps subclasses apart", () => {
    const traced = agentClassOf(wrapAISDK(major.ai));
    class DeskAgent extends traced {}
    class OtherAgent extends DeskAgent {}
    expect(new DeskAgent(settingsOf(major))).toBeInstanceOf(traced);
    expect(new OtherAgent(settingsOf(major))).toBeInstanceOf(DeskAgent);
    expect(new traced(settingsOf(major))).not.toBeInstanceOf(DeskAgent);
    expect(new DeskAgent(settingsOf(major))).not.toBeInstanceOf(OtherAgent);
    expect(new bare(settingsOf(major))).not.toBeInstanceOf(DeskAgent);
  });

  test("makes instances with the same properties and the caller's settings", () => {
    const settings = settingsOf(major, { tools: {} });
    const agent = new (agentClassOf(wrapAISDK(major.ai)))(settings);
    expect(shapeOf(agent)).toEqual(shapeOf(new bare(settings)));
    expect(agent.tools).toBe(new bare(settings).tools);
  });

  test("refuses to be called without new, as the SDK's class does", () => {
    const call = (agentClass: AgentClass): unknown => Reflect.apply(agentClass as never, undefined, [{}]);
    expect(() => call(bare)).toThrow(TypeError);
    expect(() => call(agentClassOf(wrapAISDK(major.ai)))).toThrow(TypeError);
  });

  test("leaves a call that does not record as it is", async () => {
    const telemetry = setupTelemetry({ sampler: new AlwaysOffSampler() });
    const received: unknown[] = [];
    const settings = settingsOf(major, { onStepFinish: () => {} });
    class Recording extends bare {
      override generate(parameters: CallParameters): ReturnType<Agent["generate"]> {
        received.push(this, parameters, (this as unknown as { settings: CallParameters }).settings["model"]);
        return super.generate(parameters);
      }
    }
    // The class has the SDK's name for it, so `wrapAISDK` wraps it.
    const { ToolLoopAgent } = wrapAISDK({ ToolLoopAgent: Recording });
    const agent = new ToolLoopAgent(settings);
    const parameters = { prompt: "a room" };
    expect((await agent.generate(parameters)).text).toBe("a room");
    expect(received).toEqual([agent, parameters, settings["model"]]);
    expect(received[0]).toBe(agent);
    expect(received[1]).toBe(parameters);
    expect(telemetry.started).toEqual([]);
  });

  test("passes the caller's model, tools and callbacks to prepareStep and prepareCall", async () => {
    setupTelemetry();
    const received: unknown[] = [];
    const prepareStep = ({ model }: CallParameters): undefined => void received.push(model);
    const prepareCall = (call: CallParameters): CallParameters => {
      received.push(call["model"], call["tools"], call["prepareStep"]);
      return call;
    };
    const settings = settingsOf(major, { tools: {}, prepareStep, prepareCall });
    await new (agentClassOf(wrapAISDK(major.ai)))(settings).generate({ prompt: "a room" });
    const { model, tools } = settings;
    // v5 prepares no call.
    expect(received).toEqual(major.name === "v5" ? [model] : [model, tools, prepareStep, model]);
    for (const value of received) expect([model, tools, prepareStep]).toContain(value);
  });

  test("runs a subclass that overrides `prepareCall`", async () => {
    const telemetry = setupTelemetry();
    const traced = agentClassOf(wrapAISDK(major.ai)) as unknown as PreparingClass;
    class PreparingAgent extends traced {
      readonly #extra = { temperature: 0.5 };

      override async prepareCall(call: CallParameters): Promise<CallParameters> {
        return super.prepareCall({ ...this.#extra, ...call });
      }
    }
    const agent = new PreparingAgent(settingsOf(major));
    expect((await agent.generate({ prompt: "a room" })).text).toBe("a room");
    // v5 prepares no call.
    const settings = major.name === "v5" ? {} : { attributes: { "gen_ai.request.temperature": 0.5 } };
    await expectSpanTree(telemetry, agentSpan({}, [chatSpan(settings)]));
  });

  test("fails like the SDK's class if the caller passes nothing", async () => {
    const telemetry = setupTelemetry();
    const failureOf = async (agentClass: AgentClass): Promise<string> => {
      try {
        await new agentClass(settingsOf(major)).generate(undefined as never);
        return "";
      } catch (error) {
        return String(error);
      }
    };
    const failure = await failureOf(bare);
    expect(await failureOf(agentClassOf(wrapAISDK(major.ai)))).toBe(failure);
    const type = failure.split(/[ :]/)[0];
    await expectSpanTree(
      telemetry,
      agentSpan({ error: type?.startsWith("AI_") === true ? type : "TypeError" }),
    );
  });

  test("wrapAgent does not trace the agent itself, and its proxy has the agent's members", async () => {
    const telemetry = setupTelemetry();
    const settings = settingsOf(major, { tools: {} });
    const agent = new bare(settings);
    const view = wrapAgent(agent);
    expect(view).toBeInstanceOf(bare);
    expect(view.generate).toBe(view.generate);
    expect(view.generate.name).toBe("generate");
    expect(view.tools).toBe(agent.tools);
    expect(shapeOf(view)).toEqual(shapeOf(agent));
    expect(wrapAgent(view)).toBe(view);
    await agent.generate({ prompt: "a room" });
    expect(telemetry.started).toEqual([]);
    expect((await view.generate({ prompt: "a room" })).text).toBe("a room");
    await expectSpanTree(telemetry, once);
  });

  test("wrapAgent traces an agent with private members, and its methods still work", async () => {
    const telemetry = setupTelemetry();
    class PrivateAgent extends bare {
      readonly #greeting = "welcome";

      override generate(parameters: CallParameters): ReturnType<Agent["generate"]> {
        return this.greet() === "welcome" ? super.generate(parameters) : Promise.reject(new Error("no"));
      }

      greet(): string {
        return this.#greeting;
      }
    }
    const view = wrapAgent(new PrivateAgent(settingsOf(major)));
    expect(view.greet()).toBe("welcome");
    expect(view.greet).toBe(view.greet);
    expect((await view.generate({ prompt: "a room" })).text).toBe("a room");
    await expectSpanTree(telemetry, once);
  });
});

const preparing = majors.filter(({ name }) => name !== "v5");

describe.each(preparing)("on $name, which prepares calls", (major) => {
  const ways: Readonly<Record<string, (settings: CallParameters) => Agent>> = {
    "the traced class": (settings) => new (agentClassOf(wrapAISDK(major.ai)))(settings),
    wrapAgent: (settings) => wrapAgent(new (agentClassOf(major.ai))(settings)),
  };

  test.each(Object.entries(ways))(
    "a run has the identity that prepareCall gives, by %s",
    async (_way, make) => {
      const telemetry = setupTelemetry();
      const { model } = scriptedModel(major, [callsTool("searchRooms", "call-1"), says("a room")]);
      const searchRooms = toolOf(major.ai);
      const metadata = { conversationId: "c-42", userId: "u-7", plan: "pro" };
      const agent = make({
        model,
        tools: { searchRooms },
        stopWhen: major.stepCount(5),
        prepareCall: (call: CallParameters) => ({
          ...call,
          ...major.telemetryOptions({ functionId: "night-desk", metadata }),
        }),
      });
      await agent.generate({ prompt: "a room" });
      const conversation = { "gen_ai.conversation.id": "c-42" };
      await expectSpanTree(
        telemetry,
        agentSpan(
          {
            name: "night-desk",
            attributes: { ...conversation, "user.id": "u-7", "ai_spans.metadata.plan": "pro" },
          },
          [
            chatSpan({ finish: "tool_call", attributes: conversation }),
            toolSpan("searchRooms", "call-1", { agent: "night-desk", attributes: conversation }),
            chatSpan({ attributes: conversation }),
          ],
        ),
      );
    },
  );
});

test.each(majors)(
  "wrapAgent gives an agent of a class that extends a traced one as it is, on $name",
  async (major) => {
    const telemetry = setupTelemetry();
    class Desk extends agentClassOf(wrapAISDK(major.ai)) {
      override generate(parameters: CallParameters): ReturnType<Agent["generate"]> {
        return super.generate(parameters);
      }
    }
    const agent = new Desk(settingsOf(major));
    expect(wrapAgent(agent)).toBe(agent);
    await wrapAgent(agent).generate({ prompt: "a room" });
    await expectSpanTree(telemetry, once);
  },
);

test("wrapAgent traces an agent of another make", async () => {
  const telemetry = setupTelemetry();
  const promise = Promise.resolve({ text: "a room" });
  const agent = wrapAgent({ id: "desk-1", version: "agent-v1", generate: () => promise, stream: () => ({}) });
  expect(await agent.generate()).toBe(await promise);
  const expected = {
    name: "invoke_agent desk-1",
    attributes: {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": "desk-1",
      "gen_ai.agent.id": "desk-1",
    },
  };
  await expectSpanTree(telemetry, expected, { reports: true });
  expect(telemetry.diagnostics).toEqual([expect.stringMatching(/a class that is not the SDK's/)]);
});

test.each([undefined, null, {}, "agent", { generate: 1 }])("wrapAgent refuses %j", (agent) => {
  expect(() => wrapAgent(agent as object)).toThrow(TypeError);
});

test("wrapAgent refuses an unknown option", () => {
  const options = { noSuchOption: 1 } as object;
  expect(() => wrapAgent({ generate: () => {} }, options)).toThrow(/wrapAgent: option "noSuchOption"/);
});
