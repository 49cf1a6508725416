/**
 * What a run's span records of the SDK's call: the function, the call's id, and the class of an agent. It also has the
 * sums of its model calls, unless `runUsage` is false.
 */
import { wrapAgent } from "ai-spans";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { describe, expect, test } from "vitest";
import { declareNames } from "../registry/declared-names.ts";
import { agentClassOf } from "../support/agents.ts";
import type { CallParameters, SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import type { Telemetry } from "../support/telemetry.ts";
import { toolOf } from "../support/tools.ts";
import { type Way, WAYS, WRAPPERS } from "../support/ways.ts";
import { compare } from "../harness/compare.ts";
import { callsTool, drain, says } from "./script.ts";

declareNames({ namespaces: ["booking"] });

const PROMPT = { prompt: "a room" };

function runsOf({ started }: Telemetry): ReadableSpan[] {
  return started.filter(({ attributes }) => attributes["gen_ai.operation.name"] === "invoke_agent");
}

function toolsOf(sdk: SDK): object {
  return {
    searchRooms: toolOf(sdk),
  };
}

function loopOf({ major }: Way, sdk: SDK): CallParameters {
  return {
    model: scriptedModel(major, [callsTool("searchRooms", "call-1"), says("two")]).model,
    stopWhen: major.stepCount(5),
    tools: toolsOf(sdk),
  };
}

describe.each(WAYS)("$title", (way) => {
  const agent = way.major.name === "v5" ? "Agent" : "ToolLoopAgent";
  const isOld = way.major.name !== "v7";

  async function runOf(program: (sdk: SDK) => Promise<unknown>, options: CallParameters = {}) {
    const { telemetry } = await compare(
      way,
      async (sdk) => {
        await program(sdk);
      },
      { options },
    );
    expect(telemetry.open).toEqual([]);
    const [run] = runsOf(telemetry);
    return { telemetry, run, attributes: run?.attributes ?? {} };
  }

  test("the SDK's function", async () => {
    const model = (): object => scriptedModel(way.major, [says('{"rooms":2}')]).model;
    const calls: Readonly<Record<string, (sdk: SDK) => Promise<unknown>>> = {
      generateText: (sdk) => sdk.generateText({ model: model(), ...PROMPT }),
      streamText: (sdk) => drain(sdk.streamText({ model: model(), ...PROMPT })),
      [way.entry === "adapter" ? "generateText" : `${agent}.generate`]: (sdk) =>
        new (agentClassOf(sdk))({ model: model() }).generate(PROMPT),
      [way.entry === "adapter" ? "streamText" : `${agent}.stream`]: async (sdk) =>
        drain(await new (agentClassOf(sdk))({ model: model() }).stream(PROMPT)),
    };
    for (const [name, call] of Object.entries(calls)) {
      const { attributes } = await runOf(call);
      expect(attributes["ai_spans.operation.name"]).toBe(name);
    }
  });

  test("the SDK's id of a call", async () => {
    const ids: unknown[] = [];
    for (const call of [
      async (sdk: SDK) => sdk.generateText({ ...loopOf(way, sdk), ...PROMPT }),
      async (sdk: SDK) => drain(sdk.streamText({ ...loopOf(way, sdk), ...PROMPT })),
    ]) {
      const { attributes } = await runOf(call);
      ids.push(attributes["ai_spans.call.id"]);
    }
    // v5 and v6 have no id.
    const expected: unknown = isOld ? undefined : expect.stringMatching(/^\S{8,}$/);
    expect(ids).toEqual([expected, expected]);
    if (!isOld) expect(ids[0]).not.toBe(ids[1]);
  });

  test("another prefix", async () => {
    const { attributes } = await runOf((sdk) => sdk.generateText({ ...loopOf(way, sdk), ...PROMPT }), {
      namespace: "booking",
    });
    expect(attributes["booking.operation.name"]).toBe("generateText");
    expect(attributes["ai_spans.operation.name"]).toBeUndefined();
  });

  test.each([true, undefined])("sums of the run with runUsage: %s", async (runUsage) => {
    const { attributes } = await runOf((sdk) => sdk.generateText({ ...loopOf(way, sdk), ...PROMPT }), {
      runUsage,
    });
    expect(attributes["gen_ai.usage.input_tokens"]).toBe(20);
  });

  test("no sums of the run with runUsage: false", async () => {
    for (const call of [
      async (sdk: SDK) => sdk.generateText({ ...loopOf(way, sdk), ...PROMPT }),
      async (sdk: SDK) => drain(sdk.streamText({ ...loopOf(way, sdk), ...PROMPT })),
    ]) {
      const { telemetry, run } = await runOf(call, { runUsage: false });
      const counts = telemetry.started
        .filter((span) => Object.keys(span.attributes).some((key) => key.startsWith("gen_ai.usage.")))
        .map(({ name }) => name.split(" ")[0]);
      expect(counts).toEqual(["chat", "chat"]);
      expect(run?.attributes["gen_ai.response.finish_reasons"]).toEqual(["stop"]);
    }
  });
});

describe.each(WRAPPERS)("$title", (way) => {
  const settings = (): CallParameters => ({ model: scriptedModel(way.major, [says("two")]).model });

  async function namesOf(program: (sdk: SDK) => Promise<unknown>): Promise<unknown[]> {
    const { telemetry } = await compare(way, async (sdk) => {
      await program(sdk);
    });
    return runsOf(telemetry).map(({ name, attributes }) => [
      name,
      attributes["gen_ai.agent.name"],
      attributes["ai_spans.operation.name"],
    ]);
  }

  const method = `${way.major.name === "v5" ? "Agent" : "ToolLoopAgent"}.generate`;

  test("an agent of a subclass has the class's name", async () => {
    const names = await namesOf((sdk) => {
      class BookingDesk extends agentClassOf(sdk) {}
      return new BookingDesk(settings()).generate(PROMPT);
    });
    expect(names).toEqual([["invoke_agent BookingDesk", "BookingDesk", method]]);
  });

  test("an agent of the program's class that `wrapAgent` wraps has no name", async () => {
    const names = await namesOf((sdk) => {
      class BookingDesk extends agentClassOf(way.major.ai) {}
      const desk = new BookingDesk(settings());
      return (sdk === way.major.ai ? desk : wrapAgent(desk)).generate(PROMPT);
    });
    expect(names).toEqual([["invoke_agent", undefined, method]]);
  });

  test("the names of minified classes and of the SDK's class are no agent names", async () => {
    const names = await namesOf(async (sdk) => {
      const Minified = { aB: class extends agentClassOf(sdk) {} }.aB;
      await new Minified(settings()).generate(PROMPT);
      await new (class extends agentClassOf(sdk) {})(settings()).generate(PROMPT);
      await new (agentClassOf(sdk))(settings()).generate(PROMPT);
      await new (agentClassOf(sdk).bind(undefined))(settings()).generate(PROMPT);
    });
    expect(names).toEqual([
      ["invoke_agent", undefined, method],
      ["invoke_agent", undefined, method],
      ["invoke_agent", undefined, method],
      ["invoke_agent", undefined, method],
    ]);
  });
});

describe.each(WAYS)("$title", (way) => {
  test("conversation and user reach the agents that a run calls, also below tools", async () => {
    const turn = { conversationId: "c-42", userId: "u-7", requestId: "r-1" };
    const said =
      way.major.name === "v7"
        ? {
            runtimeContext: turn,
            telemetry: {
              includeRuntimeContext: { conversationId: true, userId: true, requestId: true },
            },
          }
        : { experimental_telemetry: { metadata: turn } };
    const { telemetry } = await compare(way, async (sdk) => {
      const inner = (): Promise<unknown> =>
        sdk.generateText({ model: scriptedModel(way.major, [says("two")]).model, ...PROMPT });
      const tools = {
        searchRooms: sdk.tool({
          inputSchema: sdk.jsonSchema({ type: "object", properties: {} }),
          execute: async () => {
            await inner();
            return 2;
          },
        }),
      };
      await sdk.generateText({ ...loopOf(way, sdk), tools, ...PROMPT, ...said });
      await inner();
    });
    const facts = telemetry.started.map(({ name, attributes }) => [
      name.split(" ")[0],
      attributes["gen_ai.conversation.id"],
      attributes["user.id"],
      attributes["ai_spans.turn.request_id"],
    ]);
    expect(facts).toEqual([
      ["invoke_agent", "c-42", "u-7", "r-1"],
      ["chat", "c-42", undefined, undefined],
      ["execute_tool", "c-42", undefined, undefined],
      ["invoke_agent", "c-42", "u-7", undefined],
      ["chat", "c-42", undefined, undefined],
      ["chat", "c-42", undefined, undefined],
      ["invoke_agent", undefined, undefined, undefined],
      ["chat", undefined, undefined, undefined],
    ]);
  });
});
