/**
 * Both ends of a wrapped RPC, without the runtime: which methods may be called, and receivers that are replaced.
 *
 * Holds: rpc.
 */
import { context, propagation, ROOT_CONTEXT, trace, type TextMapPropagator } from "@opentelemetry/api";
import { wrapRpcClass, wrapStub } from "ai-spans/propagation";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { SPAN_ID, TRACE_ID } from "./sent-spans.ts";

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = setupTelemetry();
});

const RPC_METHOD = "__aiSpansRpc";
const sender = trace.setSpanContext(ROOT_CONTEXT, { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 });
const missing = (): never => {
  throw new TypeError(`The RPC receiver does not implement the method "${RPC_METHOD}".`);
};

class Hotel {
  own = (): string => "a property of the instance";
  readonly args: unknown[];

  constructor(...args: unknown[]) {
    this.args = args;
  }

  book(...args: unknown[]): unknown {
    return { args, span: trace.getActiveSpan()?.spanContext().spanId };
  }

  alarm(): string {
    return "an alarm";
  }
}

function rpc(receiver: object, ...args: unknown[]): unknown {
  const method: unknown = Reflect.get(receiver, RPC_METHOD);
  if (typeof method !== "function") throw new Error("no such method");
  return Reflect.apply(method, receiver, args);
}

describe("a wrapped class", () => {
  const TracedHotel = wrapRpcClass(Hotel);

  test("is a subclass of the same name, made with the same arguments", () => {
    const hotel = new TracedHotel(1, "two");
    expect(hotel).toBeInstanceOf(Hotel);
    expect(hotel.args).toEqual([1, "two"]);
    expect(TracedHotel.name).toBe("Hotel");
    expect("fetch" in hotel).toBe(false);
  });

  test("runs a method in the context that the caller sends, or without one for a plain call", () => {
    const hotel = new TracedHotel();
    const carrier = { traceparent: `00-${TRACE_ID}-${SPAN_ID}-01` };
    expect(rpc(hotel)).toBe(1);
    expect(rpc(hotel, carrier, "book", [1, 2])).toEqual({ args: [1, 2], span: SPAN_ID });
    expect(rpc(hotel, "junk", "book", [1])).toEqual({ args: [1], span: undefined });
    expect(hotel.book(1)).toEqual({ args: [1], span: undefined });
  });

  test.each([
    "own",
    "args",
    "alarm",
    "constructor",
    "fetch",
    "toString",
    "__proto__",
    RPC_METHOD,
    "none",
    7,
    null,
  ])("refuses to call %s, as the runtime would", (name) => {
    expect(() => rpc(new TracedHotel(), {}, name, [])).toThrow(
      new TypeError(`The RPC receiver does not implement the method "${String(name)}".`),
    );
  });
});

test("a wrapped class does not call a property that hides a method of the class", () => {
  const hotel = new (wrapRpcClass(Hotel))();
  hotel.book = () => "a property of the instance";
  expect(() => rpc(hotel, {}, "book", [])).toThrow(TypeError);
});

