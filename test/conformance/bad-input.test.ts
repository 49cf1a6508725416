/**
 * A wrong argument throws at once, and the message has its name. Hostile metadata of a call or a turn does not harm the
 * program.
 *
 * Holds: misuse.
 */
import { withTurn, wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { majors, type CallParameters, type Major, type SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { agentSpan, chatSpan } from "./expected-spans.ts";
import { says } from "./script.ts";

/** JavaScript callers can make such calls. */
const wrapAnything = wrapAISDK as (ai: unknown, options?: unknown) => unknown;
const withAnything = withTurn as (attributes: unknown, run: () => unknown) => unknown;

const NO_SDK: Readonly<Record<string, { readonly value: unknown; readonly named: RegExp }>> = {
  undefined: { value: undefined, named: /undefined/ },
  null: { value: null, named: /null/ },
  "a string": { value: "ai", named: /"ai"|string/ },
  "a number": { value: 7, named: /7|number/ },
  "an empty object": { value: {}, named: /generateText/ },
  "an object of another library": { value: { chat: () => {} }, named: /generateText/ },
};

describe("wrapAISDK refuses", () => {
  test.each(Object.entries(NO_SDK))("%s in place of the SDK", (_name, { value, named }) => {
    expect(() => wrapAnything(value)).toThrow(TypeError);
    expect(() => wrapAnything(value)).toThrow(named);
    expect(() => wrapAnything(value)).toThrow(/wrapAISDK/);
  });

  test.each([
    ["an unknown option", { nameSpace: "x" }, /nameSpace/],
    ["a namespace that is no string", { namespace: 5 }, /namespace/],
    ["an empty namespace", { namespace: "" }, /namespace/],
    ["a namespace of the SDK's telemetry", { namespace: "ai" }, /namespace/],
    ["an idle deadline that is no number", { idleDeadlineMs: "10" }, /idleDeadlineMs/],
    ["an idle deadline that is not positive", { idleDeadlineMs: -1 }, /idleDeadlineMs/],
    ["an idle deadline that is not finite", { idleDeadlineMs: Number.NaN }, /idleDeadlineMs/],
    ["a tracer provider that has no tracers", { tracerProvider: {} }, /tracerProvider/],
    ["a meter provider that has no meters", { meterProvider: {} }, /meterProvider/],
    ["a version of the conventions that is not known", { semconv: "1.37" }, /semconv.*latest, 1\.41/],
    ["options that are a string", "x", /options/],
    ["options that are null", null, /options/],
  ])("%s", (_name, options, named) => {
    for (const { ai } of majors) {
      expect(() => wrapAnything(ai, options)).toThrow(TypeError);
      expect(() => wrapAnything(ai, options)).toThrow(named);
    }
  });
});

function refuse(): never {
  throw new Error("hands off");
}

/** An object that throws on every operation. */
function hostileProxy(): object {
  const traps = Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]);
  return new Proxy({}, Object.fromEntries(traps) as ProxyHandler<object>);
}

function throwingGetter(): object {
  return Object.defineProperty({ plan: "pro" }, "secret", { enumerable: true, get: refuse });
}

function cyclic(): object {
  const cycle: Record<string, unknown> = { plan: "pro" };
  cycle["self"] = cycle;
  cycle["list"] = [cycle];
  return cycle;
}

interface Hostile {
  readonly make: () => object;
  /** The entries that are scalar and can be read. */
  readonly recorded: Readonly<Record<string, unknown>>;
}

const PLAN = { "ai_spans.metadata.plan": "pro" };
const LONG = "x".repeat(1_000_000);

const HOSTILE: Readonly<Record<string, Hostile>> = {
  "a Proxy that throws in every trap": { make: hostileProxy, recorded: {} },
  "a getter that throws": { make: throwingGetter, recorded: PLAN },
  "a cycle": { make: cyclic, recorded: PLAN },
  "a bigint": { make: () => ({ plan: "pro", big: 10n }), recorded: PLAN },
  "a symbol as value and as key": {
    make: () => ({ plan: "pro", mark: Symbol("x"), [Symbol("y")]: 1 }),
    recorded: PLAN,
  },
  "a function": { make: () => ({ plan: "pro", run: refuse }), recorded: PLAN },
  "values that throw when they are written out": {
    make: () => ({ plan: "pro", date: { toString: refuse, toJSON: refuse, [Symbol.toPrimitive]: refuse } }),
    recorded: PLAN,
  },
  "a value that throws in every trap": {
    make: () => ({ plan: "pro", proxy: hostileProxy() }),
    recorded: PLAN,
  },
  "strings of a megabyte": {
    make: () => ({ plan: "pro", note: LONG, userId: LONG, conversationId: LONG }),
    recorded: {
      ...PLAN,
      "ai_spans.metadata.note": LONG.slice(0, 1024),
      "user.id": LONG.slice(0, 1024),
      "gen_ai.conversation.id": LONG.slice(0, 1024),
    },
  },
  "a string of just the longest length": {
    make: () => ({ note: LONG.slice(0, 1024) }),
    recorded: { "ai_spans.metadata.note": LONG.slice(0, 1024) },
  },
  "keys that name what every object has": {
    make: () =>
      Object.fromEntries([
        ["__proto__", "p"],
        ["constructor", "c"],
        ["toString", "t"],
        ["hasOwnProperty", "h"],
      ]),
    recorded: {
      "ai_spans.metadata.__proto__": "p",
      "ai_spans.metadata.constructor": "c",
      "ai_spans.metadata.toString": "t",
      "ai_spans.metadata.hasOwnProperty": "h",
    },
  },
  "a prototype with more keys": { make: () => Object.create({ inherited: "x" }) as object, recorded: {} },
  "no prototype": {
    make: () => Object.assign(Object.create(null) as object, { plan: "pro" }),
    recorded: PLAN,
  },
};

