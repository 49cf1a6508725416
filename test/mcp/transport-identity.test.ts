/**
 * A wrapped transport looks like the transport itself. Writes to it do not change the caller's object, except for the
 * fields that MCP clients set.
 */
import { inspect } from "node:util";
import { propagation } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { wrapMCPTransport } from "ai-spans/mcp";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { majors } from "../support/majors.ts";
import { collectRejections } from "../support/rejections.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { createClient, reachOverHTTP } from "./servers.ts";

beforeAll(() => void propagation.setGlobalPropagator(new W3CTraceContextPropagator()));
afterAll(() => propagation.disable());

/** A transport whose private members throw if `this` is another object. */
class Transport {
  static readonly kind = "memory";
  readonly #sent: unknown[] = [];
  #retries = 0;
  sessionId = "session-1";
  readonly Codec = class Codec extends Array {};
  onprogress: unknown;

  get sent(): readonly unknown[] {
    return this.#sent;
  }

  get retries(): number {
    return this.#retries;
  }

  set retries(count: number) {
    this.#retries = count;
  }

  send(...args: unknown[]): unknown {
    this.#sent.push(args.length > 1 ? args : args[0]);
    return args.length;
  }

  start(): this {
    this.#retries = 0;
    return this;
  }

  close(): unknown {
    return [this.#sent.length, Reflect.get(this, "onclose"), Reflect.get(this, "protocolVersion")];
  }
}

type Writable = Record<PropertyKey, unknown>;

/** Removes the type, so that a test can write any property. */
function writable(value: object): Writable {
  return value as Writable;
}

function descriptorsOf(value: object): unknown {
  const descriptors: unknown[] = [];
  for (let holder: object | null = value; holder; holder = Object.getPrototypeOf(holder)) {
    if (holder !== Object.prototype) descriptors.push(Object.getOwnPropertyDescriptors(holder));
  }
  return descriptors;
}

async function inSpan(work: () => unknown): Promise<void> {
  await setupTelemetry().tracer.startActiveSpan("outer", async (span) => {
    await work();
    span.end();
  });
}

const request = { jsonrpc: "2.0", id: 1, method: "ping" };
const traced = { ...request, params: { _meta: { traceparent: expect.stringMatching(/^00-/) } } };

describe("a wrapped transport", () => {
  test("has the same methods at each read, with their names, lengths and properties", () => {
    const transport = new Transport();
    Object.assign(transport.close, { timeoutMs: 5 });
    onTestFinished(() => void Reflect.deleteProperty(transport.close, "timeoutMs"));
    const wrapped = wrapMCPTransport(transport);
    for (const name of ["send", "close", "start"] as const) {
      Reflect.ownKeys(wrapped);
      expect(wrapped[name]).toBe(wrapped[name]);
      expect([wrapped[name].name, wrapped[name].length]).toEqual([name, transport[name].length]);
    }
    expect(wrapped.close).toHaveProperty("timeoutMs", 5);
  });

  test("has the class of the transport, its statics, and its other members unchanged", () => {
    const transport = new Transport();
    const wrapped = wrapMCPTransport(transport);
    expect(wrapped.constructor).toBe(Transport);
    expect(wrapped.constructor).toHaveProperty("kind", "memory");
    expect(Object.getPrototypeOf(wrapped)).toBe(Transport.prototype);
    expect(wrapped).toBeInstanceOf(Transport);
    expect(wrapped.Codec).toBe(transport.Codec);
    expect(wrapped.hasOwnProperty).toBe(Object.prototype.hasOwnProperty);
    expect(Object.keys(wrapped)).toEqual(Object.keys(transport));
    expect(inspect(wrapped)).toBe(inspect(transport));
    // A class as a function, as compilers for old engines write it.
    function OldTransport(): void {}
    OldTransport.prototype.send = (): void => {};
    const old: object = Reflect.construct(OldTransport, []);
    expect(wrapMCPTransport(old).constructor).toBe(OldTransport);
  });

  test("runs methods and getters on the transport, and returns the wrapped one instead of `this`", () => {
    const transport = new Transport();
    const wrapped = wrapMCPTransport(transport);
    wrapped.retries = 3;
    expect([transport.retries, wrapped.retries]).toEqual([3, 3]);
    expect(wrapped.start()).toBe(wrapped);
    expect(wrapped.retries).toBe(0);
  });

  test("resolves to itself if the transport resolves to itself", async () => {
    class Chained extends Transport {
      override async send(..._args: unknown[]): Promise<unknown> {
        return this;
      }

      async open(): Promise<this> {
        return this;
      }

      async other(): Promise<Transport> {
        return other;
      }
    }
    const other = new Transport();
    const wrapped = wrapMCPTransport(new Chained());
    expect(await wrapped.other()).toBe(other);
    for (const within of [(work: () => unknown) => work(), inSpan]) {
      await within(async () => {
        expect(await wrapped.send(request)).toBe(wrapped);
        expect(await wrapped.open()).toBe(wrapped);
      });
    }
  });

  test("returns a promise with other members unchanged, and rejects only once", async () => {
    const failure = new Error("closed");
    const cancelable = Object.assign(Promise.resolve(1), { cancel: (): number => 2 });
    const wrapped = wrapMCPTransport({ send: async () => Promise.reject(failure), start: () => cancelable });
    expect(wrapped.start()).toBe(cancelable);
    await expect(wrapped.send()).rejects.toBe(failure);
    const rejections = await collectRejections(async () => {
      void wrapped.send();
    });
    expect(rejections).toEqual([failure]);
  });

  test("sends as many arguments as the caller passes", () => {
    const wrapped = wrapMCPTransport(new Transport());
    expect([wrapped.send(), wrapped.send(request), wrapped.send(request, undefined)]).toEqual([0, 1, 2]);
  });

  test("follows the methods of a transport that the program patches", () => {
    const transport = new Transport();
    const wrapped = wrapMCPTransport(transport);
    const own = vi.fn();
    Object.assign(transport, { close: own });
    wrapped.close();
    expect(own.mock.contexts).toEqual([transport]);
  });
});

describe("messages", () => {
  test.each([
    ["parameters by position", { ...request, params: ["rooms", 1] }],
    ["no parameters at all", { ...request, params: null }],
    ["parameters that are no object", { ...request, params: "rooms" }],
    ["parameters of a class", { ...request, params: new (class Params extends Map {})() }],
    ["another `_meta`", { ...request, params: { _meta: "rooms" } }],
    ["a list of messages", [request]],
  ])("with %s stay as they are", async (_name, message) => {
    const transport = new Transport();
    await inSpan(() => wrapMCPTransport(transport).send(message));
    expect(transport.sent[0]).toBe(message);
  });

  test("have the trace context also if the session of the transport cannot be read", async () => {
    const transport = new Transport();
    Object.defineProperty(transport, "sessionId", {
      get: () => {
        throw new Error("closed");
      },
    });
    await inSpan(() => wrapMCPTransport(transport).send({ ...request, method: "tools/call" }));
    expect(transport.sent).toEqual([{ ...traced, method: "tools/call" }]);
  });
});

describe("what is written to a wrapped transport", () => {
  test("by the clients reaches the transport, declared or not", () => {
    const transport = new Transport();
    const wrapped = writable(wrapMCPTransport(transport));
    const listeners = { onclose: () => {}, onerror: () => {}, onmessage: () => {}, onprogress: () => {} };
    Object.assign(wrapped, listeners, { protocolVersion: "2025-06-18", sessionId: "session-2" });
    Object.assign(wrapped, listeners);
    expect(transport).toMatchObject({ ...listeners, protocolVersion: "2025-06-18", sessionId: "session-2" });
    expect(wrapped).toMatchObject(listeners);
    expect(transport.close()).toEqual([0, listeners.onclose, "2025-06-18"]);
    delete wrapped["onclose"];
    expect(Object.hasOwn(transport, "onclose")).toBe(false);
  });

  test("a method of the wrapped transport that is set as a listener is stored as the transport's method", () => {
    const transport = new Transport();
    const wrapped = writable(wrapMCPTransport(transport));
    wrapped["onclose"] = wrapped["start"];
    expect(Reflect.get(transport, "onclose")).toBe(transport.start);
  });

  test.each<[string, (target: Writable, spy: unknown) => unknown]>([
    ["assigned", (target, spy) => (target["send"] = spy)],
    ["defined", (target, value) => Object.defineProperty(target, "send", { value })],
    [
      "defined for good",
      (target, value) =>
        Object.defineProperty(target, "send", { value, configurable: false, writable: false }),
    ],
    ["defined by a getter", (target, spy) => Object.defineProperty(target, "send", { get: () => spy })],
  ])("a method that is %s stays there, and calls ours once", async (_name, write) => {
    const transport = new Transport();
    const wrapped = wrapMCPTransport(transport);
    const before = descriptorsOf(transport);
    const { send } = wrapped;
    const spy = vi.fn(function (this: unknown, ...args: unknown[]) {
      return Reflect.apply(send, this, args);
    });
    write(writable(wrapped), spy);
    expect(wrapped.send).toBe(spy);
    await inSpan(() => wrapped.send(request));
    expect(spy).toHaveBeenCalledTimes(1);
    expect(transport.sent).toEqual([traced]);
    expect(descriptorsOf(transport)).toEqual(before);
    transport.send(request);
    expect(spy).toHaveBeenCalledTimes(1);
  });

  test("a spy of a test framework calls the method, and can be restored", async () => {
    const transport = new Transport();
    const wrapped = wrapMCPTransport(transport);
    const before = descriptorsOf(transport);
    const { send } = wrapped;
    const spy = vi.spyOn(wrapped, "send");
    await inSpan(() => wrapped.send(request));
    expect(spy).toHaveBeenCalledTimes(1);
    expect(transport.sent).toEqual([traced]);
    spy.mockRestore();
    expect(wrapped.send).toBe(send);
    expect(descriptorsOf(transport)).toEqual(before);
  });

  test("properties that are set on a method do not reach the transport", () => {
    const transport = new Transport();
    const before = descriptorsOf(Transport.prototype.send);
    Object.assign(wrapMCPTransport(transport).send, { __wrapped: true });
    expect(descriptorsOf(Transport.prototype.send)).toEqual(before);
  });

  test("a deleted method stays on the transport", () => {
    const transport = { send: () => 1, close: () => 2 };
    const wrapped: Partial<typeof transport> = wrapMCPTransport(transport);
    delete wrapped.close;
    expect([wrapped.close, "close" in wrapped, Object.keys(wrapped)]).toEqual([undefined, false, ["send"]]);
    expect(transport.close()).toBe(2);
  });

  test("is refused if the transport refuses it", () => {
    "use strict";
    const wrapped = writable(wrapMCPTransport(Object.freeze({ send: () => {}, sessionId: "session-1" })));
    expect(() => (wrapped["sessionId"] = "session-2")).toThrow(TypeError);
    expect(() => (writable(wrapMCPTransport(new Transport()))["sent"] = [])).toThrow(TypeError);
    expect(() => Object.freeze(wrapped)).toThrow(TypeError);
  });

  test("through an object that inherits from it belongs to that object", () => {
    const transport = new Transport();
    const heir = writable(Object.create(wrapMCPTransport(transport)) as object);
    heir["sessionId"] = "session-2";
    expect([heir["sessionId"], transport.sessionId]).toEqual(["session-2", "session-1"]);
  });
});

describe("the traps", () => {
  const marker = Symbol("marker");
  const keys = ["send", "close", "start", "tag", "extra", "helper", "constructor", marker] as const;
  const functions = [() => "one", () => "two"];
  const values = fc.constantFrom<unknown>(1, "two", undefined, ...functions);
  const step = fc.record({
    key: fc.constantFrom(...keys),
    value: values,
    how: fc.constantFrom("set", "define", "defineHidden", "defineGetter", "delete"),
  });
  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

  /** A class without fields that MCP clients set, so every write stays on the wrapped transport. */
  class Bare {
    send(): string {
      return "sent";
    }

    close(): string {
      return "closed";
    }
  }

  const transports: Readonly<Record<string, () => object>> = {
    "a class": () => new Bare(),
    "an object": () => ({ send: () => "sent", close: () => "closed", [marker]: () => "marked" }),
    "a class with methods of its instances": () =>
      Object.assign(new Bare(), { send: () => "sent by itself", start: () => "started" }),
    "a frozen object": () => Object.freeze({ send: () => "sent", close: () => "closed" }),
  };

  function take({ key, value, how }: Step, target: object): boolean {
    if (how === "set") return Reflect.set(target, key, value);
    if (how === "delete") return Reflect.deleteProperty(target, key);
    if (how === "define") return Reflect.defineProperty(target, key, { value });
    const shape = how === "defineGetter" ? { get: () => value } : { value, writable: true };
    return Reflect.defineProperty(target, key, { ...shape, enumerable: false, configurable: true });
  }

  /** Functions are compared by their result, because the wrapped ones are other functions. */
  function comparable(value: unknown, key: PropertyKey): unknown {
    return typeof value === "function" && key !== "constructor" ? (value as () => unknown)() : value;
  }

  function look(target: object): unknown {
    return keys.map((key) => [key, Reflect.has(target, key), comparable(Reflect.get(target, key), key)]);
  }

  test.each(Object.entries(transports))("of %s agree, and do not change it", (name, create) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const transport = create();
        // With `define`, the bare object of a class gets a new property that can no longer change. The wrapped one reports
        // the method as its property, so it can change. So the two are not compared then.
        const isLoose = steps.some(({ how }) => how === "define");
        const bare = isLoose || Object.isFrozen(transport) ? undefined : create();
        const before = descriptorsOf(transport);
        const wrapped = wrapMCPTransport(transport);
        for (const each of steps) {
          const isDone = take(each, wrapped);
          if (!bare) continue;
          expect(isDone).toBe(take(each, bare));
          expect(look(wrapped)).toEqual(look(bare));
        }
        expect(descriptorsOf(transport)).toEqual(before);
        const ownKeys = Reflect.ownKeys(wrapped);
        expect(new Set(ownKeys).size).toBe(ownKeys.length);
        for (const key of keys) {
          const descriptor = Reflect.getOwnPropertyDescriptor(wrapped, key);
          const isListed = ownKeys.includes(key);
          if (!descriptor) expect(isListed, `${name}: ${String(key)}`).toBe(false);
          // The proxy reports methods of the class as its properties, because spies read them from the object. They are
          // not listed.
          else if (!isListed)
            expect([typeof descriptor.value, descriptor.enumerable]).toEqual(["function", false]);
          if (!descriptor) continue;
          expect(Reflect.has(wrapped, key)).toBe(true);
          expect(descriptor.get ? descriptor.get.call(wrapped) : descriptor.value).toBe(
            Reflect.get(wrapped, key),
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe.each(majors)("the client of $name", (major) => {
  test("finds its tools through a transport with a spy, and sets the same fields as on the bare one", async () => {
    setupTelemetry();
    const shapes: unknown[] = [];
    for (const wrap of [(bare: object): object => bare, wrapMCPTransport]) {
      const { transport, close } = await reachOverHTTP(() => {});
      onTestFinished(close);
      const wrapped = wrap(transport) as { send(): unknown };
      if (wrap === wrapMCPTransport) vi.spyOn(wrapped, "send");
      const client = await createClient[major.name]({ transport: wrapped });
      const names = Object.keys(await client.tools());
      shapes.push([names, Reflect.ownKeys(transport)]);
      for (const listener of ["onclose", "onerror", "onmessage"]) {
        expect(Reflect.get(wrapped, listener)).toBe(Reflect.get(transport, listener));
      }
      if (wrap === wrapMCPTransport) expect(wrapped.send).toHaveBeenCalled();
      await client.close();
    }
    expect(shapes[1]).toEqual(shapes[0]);
  });
});
