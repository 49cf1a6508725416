/**
 * Differences that a program can notice in the views that the SDK gets instead of models, tools and sets of tools. Rows
 * of docs/why/transparency.md.
 */
import { experimental_toolCaller, toolSearch } from "ai";
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { callsTool, says } from "../../conformance/script.ts";
import { majors, v7, type CallParameters, type Major } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import {
  OBJECT_KINDS,
  type ObjectKind,
  type CallersObjects,
  objectsOf,
  SPANS,
  viewIn,
} from "../callers-objects.ts";
import { onBoth, onBothPatched, operationsOf } from "./both.ts";

/** Calls `act` with a view, between the wrapper and the SDK. Even if `act` throws, the run continues. */
async function doBelow(major: Major, kind: ObjectKind, act: (view: object) => unknown) {
  const outcomes: string[] = [];
  const both = await onBothPatched(
    major,
    (parameters) => {
      try {
        act(viewIn(parameters, kind));
        outcomes.push("done");
      } catch (error) {
        outcomes.push(String(error));
      }
    },
    async (sdk) => {
      const own = objectsOf(major, sdk);
      expect((await sdk.generateText(own.parameters)).text).toBe("two");
      return own[kind];
    },
  );
  return { ...both, outcomes: { bare: outcomes[0], wrapped: outcomes[1] } };
}

/** Returns a function with the properties and the prototype of an object. */
function asFunction(original: object): object {
  const copy = Object.setPrototypeOf(() => {}, original) as object;
  for (const [key, value] of Object.entries(original)) {
    Object.defineProperty(copy, key, { configurable: true, enumerable: true, writable: true, value });
  }
  return copy;
}

describe.each(majors)("on $name", (major) => {
  test("a model or a tool that is a function is not traced", async () => {
    const change: Readonly<Record<"model" | "tool", (own: CallersObjects) => CallParameters>> = {
      model: ({ model }) => ({ model: asFunction(model) }),
      tool: ({ tool }) => ({ tools: { searchRooms: asFunction(tool) } }),
    };
    for (const [kind, parameters] of Object.entries(change)) {
      const { bare, wrapped, telemetry } = await onBoth(major, async (sdk) => {
        const own = objectsOf(major, sdk);
        return (await sdk.generateText({ ...own.parameters, ...parameters(own) })).text;
      });
      expect(wrapped).toBe(bare);
      const missing = kind === "model" ? "chat" : "execute_tool";
      expect(operationsOf(telemetry)).toEqual(SPANS.filter((operation) => operation !== missing));
    }
  });

  test("what somebody below us writes to a model, a tool or a set of tools does not reach the program's own", async () => {
    for (const kind of OBJECT_KINDS) {
      const { bare, wrapped, outcomes } = await doBelow(major, kind, (view) => {
        Object.assign(view, { extra: 1 });
        expect(Reflect.get(view, "extra")).toBe(1);
        expect(Object.keys(view)).toContain("extra");
      });
      expect(outcomes).toEqual({ bare: "done", wrapped: "done" });
      expect(Reflect.get(bare, "extra")).toBe(1);
      expect(Reflect.ownKeys(wrapped)).not.toContain("extra");
    }
  });

  test("an async iterable that a tool returns has its own Symbol.asyncIterator until it is iterated", async () => {
    class Rooms {
      async *[Symbol.asyncIterator](): AsyncGenerator<number> {
        yield 1;
        yield 2;
      }
    }
    const iterates = async (isIterated: boolean) =>
      onBothPatched(
        major,
        (parameters) => {
          // A patch of the tool that reads the value that the tool returns.
          const tool = viewIn(parameters, "tool") as { execute: (...args: unknown[]) => object };
          const execute = (...args: unknown[]): unknown => {
            const rooms = tool.execute(...args);
            looks.push(Object.getOwnPropertySymbols(rooms));
            void Promise.resolve()
              .then(() => {})
              .then(() => looks.push(Object.getOwnPropertySymbols(rooms)));
            return isIterated ? rooms : 2;
          };
          parameters["tools"] = { searchRooms: { ...tool, execute } };
        },
        async (sdk) => {
          looks = [];
          const own = objectsOf(major, sdk, () => new Rooms());
          await sdk.generateText(own.parameters);
          return looks;
        },
      );
    let looks: symbol[][] = [];
    for (const isIterated of [true, false]) {
      const { bare, wrapped } = await iterates(isIterated);
      expect(bare).toEqual([[], [], [], []]);
      expect(wrapped).toEqual([[Symbol.asyncIterator], [], [Symbol.asyncIterator], []]);
    }
  });
});

test("a local tool caller of v7 gets traced tools", async () => {
  const { bare, wrapped, telemetry } = await onBoth(v7, async (sdk) => {
    const own = objectsOf(v7, sdk);
    const bound: object[] = [];
    const inputSchema = sdk.jsonSchema({ type: "object" });
    const runCode = experimental_toolCaller({ inputSchema, execute: () => 1 } as never, {
      type: "local",
      bind: (tools: Record<string, object>) => {
        bound.push(...Object.values(tools));
        return { inputSchema, execute: () => 3 } as never;
      },
    });
    await sdk.generateText({
      ...own.parameters,
      model: scriptedModel(v7, [callsTool("runCode", "call-1"), says("two")]).model,
      tools: { ...own.tools, runCode },
      experimental_toolCallers: { searchRooms: ["runCode"] },
    });
    return { isOwn: bound.map((tool) => tool === own.tool), keys: bound.map((tool) => Object.keys(tool)) };
  });
  expect(new Set(bare.isOwn)).toEqual(new Set([true]));
  expect(new Set(wrapped.isOwn)).toEqual(new Set([false]));
  expect(wrapped.keys).toEqual(bare.keys);
  expect(telemetry.open).toEqual([]);
});

test("a call with a tool search has an integration more", async () => {
  const integration = { onStart() {} };
  const received: CallParameters[] = [];
  const below = {
    ...v7.ai,
    generateText: async (parameters: CallParameters) => void received.push(parameters),
  };
  const { generateText } = wrapAISDK(below);
  const telemetry = { integrations: [integration] };
  await generateText({ prompt: "a room", telemetry, tools: { findTools: toolSearch() } });
  await generateText({ prompt: "a room", telemetry, tools: {} });
  const [searching, plain] = received.map((parameters) => parameters["telemetry"] as typeof telemetry);
  expect(searching?.integrations).toEqual([{ executeTool: expect.any(Function) }, integration]);
  expect(plain).toBe(telemetry);
});