describe("a wrapped stub", () => {
  const call = async (stub: { book(...args: unknown[]): unknown }, ...args: unknown[]): Promise<unknown> =>
    context.with(sender, async () => stub.book(...args));
  const traced = (...args: unknown[]): unknown[] => [
    { traceparent: `00-${TRACE_ID}-${SPAN_ID}-01` },
    "book",
    args,
  ];

  test.each([
    ["an object", { id: "astoria" }, (question: unknown, calls: unknown[]) => [question, ...calls]],
    ["an entrypoint", {}, (question: unknown, [first, second]: unknown[]) => [first, question, second]],
  ])(
    "asks %s beside its first calls, once in a turn, until it has an answer",
    async (_name, properties, order) => {
      const sent: unknown[] = [];
      const stub = wrapStub({
        ...properties,
        [RPC_METHOD]: async (...args: unknown[]) => sent.push(args) && (args.length === 0 ? 1 : "traced"),
        book: async (...args: unknown[]) => sent.push(["book", ...args]) && "plain",
      });
      await context.with(sender, async () => {
        const first = [stub.book(1), stub.book(2)];
        // Both calls have been sent by now.
        const calls = [
          ["book", 1],
          ["book", 2],
        ];
        expect(sent).toEqual(order([], calls));
        expect(await Promise.all(first)).toEqual(["plain", "plain"]);
      });
      expect(await Promise.all([call(stub, 3), call(stub, 4)])).toEqual(["traced", "traced"]);
      expect(sent.slice(3)).toEqual([traced(3), traced(4)]);
    },
  );

  test("asks in each turn until there is an answer", async () => {
    let questions = 0;
    const stub = wrapStub({
      [RPC_METHOD]: async () => {
        questions += 1;
        return new Promise(() => {});
      },
      book: async () => "plain",
    });
    expect([await call(stub), await call(stub)]).toEqual(["plain", "plain"]);
    expect(questions).toBe(2);
  });

  test.each([true, undefined])(
    "leaves in the turn of the call, with its arguments as they are then; tracedReceiver: %s",
    async (tracedReceiver) => {
      const sent: unknown[] = [];
      const send = (...args: unknown[]): Promise<unknown> =>
        Promise.resolve(sent.push(structuredClone(args)));
      const stub = wrapStub({ [RPC_METHOD]: send, book: send, fetch: send }, { tracedReceiver });
      await context.with(sender, async () => {
        const rooms = ["single"];
        const booked = stub.book(rooms);
        rooms.length = 0;
        const fetched = stub.fetch();
        expect(sent).toEqual(tracedReceiver ? [traced(["single"]), []] : [[["single"]], [], []]);
        await Promise.all([booked, fetched]);
      });
    },
  );

  test.each([true, undefined])(
    "throws at once what the binding throws at once; tracedReceiver: %s",
    (tracedReceiver) => {
      const clone = (...args: unknown[]): unknown => structuredClone(args);
      const stub = wrapStub({ [RPC_METHOD]: clone, book: clone }, { tracedReceiver });
      expect(() => context.with(sender, () => stub.book(() => {}))).toThrow("could not be cloned");
    },
  );

  test("calls plainly and asks nothing if no context is active", () => {
    const stub = wrapStub({ [RPC_METHOD]: missing, book: (...args: unknown[]) => args });
    expect(stub.book(1, 2)).toEqual([1, 2]);
  });

  test("sends the context from its first call on with `tracedReceiver: true`", async () => {
    const sent: unknown[][] = [];
    const binding = { [RPC_METHOD]: async (...args: unknown[]) => sent.push(args), book: missing };
    expect(await call(wrapStub(binding, { tracedReceiver: true }), 1)).toBe(1);
    expect(sent).toEqual([traced(1)]);
  });

  describe("whose receiver was replaced by one that is not wrapped", () => {
    const replaced = (): { book(...args: unknown[]): unknown } =>
      wrapStub(
        { [RPC_METHOD]: async () => missing(), book: async (...args: unknown[]) => ({ args }) },
        { tracedReceiver: true },
      );

    test("is called plainly from then on, and the failed call is repeated if its arguments cannot have changed", async () => {
      const stub = replaced();
      expect(await call(stub, 1, "two", null)).toEqual({ args: [1, "two", null] });
      expect(telemetry.diagnostics).toEqual([
        "ai-spans: a receiver of RPC calls is not wrapped by `wrapRpcClass`, but an earlier answer or `tracedReceiver` says that it is",
      ]);
      // The receiver has answered that it is not wrapped, so `tracedReceiver` changes nothing any more.
      expect(await call(wrapStub(stub, { tracedReceiver: true }), [3])).toEqual({ args: [[3]] });
    });

    test("does not repeat a call whose arguments may have changed", async () => {
      const stub = replaced();
      await expect(call(stub, { room: 7 })).rejects.toThrow(missingError());
      expect(await call(stub, { room: 7 })).toEqual({ args: [{ room: 7 }] });
    });
  });

  test("asks again after a question that failed on its way", async () => {
    let failures = 1;
    const stub = wrapStub({
      [RPC_METHOD]: async (...args: unknown[]) => {
        if (failures-- > 0) throw new Error("Network connection lost.");
        return args.length === 0 ? 1 : "traced";
      },
      book: async () => "plain",
    });
    expect([await call(stub), await call(stub), await call(stub)]).toEqual(["plain", "plain", "traced"]);
  });

  test("does not repeat a call that failed in its method", async () => {
    let calls = 0;
    const failure = new Error("no room");
    const fail = async (): Promise<never> => {
      calls += 1;
      throw failure;
    };
    const stub = wrapStub({ [RPC_METHOD]: fail, book: fail }, { tracedReceiver: true });
    await expect(call(stub)).rejects.toBe(failure);
    expect(calls).toBe(1);
  });

  test("of a stub that another copy has wrapped sends the context once", async () => {
    const sent: unknown[][] = [];
    const binding = {
      [RPC_METHOD]: async (...args: unknown[]) => sent.push(args) && 1,
      book: async () => "plain",
    };
    vi.resetModules();
    const { wrapStub: traceStubOfCopy } = await import("ai-spans/propagation");
    const stub = wrapStub(traceStubOfCopy(binding));
    expect([await call(stub, 1), await call(stub, 2)]).toEqual(["plain", 1]);
    expect(sent.at(-1)).toEqual(traced(2));
  });
});

