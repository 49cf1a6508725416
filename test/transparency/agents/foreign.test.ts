/**
 * Agents whose classes do not extend the SDK's class. `wrapAgent` traces their runs and replaces nothing inside. Their
 * calls of a wrapped SDK are child spans.
 */
import { wrapAgent, wrapAISDK } from "ai-spans";
import { describe, expect, test, vi } from "vitest";
import { says } from "../../conformance/script.ts";
import { agentClassOf, otherThanForeign, type Agent } from "../../support/agents.ts";
import { RoomServiceError } from "../../support/failures.ts";
import { rest, turn } from "../../support/gate.ts";
import { majors, v7, type CallParameters, type SDK } from "../../support/majors.ts";
import { collectRejections } from "../../support/rejections.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import { setupTelemetry, type Telemetry } from "../../support/telemetry.ts";
import { outlineOf } from "../../support/outline.ts";

/** Runs the program bare and traced, and compares what it observes. */
async function compareForeign(
  sdk: SDK,
  program: (wrap: <T extends object>(agent: T) => T, sdk: SDK) => Promise<unknown>,
): Promise<Telemetry> {
  const play = async (wrap: <T extends object>(agent: T) => T, ai: SDK): Promise<unknown[]> => {
    let result: unknown;
    const rejections = await collectRejections(async () => {
      try {
        result = await program(wrap, ai);
      } catch (error) {
        result = String(error);
      }
      await rest();
    });
    return [result, rejections.map(String)];
  };
  setupTelemetry();
  const bare = await play((agent) => agent, sdk);
  const telemetry = setupTelemetry();
  expect(await play((agent) => wrapAgent(agent), wrapAISDK(sdk))).toEqual(bare);
  expect(telemetry.open).toEqual([]);
  expect(otherThanForeign(telemetry.diagnostics)).toEqual([]);
  return telemetry;
}

class Registry {
  readonly #tools: Readonly<Record<string, number>> = { rooms: 1 };
  find(name: string): number | undefined {
    return this.#tools[name];
  }
}

class Config {
  readonly #key = "K";
  url(): string {
    return `https://rooms.test/${this.#key}`;
  }
}

const SETTINGS: Readonly<Record<string, readonly [settings: object, use: (settings: never) => unknown]>> = {
  "a Map of tools": [
    { tools: new Map([["search", () => "found"]]) },
    ({ tools }: { tools: Map<string, () => string> }) => tools.get("search")?.(),
  ],
  "a registry with private members": [
    { tools: new Registry() },
    ({ tools }: { tools: Registry }) => tools.find("rooms"),
  ],
  "settings that are a Map": [new Map([["k", "v"]]), (settings: Map<string, string>) => settings.get("k")],
  "settings with private members": [new Config(), (settings: Config) => settings.url()],
  "settings that are cloned": [
    { temperature: 1, nested: { rooms: 1 } },
    (settings: object) => structuredClone(settings),
  ],
  "a tool that it calls itself": [
    { tools: { add: { execute: ({ left }: { left: number }) => left + 1 } } },
    ({ tools }: { tools: { add: { execute: (input: object) => number } } }) =>
      tools.add.execute({ left: 1 }) + 1,
  ],
  "a model that it calls itself": [
    { model: { specificationVersion: "v4", doGenerate: () => ({ text: "two" }) } },
    ({ model }: { model: { doGenerate: () => unknown } }) => model.doGenerate(),
  ],
};

test.each(Object.entries(SETTINGS))("a foreign agent that has %s", async (_what, [settings, use]) => {
  for (const isLate of [false, true]) {
    const telemetry = await compareForeign(v7.ai, async (wrap) => {
      class Desk {
        readonly settings = settings;
        async generate(): Promise<unknown> {
          if (isLate) await turn();
          return [this.settings === settings, use(this.settings as never)];
        }
      }
      return wrap(new Desk()).generate();
    });
    expect(outlineOf(telemetry)).toBe("invoke_agent ok");
  }
});

