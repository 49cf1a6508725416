/**
 * How metadata of any size and shape is read: how many entries, how long, and which source wins.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  readAgentName as readAgentNameOf,
  readEventTurn,
  readTelemetry,
  readTurn as readTurnOf,
  readTurnAttributes,
} from "../../src/readers/turn.ts";
import type { Scalar, Turn } from "../../src/semconv/records.ts";

type Inherited = Parameters<typeof readTurnOf>[2];

const readAgentName = (parameters: unknown, inherited: Inherited) =>
  readAgentNameOf(parameters, readTelemetry(parameters), inherited);
const readTurn = (parameters: unknown, inherited: Inherited) =>
  readTurnOf(parameters, readTelemetry(parameters), inherited);

const IDENTITY = ["agentName", "agentId", "agentVersion", "conversationId"];
const TURN = ["userId", "requestId", "trigger", "admission", "channel", "continuation", "generation"];

const throwing = (): never => {
  throw new RangeError("a getter of the application");
};

/** A call of v5 or v6 with metadata in its telemetry settings. */
const call = (metadata: unknown): object => ({ experimental_telemetry: { metadata } });
/** The same call on v7, which allows all keys of the context. */
const call7 = (context: object): object => ({
  runtimeContext: context,
  telemetry: { includeRuntimeContext: Object.fromEntries(Object.keys(context).map((key) => [key, true])) },
});

const recorded = ({ identity, metadata }: Turn): Record<string, Scalar | undefined> => ({
  ...Object.fromEntries(Object.entries(identity).filter(([, value]) => value !== undefined)),
  ...Object.fromEntries(metadata),
});

/** An object with these values, in which some keys throw when they are read. */
function withThrowing(values: Readonly<Record<string, unknown>>, keys: ReadonlySet<string>): object {
  const made = {};
  for (const [key, value] of Object.entries(values)) {
    Object.defineProperty(
      made,
      key,
      keys.has(key) ? { enumerable: true, get: throwing } : { enumerable: true, value },
    );
  }
  return made;
}

function cutAt(text: string, limit: number): string {
  const head = Array.from(text.slice(0, limit));
  // A cut inside a surrogate pair leaves its first unit, which is removed.
  const last = text.length > limit ? head.at(-1) : undefined;
  return (last !== undefined && /^[\ud800-\udbff]$/.test(last) ? head.slice(0, -1) : head).join("");
}

const isScalar = (value: unknown): value is Scalar =>
  typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);

/**
 * The rule in plain code: known names take the value of the first source that has one. Then other names follow until
 * there are 64.
 */
function model(sources: readonly (readonly (readonly [string, unknown])[])[]): Record<string, Scalar> {
  const result = new Map<string, Scalar>();
  for (const name of [...IDENTITY, ...TURN]) {
    const found = sources.flat().find(([key, value]) => key === name && isScalar(value));
    if (found && isScalar(found[1])) result.set(name, found[1]);
  }
  let room = 64 - TURN.filter((name) => result.has(name)).length;
  for (const [key, value] of sources.flat()) {
    const name = cutAt(key, 64);
    if (room === 0 || result.has(name) || [...IDENTITY, ...TURN].includes(key) || !isScalar(value)) continue;
    result.set(name, value);
    room -= 1;
  }
  // A value that identifies someone is recorded as a text, and never empty.
  for (const name of IDENTITY) {
    const value = result.get(name);
    if (value === "") result.delete(name);
    else if (value !== undefined) result.set(name, String(value));
  }
  return Object.fromEntries(result);
}

const key = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...IDENTITY, ...TURN) },
  { weight: 3, arbitrary: fc.nat(200).map((index) => `k${index}`) },
  { weight: 1, arbitrary: fc.constantFrom("__proto__", "constructor", "toString") },
  // Texts around the limit, of characters with one unit and with two. Some begin alike.
  { weight: 2, arbitrary: fc.string({ unit: fc.constantFrom("x", "😀"), minLength: 30, maxLength: 70 }) },
);
const value = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom<unknown>(Number.NaN, Infinity, null, undefined, [], {}, Symbol("x"), 10n, throwing),
);
interface MetadataCase {
  readonly values: object;
  /** The entries in the order of `Object.keys`. The value is `undefined` if reading it throws. */
  readonly entries: readonly (readonly [string, unknown])[];
}
const anyMetadata = fc
  .record({
    pairs: fc.array(fc.tuple(key, value), { maxLength: 150, size: "max" }),
    broken: fc.array(key, { maxLength: 5 }),
  })
  .map(({ pairs, broken }): MetadataCase => {
    const plain = Object.fromEntries(pairs);
    const values = withThrowing(plain, new Set(broken));
    const entries = Object.entries(plain).map(
      ([name, entry]) => [name, broken.includes(name) ? undefined : entry] as const,
    );
    return { values, entries };
  });