describe("if something fails on the way", () => {
  const failing = (): never => {
    throw new Error("not the application's");
  };
  /** A propagator of one field, with this `inject`. */
  const propagator = (inject: TextMapPropagator["inject"]): TextMapPropagator => ({
    inject,
    extract: (active) => active,
    fields: () => ["traceparent"],
  });
  afterEach(() => {
    propagation.disable();
  });

  test("a call is made once and plainly if nothing can be injected", async () => {
    propagation.setGlobalPropagator(propagator(failing));
    let calls = 0;
    const stub = wrapStub({ [RPC_METHOD]: missing, book: () => (calls += 1) });
    expect(await context.with(sender, async () => stub.book())).toBe(1);
    expect(calls).toBe(1);
  });

  test("a request keeps its body if a field is no valid header", async () => {
    propagation.setGlobalPropagator(
      propagator((_context, carrier, setter) => setter.set(carrier, "not a header", "x")),
    );
    const stub = wrapStub({ fetch: async (input: Request) => input.text() });
    const request = new Request("http://a.test", { method: "POST", body: "two rooms" });
    expect(await context.with(sender, async () => stub.fetch(request))).toBe("two rooms");
  });

  test("failures of the binding reach the application", async () => {
    const failure = new Error("no room");
    const stub = wrapStub({
      get broken(): unknown {
        throw failure;
      },
      book: () => {
        throw failure;
      },
      fetch: async () => {
        throw failure;
      },
    });
    expect(() => stub.broken).toThrow(failure);
    expect(() => stub.book()).toThrow(failure);
    await expect(stub.fetch()).rejects.toBe(failure);
    expect(() => Object.keys(stub)).not.toThrow();
  });

  test("reading members of a result causes no unhandled rejection", async () => {
    const failure = new Error("no room");
    const rejections: unknown[] = [];
    const listen = (reason: unknown): number => rejections.push(reason);
    process.on("unhandledRejection", listen);
    const fail = async (): Promise<never> => Promise.reject(failure);
    const stub = wrapStub({ [RPC_METHOD]: fail, book: missing }, { tracedReceiver: true });
    const result: unknown = context.with(sender, () => Reflect.apply(stub.book, stub, []));
    // Loggers and inspectors read these members.
    for (const key of ["toJSON", "constructor", Symbol.toStringTag]) Reflect.get(Object(result), key);
    await expect(result).rejects.toBe(failure);
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off("unhandledRejection", listen);
    expect(rejections).toEqual([]);
  });

  test("the application gets an error whose `message` throws", async () => {
    const failure = Object.defineProperty(new Error("x"), "message", { get: failing });
    let calls = 0;
    const fail = async (): Promise<never> => {
      calls += 1;
      throw failure;
    };
    const stub = wrapStub({ [RPC_METHOD]: fail, book: fail }, { tracedReceiver: true });
    await expect(context.with(sender, async () => stub.book())).rejects.toBe(failure);
    expect(calls).toBe(1);
  });

  test("a pipelined method is called on its object", async () => {
    const counter = {
      count: 2,
      add(by: number) {
        this.count += by;
        return this.count;
      },
    };
    const stub = wrapStub(
      { [RPC_METHOD]: () => counter, counter: (): typeof counter => missing() },
      { tracedReceiver: true },
    );
    expect(await context.with(sender, async () => stub.counter().add(3))).toBe(5);
  });

  test("a replaced receiver is called once, however its result is used", async () => {
    let calls = 0;
    const stub = wrapStub(
      {
        [RPC_METHOD]: () => failedRpc(missingError()),
        counter: () => {
          calls += 1;
          return { add: (by: number) => by };
        },
      },
      { tracedReceiver: true },
    );
    await context.with(sender, async () => {
      const result = stub.counter();
      await expect(result).resolves.toHaveProperty("add");
      // The pipelined call returns a promise, as all pipelined calls do.
      await expect(result.add(3)).resolves.toBe(3);
    });
    expect(calls).toBe(1);
  });
});

/** Fails like a result of the runtime: every call and member of a failed call's result fails with the same error. */
function failedRpc(error: unknown): unknown {
  return new Proxy(() => {}, {
    get: (_target, key) => (key === "then" ? rejectedThen(error) : failedRpc(error)),
    apply: () => failedRpc(error),
  });
}

function rejectedThen(error: unknown): unknown {
  return async (...reactions: Parameters<Promise<unknown>["then"]>) =>
    Promise.reject(error).then(...reactions);
}

function missingError(): TypeError {
  return new TypeError(`The RPC receiver does not implement the method "${RPC_METHOD}".`);
}

test("a class whose fetch is a getter of its instances serves requests", async () => {
  class Guide {
    #answer = "two rooms";

    get fetch() {
      const answer = this.#answer;
      return async (): Promise<string> => answer;
    }
  }
  const guide = new (wrapRpcClass(Guide))();
  expect(await Reflect.apply(guide.fetch, guide, [new Request("http://a.test")])).toBe("two rooms");
});