type Outcome = { readonly text: string } | { readonly error: string };

async function outcome(sdk: SDK, major: Major, telemetry: CallParameters): Promise<Outcome> {
  const { model } = scriptedModel(major, [says("a room")]);
  try {
    return { text: (await sdk.generateText({ model, prompt: "a room", ...telemetry })).text };
  } catch (error) {
    return { error: String(error) };
  }
}

/** Hostile metadata may refuse to list its keys, so this does not use `telemetryOptions`, which lists them. */
function callTelemetry(major: Major, metadata: object): CallParameters {
  if (major.name !== "v7") return { experimental_telemetry: { functionId: "booking-agent", metadata } };
  const keys = ["plan", "secret", "self", "list", "big", "mark", "run", "date", "proxy", "note", "inherited"];
  keys.push("userId", "conversationId", "__proto__", "constructor", "toString", "hasOwnProperty");
  return {
    telemetry: {
      functionId: "booking-agent",
      includeRuntimeContext: Object.fromEntries(keys.map((key) => [key, true])),
    },
    runtimeContext: metadata,
  };
}

function expectedTree(recorded: Hostile["recorded"]) {
  const conversation = { "gen_ai.conversation.id": recorded["gen_ai.conversation.id"] };
  return agentSpan({ attributes: recorded }, [chatSpan({ attributes: conversation })]);
}

describe.each(majors)("on $name", (major) => {
  describe.each(Object.entries(HOSTILE))("metadata with %s", (_name, { make, recorded }) => {
    test("does no harm in a call", async () => {
      const telemetry = setupTelemetry();
      // The SDK's telemetry reads the metadata too, and may throw. So the outcome must equal that of the bare SDK.
      const bare = await outcome(major.ai, major, callTelemetry(major, make()));
      const wrapped = await outcome(wrapAISDK(major.ai), major, callTelemetry(major, make()));
      expect(wrapped).toEqual(bare);
      if ("text" in wrapped) await expectSpanTree(telemetry, expectedTree(recorded), { reports: true });
      else expect(telemetry.open).toEqual([]);
    });

    test("does no harm in a turn", async () => {
      const telemetry = setupTelemetry();
      const sdk = wrapAISDK(major.ai);
      const identity = major.telemetryOptions({ functionId: "booking-agent" });
      const result = await withAnything(make(), () => outcome(sdk, major, identity));
      expect(result).toEqual({ text: "a room" });
      await expectSpanTree(telemetry, expectedTree(recorded), { reports: true });
    });
  });

  test.each([
    ["nothing", undefined],
    ["null", null],
    ["a string", "plan"],
    ["a list", ["plan"]],
    ["a number", 5],
  ])("runs a turn whose attributes are %s", async (_name, attributes) => {
    const telemetry = setupTelemetry();
    const sdk = wrapAISDK(major.ai);
    const identity = major.telemetryOptions({ functionId: "booking-agent" });
    await withAnything(attributes, () => outcome(sdk, major, identity));
    await expectSpanTree(telemetry, agentSpan({}, [chatSpan()]), { reports: true });
  });

  test.each([
    ["nothing", undefined],
    ["null", null],
    ["a string", "x"],
    ["an empty object", {}],
    ["a Proxy that throws in every trap", hostileProxy()],
  ])("behaves like the SDK for parameters that are %s", async (_name, parameters) => {
    setupTelemetry();
    for (const operation of ["generateText", "streamText"] as const) {
      const attempt = async (sdk: SDK): Promise<unknown> => {
        try {
          const result = (await sdk[operation](parameters as CallParameters)) as unknown;
          return typeof result;
        } catch (error) {
          return String(error);
        }
      };
      expect(await attempt(wrapAISDK(major.ai))).toEqual(await attempt(major.ai));
    }
  });
});