describe("metadata of any shape", () => {
  test.each([
    ["v5 and v6", call],
    ["v7", call7],
  ])("gives what the rule says, as of %s", (_name, callOf) => {
    fc.assert(
      fc.property(anyMetadata, ({ values, entries }) => {
        expect(recorded(readTurn(callOf(values), undefined))).toEqual(model([entries]));
      }),
      { numRuns: 500, seed: 20_261_201 },
    );
  });

  test("wins over the turn around it, and the turn fills the remaining entries", () => {
    fc.assert(
      fc.property(anyMetadata, anyMetadata, (own, turn) => {
        const inherited = readTurnAttributes(turn.values);
        const ofTurn = [...inherited];
        // The same rule applies to the turn's attributes alone.
        const { identity, metadata } = readTurn({}, inherited);
        expect(recorded({ identity, metadata })).toEqual(model([turn.entries]));
        expect(recorded(readTurn(call(own.values), inherited))).toEqual(model([own.entries, ofTurn]));
      }),
      { numRuns: 500, seed: 20_261_201 },
    );
  });

  test("is the same for the adapter", () => {
    fc.assert(
      fc.property(anyMetadata, ({ values, entries }) => {
        expect(recorded(readEventTurn({ runtimeContext: values }, undefined))).toEqual(model([entries]));
      }),
      { numRuns: 200, seed: 20_261_201 },
    );
  });
});

describe("an object of 50,000 keys", () => {
  const crowd = (): Record<string, unknown> =>
    Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, index]));

  /** Counts the reads of its values and of its property descriptors. */
  function counted(target: Record<string, unknown>): {
    proxy: object;
    counts: { gets: number; questions: number };
  } {
    const counts = { gets: 0, questions: 0 };
    const proxy = new Proxy(target, {
      get(values, name) {
        counts.gets += 1;
        return Reflect.get(values, name);
      },
      getOwnPropertyDescriptor(values, name) {
        counts.questions += 1;
        return Reflect.getOwnPropertyDescriptor(values, name);
      },
    });
    return { proxy, counts };
  }

  test("is read until there are 64 entries", () => {
    const { proxy, counts } = counted({ ...crowd(), userId: "u-7", conversationId: "c-42" });
    const { identity, metadata } = readTurn(call(proxy), undefined);
    expect([identity.conversationId, metadata.get("userId"), metadata.size]).toEqual(["c-42", "u-7", 64]);
    expect(counts.gets).toBeLessThan(80);
    expect(counts.questions).toBeLessThan(200);
  });

  test("without scalars is not read to its end", () => {
    const objects = Object.fromEntries(Object.keys(crowd()).map((name) => [name, {}]));
    const { proxy, counts } = counted(objects);
    expect(readTurn(call(proxy), undefined).metadata.size).toBe(0);
    expect(counts.gets).toBeLessThan(1100);
    expect(counts.questions).toBeLessThan(2200);
  });

  test("has its agent name read without the other keys", () => {
    const { proxy, counts } = counted({ ...crowd(), agentName: "hotel" });
    expect(readAgentName(call(proxy), undefined)).toBe("hotel");
    expect(counts.gets).toBe(1);
  });

  test("of which one key is allowed has that one read", () => {
    const parameters = {
      runtimeContext: { ...crowd(), plan: "pro" },
      telemetry: { includeRuntimeContext: { plan: true, k1: false } },
    };
    expect([...readTurn(parameters, undefined).metadata]).toEqual([["plan", "pro"]]);
  });
});

describe("what cannot be read", () => {
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();

  test.each<[name: string, parameters: object]>([
    ["metadata that was revoked", { experimental_telemetry: { functionId: "hotel", metadata: revoked } }],
    [
      "metadata behind a getter",
      {
        experimental_telemetry: Object.defineProperty({ functionId: "hotel" }, "metadata", { get: throwing }),
      },
    ],
    [
      "a context behind a getter",
      Object.defineProperty(
        { telemetry: { functionId: "hotel", includeRuntimeContext: { plan: true } } },
        "runtimeContext",
        { get: throwing },
      ),
    ],
    [
      "an allow-list that was revoked",
      { telemetry: { functionId: "hotel", includeRuntimeContext: revoked }, runtimeContext: { plan: "pro" } },
    ],
  ])("%s leaves the name of the run", (_name, parameters) => {
    const { identity, metadata } = readTurn(parameters, undefined);
    expect([identity.agentName, metadata.size]).toEqual(["hotel", 0]);
    expect(readAgentName(parameters, undefined)).toBe("hotel");
  });

  test("the rest is read although the name throws", () => {
    const telemetry = Object.defineProperty({ metadata: { plan: "pro" } }, "functionId", { get: throwing });
    expect([...readTurn({ telemetry }, undefined).metadata]).toEqual([["plan", "pro"]]);
  });

  test("known names are read from a Proxy that refuses to list its keys", () => {
    const metadata = new Proxy({ userId: "u-7", plan: "pro" }, { ownKeys: throwing });
    expect([...readTurn(call(metadata), undefined).metadata]).toEqual([["userId", "u-7"]]);
  });
});
