/**
 * The spans of a tracer begin to throw at some moment, all or those of one operation. The program notices nothing,
 * every span ends once, and a failing span does not keep others from ending.
 *
 * Holds: ends-once.
 */
import { context, trace, type Span, type TracerProvider } from "@opentelemetry/api";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callsTool, readText, says } from "../conformance/script.ts";
import { excuseFindings } from "../registry/excused.ts";
import { rest, settle } from "../support/gate.ts";
import type { SDK } from "../support/majors.ts";
import { collectRejections } from "../support/rejections.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { toolOf } from "../support/tools.ts";
import { type Way, WAYS } from "../support/ways.ts";
import { traced, untrace } from "../harness/stage.ts";
import { enabledContextManager } from "../support/context-manager.ts";

const METHODS = ["isRecording", "setAttribute", "setStatus", "end", "spanContext"] as const;
type Method = (typeof METHODS)[number];

/** The moments from which spans may throw, in the order in which the program reaches them. */
const MOMENTS = [
  "the start",
  "the first model call",
  "the tool",
  "the second model call",
  "the end",
] as const;
type Moment = (typeof MOMENTS)[number];
const OPERATIONS = ["invoke_agent", "chat", "execute_tool"] as const;

interface Failure {
  readonly method: Method;
  readonly operation: string | undefined;
}

/** The failure that is injected now. */
let failure: Failure | undefined;
const ends = new Map<string, number>();

function failing(span: Span, operation: string): Span {
  const name = `${operation} ${ends.size}`;
  ends.set(name, 0);
  return new Proxy(span, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => {
        if (key === "end") ends.set(name, ends.get(name)! + 1);
        const isHit = failure?.method === key && (failure.operation ?? operation) === operation;
        if (isHit) throw new Error("the tracer is broken");
        return Reflect.apply(value, target, args) as unknown;
      };
    },
  });
}

function failingProvider(): TracerProvider {
  const real = new BasicTracerProvider();
  return {
    getTracer: (...scope) => {
      const tracer = real.getTracer(...scope);
      return new Proxy(tracer, {
        get: (target, key) =>
          key === "startSpan"
            ? (...args: Parameters<typeof tracer.startSpan>) =>
                failing(tracer.startSpan(...args), args[0].split(" ")[0]!)
            : (Reflect.get(target, key, target) as unknown),
      });
    },
  };
}

beforeAll(() => {
  trace.setGlobalTracerProvider(failingProvider());
  context.setGlobalContextManager(enabledContextManager());
});

afterAll(() => {
  trace.disable();
  context.disable();
});

type Reach = (moment: Moment) => void;

const RUNS: Readonly<Record<string, (sdk: SDK, way: Way, reach: Reach) => Promise<string>>> = {
  generateText: async (sdk, way, reach) => (await sdk.generateText(parametersOf(sdk, way, reach))).text,
  streamText: (sdk, way, reach) => readText(way.major, sdk.streamText(parametersOf(sdk, way, reach))),
};

function parametersOf(sdk: SDK, { major }: Way, reach: Reach) {
  const { model } = scriptedModel(major, [
    callsTool("searchRooms", "call-1", { onCall: () => reach("the first model call") }),
    says("two", { onCall: () => reach("the second model call") }),
  ]);
  const execute = async (): Promise<number> => {
    reach("the tool");
    return 2;
  };
  return {
    model,
    tools: { searchRooms: toolOf(sdk, execute) },
    prompt: "a room",
    stopWhen: major.stepCount(5),
  };
}

async function expectEnds(way: Way, operation: string, from: Moment, broken: Failure): Promise<void> {
  ends.clear();
  const reach: Reach = (moment) => {
    if (moment === from) failure = broken;
  };
  try {
    const rejections = await collectRejections(async () => {
      reach("the start");
      const sdk = traced(way);
      expect(await RUNS[operation]!(sdk, way, reach)).toBe("two");
      reach("the end");
      await settle(() => [...ends.values()].every((count) => count > 0));
      await rest();
    });
    expect(rejections).toEqual([]);
  } finally {
    failure = undefined;
    untrace();
  }
  const known = [...ends.keys()].map((name) => name.split(" ")[0]);
  // The tracer cannot start a child of a span whose context throws, so some spans are missing then.
  if (broken.method !== "spanContext")
    expect(known).toEqual(["invoke_agent", "chat", "execute_tool", "chat"]);
  expect([...ends.values()], [...ends.keys()].join(", ")).toEqual(known.map(() => 1));
}

describe.each(WAYS)("$title", (way) => {
  const rows = METHODS.flatMap((method) => Object.keys(RUNS).map((operation) => ({ method, operation })));

  test.each(rows)("$operation while $method throws from a moment on", async ({ method, operation }) => {
    excuseFindings([{ rule: "error.type" }]);
    for (const from of MOMENTS) await expectEnds(way, operation, from, { method, operation: undefined });
  });

  test.each(rows)("$operation while $method of one operation throws", async ({ method, operation }) => {
    excuseFindings([{ rule: "error.type" }]);
    for (const of of OPERATIONS) {
      for (const from of MOMENTS) await expectEnds(way, operation, from, { method, operation: of });
    }
  });
});
