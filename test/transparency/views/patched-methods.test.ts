/**
 * Code between the wrapper and the SDK replaces a method of the model or of a tool in each run, as instrumentations do.
 * Each call runs the replacement once and has one span, and many runs may share one model.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { callsTool, readText, says } from "../../conformance/script.ts";
import { rest, turn } from "../../support/gate.ts";
import type { CallParameters, Major, SDK } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import { setupTelemetry } from "../../support/telemetry.ts";
import { toolOf } from "../../support/tools.ts";
import { WRAPPERS } from "../../support/ways.ts";
import { outlineOf } from "../../support/outline.ts";
import { shapeOf } from "./operations.ts";

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Replace = (subject: object, name: string, onCall: () => void) => void;

function methodOf(subject: object, name: string): Method {
  return Reflect.get(subject, name) as Method;
}

const WAYS_TO_REPLACE: Readonly<Record<string, Replace>> = {
  "assigns a function": (subject, name, onCall) => {
    const original = methodOf(subject, name);
    const patched: Method = function (...args) {
      onCall();
      return Reflect.apply(original, this, args);
    };
    Object.assign(subject, { [name]: patched });
  },
  "assigns a function that calls the method on the object it knows": (subject, name, onCall) => {
    const original = methodOf(subject, name);
    Object.assign(subject, {
      [name]: (...args: unknown[]) => {
        onCall();
        return Reflect.apply(original, subject, args);
      },
    });
  },
  "assigns a function that looks the method up by its prototype": (subject, name, onCall) => {
    const original = methodOf(subject, name).bind(subject);
    Object.assign(subject, {
      [name]: (...args: unknown[]) => {
        onCall();
        return original(...args);
      },
    });
  },
  "assigns a function that waits": (subject, name, onCall) => {
    const original = methodOf(subject, name);
    Object.assign(subject, {
      [name]: async function (this: unknown, ...args: unknown[]) {
        onCall();
        await turn();
        return Reflect.apply(original, this, args);
      },
    });
  },
  "assigns a function that copies the options": (subject, name, onCall) => {
    const original = methodOf(subject, name);
    const copy = (value: unknown): unknown =>
      typeof value === "object" && value !== null ? { ...value } : value;
    const patched: Method = function (...args) {
      onCall();
      return Reflect.apply(original, this, args.map(copy));
    };
    Object.assign(subject, { [name]: patched });
  },
  "assigns a Proxy of the method": (subject, name, onCall) => {
    const apply = (original: Method, self: unknown, args: unknown[]): unknown => {
      onCall();
      return Reflect.apply(original, self, args);
    };
    Object.assign(subject, { [name]: new Proxy(methodOf(subject, name), { apply }) });
  },
  "defines a value": (subject, name, onCall) => {
    const original = methodOf(subject, name);
    const value: Method = function (...args) {
      onCall();
      return Reflect.apply(original, this, args);
    };
    Object.defineProperty(subject, name, { value, configurable: true, writable: true });
  },
  "defines a getter": (subject, name, onCall) => {
    const original = methodOf(subject, name);
    const patched: Method = function (...args) {
      onCall();
      return Reflect.apply(original, this, args);
    };
    Object.defineProperty(subject, name, { get: () => patched, configurable: true, enumerable: true });
  },
  "replaces it, and its own replacement": (subject, name, onCall) => {
    const original = methodOf(subject, name);
    const inner: Method = function (...args) {
      return Reflect.apply(original, this, args);
    };
    Object.assign(subject, { [name]: inner });
    const middle = methodOf(subject, name);
    const outer: Method = function (...args) {
      onCall();
      return Reflect.apply(middle, this, args);
    };
    Object.assign(subject, { [name]: outer });
  },
};

const RUNS = 3;
const TREE = "invoke_agent ok 10 (chat ok 5, execute_tool ok, chat ok 5)";

interface Operation {
  readonly name: "generateText" | "streamText";
  readonly method: "doGenerate" | "doStream";
  readonly run: (sdk: SDK, parameters: CallParameters, major: Major) => Promise<string>;
}

const OPERATIONS: readonly Operation[] = [
  {
    name: "generateText",
    method: "doGenerate",
    run: async (sdk, parameters) => (await sdk.generateText(parameters)).text,
  },
  {
    name: "streamText",
    method: "doStream",
    run: (sdk, parameters, major) => readText(major, sdk.streamText(parameters)),
  },
];

function partsOf({ model, tools }: CallParameters): Readonly<Record<"model" | "tool", object>> {
  return { model: model as object, tool: (tools as Readonly<Record<string, object>>)["searchRooms"]! };
}

describe.each(WRAPPERS)("$title", ({ major }) => {
  const rows = OPERATIONS.flatMap((operation) =>
    (["model", "tool"] as const).flatMap((what) =>
      Object.entries(WAYS_TO_REPLACE).map(([how, replace]) => ({ ...operation, what, how, replace })),
    ),
  );

  test.each(rows)("$name: $how, of the $what", async ({ name, method, run, what, replace }) => {
    const telemetry = setupTelemetry();
    const steps = Array.from({ length: RUNS }, () => [callsTool("searchRooms", "call-1"), says("two")]);
    const { model, calls } = scriptedModel(major, steps.flat());
    const executions: unknown[] = [];
    const execute = async (input: unknown): Promise<number> => executions.push(input);
    const tools = { searchRooms: toolOf(major.ai, execute) };
    const parameters = { model, tools, prompt: "a room", stopWhen: major.stepCount(5) };
    const own = [model, tools, tools.searchRooms];
    const before = own.map(shapeOf);

    let patchedCalls = 0;
    const patching = (input: CallParameters): unknown => {
      replace(partsOf(input)[what], what === "tool" ? "execute" : method, () => (patchedCalls += 1));
      return major.ai[name](input);
    };
    const sdk = wrapAISDK({ ...major.ai, [name]: patching }) as SDK;
    const callsPerRun = what === "tool" ? 1 : 2;
    for (let count = 1; count <= RUNS; count++) {
      telemetry.reset();
      expect(await run(sdk, parameters, major)).toBe("two");
      await rest();
      expect(patchedCalls).toBe(callsPerRun * count);
      expect(calls.length).toBe(2 * count);
      expect(executions.length).toBe(count);
      expect(outlineOf(telemetry)).toBe(TREE);
      expect(telemetry.diagnostics).toEqual([]);
    }
    expect(own.map(shapeOf)).toEqual(before);
  });

  test("several runs at once share a model whose method each run replaces", async () => {
    const telemetry = setupTelemetry();
    const { model } = scriptedModel(major, [says("one"), says("two"), says("three")]);
    const before = shapeOf(model);
    const replaced: number[] = [];
    let runs = 0;
    const patching = (parameters: CallParameters): unknown => {
      const run = (runs += 1);
      WAYS_TO_REPLACE["assigns a function"]!(partsOf({ ...parameters, tools: {} }).model, "doGenerate", () =>
        replaced.push(run),
      );
      return major.ai.generateText(parameters);
    };
    const sdk = wrapAISDK({ ...major.ai, generateText: patching }) as SDK;
    await Promise.all([1, 2, 3].map(async () => sdk.generateText({ model, prompt: "a room" })));
    expect(replaced.toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    expect(outlineOf(telemetry)).toBe(
      Array.from({ length: 3 }, () => "invoke_agent ok 5 (chat ok 5)").join(", "),
    );
    expect(shapeOf(model)).toEqual(before);
  });

  /** Replacements that call the original: at once, or later and with copied options. */
  const DELEGATES: Readonly<Record<string, (original: Method) => Method>> = {
    "calls it": (original) =>
      function (...args) {
        return Reflect.apply(original, this, args);
      },
    "waits and copies the options": (original) =>
      async function (...args) {
        await turn();
        const [first, second] = args as [object, object | undefined];
        return Reflect.apply(original, this, [{ ...first }, ...(second ? [{ ...second }] : [])]);
      },
  };

  test.each(Object.entries(DELEGATES))(
    "a copy of a tool that replaces the tool and %s has one span",
    async (_how, delegate) => {
      const telemetry = setupTelemetry();
      const { model } = scriptedModel(major, [callsTool("searchRooms", "call-1"), says("two")]);
      let executions = 0;
      const execute = async (): Promise<number> => (executions += 1);
      const tools = { searchRooms: toolOf(major.ai, execute) };
      const before = [shapeOf(tools), shapeOf(tools.searchRooms)];
      const patching = (parameters: CallParameters): unknown => {
        const set = parameters["tools"] as Record<string, { execute: Method }>;
        const receivedTool = set["searchRooms"]!;
        set["searchRooms"] = { ...receivedTool, execute: delegate(receivedTool.execute) };
        return major.ai.generateText(parameters);
      };
      const sdk = wrapAISDK({ ...major.ai, generateText: patching }) as SDK;
      await sdk.generateText({ model, tools, prompt: "a room", stopWhen: major.stepCount(5) });
      expect(executions).toBe(1);
      expect(outlineOf(telemetry)).toBe(TREE);
      expect([shapeOf(tools), shapeOf(tools.searchRooms)]).toEqual(before);
    },
  );

  test.each(
    Object.entries(DELEGATES).flatMap(([how, delegate]) =>
      OPERATIONS.map((operation) => ({ how, delegate, ...operation })),
    ),
  )("a patched model that prepareStep of $name returns and $how has one span", async (row) => {
    const telemetry = setupTelemetry();
    const { model } = scriptedModel(major, [says("two")]);
    const before = shapeOf(model);
    const patching = (parameters: CallParameters): unknown => {
      const receivedModel = parameters["model"] as object;
      Object.assign(receivedModel, { [row.method]: row.delegate(methodOf(receivedModel, row.method)) });
      return major.ai[row.name]({ ...parameters, prepareStep: () => ({ model: receivedModel }) });
    };
    const sdk = wrapAISDK({ ...major.ai, [row.name]: patching }) as SDK;
    // ai-spans also wraps the model that `prepareStep` returns.
    const prepareStep = ({ model: stepModel }: CallParameters): object => ({ model: stepModel });
    expect(await row.run(sdk, { model, prompt: "a room", prepareStep }, major)).toBe("two");
    await rest();
    expect(outlineOf(telemetry)).toBe("invoke_agent ok 5 (chat ok 5)");
    expect(shapeOf(model)).toEqual(before);
  });

  test.each(Object.entries(DELEGATES))(
    "a patched model that the program's prepareStep returns and %s has one span",
    async (_how, delegate) => {
      const telemetry = setupTelemetry();
      const { model } = scriptedModel(major, [says("two")]);
      let receivedModel: { doGenerate: Method } | undefined;
      const patching = (parameters: CallParameters): unknown => {
        receivedModel = parameters["model"] as { doGenerate: Method };
        receivedModel.doGenerate = delegate(receivedModel.doGenerate);
        return major.ai.generateText(parameters);
      };
      const sdk = wrapAISDK({ ...major.ai, generateText: patching }) as SDK;
      const prepareStep = (): object => ({ model: receivedModel });
      await sdk.generateText({ model, prompt: "a room", prepareStep });
      await rest();
      expect(outlineOf(telemetry)).toBe("invoke_agent ok 5 (chat ok 5)");
    },
  );

  test("a tool that code below us adds to the set has a span, and stays in that run", async () => {
    const telemetry = setupTelemetry();
    const { model } = scriptedModel(major, [callsTool("bookRoom", "call-1"), says("booked")]);
    const tools = { searchRooms: toolOf(major.ai, async () => 1) };
    const before = shapeOf(tools);
    const bookRoom = toolOf(major.ai);
    const patching = (parameters: CallParameters): unknown => {
      Object.assign(parameters["tools"] as object, { bookRoom });
      return major.ai.generateText(parameters);
    };
    const sdk = wrapAISDK({ ...major.ai, generateText: patching }) as SDK;
    await sdk.generateText({ model, tools, prompt: "a room", stopWhen: major.stepCount(5) });
    expect(outlineOf(telemetry)).toBe(TREE);
    expect(shapeOf(tools)).toEqual(before);
  });
});