test("a foreign agent that has the SDK's methods, but no getters of the SDK", async () => {
  const telemetry = await compareForeign(v7.ai, async (wrap) => {
    class LookAlike {
      readonly settings = { model: new Config(), tools: new Registry() };
      readonly #runs = 1;
      async prepareCall(): Promise<unknown> {
        return { ...this.settings };
      }
      async generate(): Promise<unknown> {
        const { model, tools } = (await this.prepareCall()) as typeof this.settings;
        return [this.#runs, model.url(), tools.find("rooms"), model === this.settings.model];
      }
      async stream(): Promise<unknown> {
        return undefined;
      }
    }
    const desk = wrap(Object.freeze(new LookAlike()));
    return [await desk.generate(), await desk.stream()];
  });
  expect(outlineOf(telemetry)).toBe("invoke_agent ok, invoke_agent ok");
});

test("a method that fails and a method that returns a query open no run", async () => {
  const telemetry = await compareForeign(v7.ai, async (wrap) => {
    class Desk {
      async generate(): Promise<void> {}
      async refresh(): Promise<void> {
        throw new RoomServiceError("refresh failed");
      }
      history(): { limit(): PromiseLike<unknown> } {
        const query = {
          limit: () => query,
          // oxlint-disable-next-line unicorn/no-thenable
          then: (...reactions: Parameters<Promise<unknown>["then"]>) =>
            Promise.resolve(["rows"]).then(...reactions),
        };
        return query as { limit(): PromiseLike<unknown> };
      }
    }
    const desk = wrap(new Desk());
    void desk.refresh();
    return desk.history().limit();
  });
  expect(telemetry.started).toEqual([]);
});

test("one warning states that ai-spans does not trace inside foreign agents", async () => {
  vi.resetModules();
  const copy = await import("ai-spans");
  const telemetry = setupTelemetry();
  await copy.wrapAgent({ generate: async () => "two" }).generate();
  await copy.wrapAgent({ stream: async () => "two" }).stream();
  expect(outlineOf(telemetry)).toBe("invoke_agent ok, invoke_agent ok");
  expect(telemetry.diagnostics).toHaveLength(1);
  expect(otherThanForeign(telemetry.diagnostics)).toEqual([]);
});

describe.each(majors)("on $name", (major) => {
  test("an agent that is created at its first use", async () => {
    const telemetry = await compareForeign(major.ai, async (wrap) => {
      let made: Agent | undefined;
      const lazy = new Proxy({} as Agent, {
        get(_target, key) {
          made ??= new (agentClassOf(major.ai))({ model: scriptedModel(major, [says("two")]).model });
          const value: unknown = Reflect.get(made, key);
          return typeof value === "function" ? (value.bind(made) as unknown) : value;
        },
      });
      return (await wrap(lazy).generate({ prompt: "a room" })).text;
    });
    expect(outlineOf(telemetry)).toBe("invoke_agent ok");
  });

  const generating = async (
    wrap: <T extends object>(agent: T) => T,
    sdk: SDK,
    fails: boolean,
  ): Promise<unknown> => {
    const { model } = scriptedModel(major, [says("two")]);
    class Desk {
      async *stream(parameters: CallParameters): AsyncGenerator<string> {
        yield* sdk.streamText({ model, ...parameters }).textStream;
        if (fails) throw new RoomServiceError("no");
      }
    }
    const texts: string[] = [];
    for await (const text of wrap(new Desk()).stream({ prompt: "a room" })) texts.push(text);
    return texts;
  };

  test("an agent that streams by a generator", async () => {
    const telemetry = await compareForeign(major.ai, (wrap, sdk) => generating(wrap, sdk, false));
    expect(outlineOf(telemetry)).toBe("invoke_agent ok (invoke_agent ok 5 (chat ok 5))");
  });

  test("an agent that streams by a generator, which fails", async () => {
    const telemetry = await compareForeign(major.ai, (wrap, sdk) => generating(wrap, sdk, true));
    expect(outlineOf(telemetry)).toBe("invoke_agent RoomServiceError (invoke_agent ok 5 (chat ok 5))");
  });

  test("an agent that streams by a generator, which is left", async () => {
    const telemetry = await compareForeign(major.ai, async (wrap, sdk) => {
      const { model } = scriptedModel(major, [says("", { parts: [{ text: "a " }, { text: "room" }] })]);
      class Desk {
        async *stream(parameters: CallParameters): AsyncGenerator<string> {
          yield* sdk.streamText({ model, ...parameters }).textStream;
        }
      }
      for await (const text of wrap(new Desk()).stream({ prompt: "a room" })) return text;
      return undefined;
    });
    expect(outlineOf(telemetry)).toMatch(/^invoke_agent consumer \(invoke_agent consumer/);
  });
});
