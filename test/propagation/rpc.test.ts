/**
 * What the two ends of a traced RPC do where the runtime is not needed to see it: who may be called, and receivers
 * that change.
 */
import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { traceRpcClass, traceStub } from "ai-spans/propagation";
import { beforeEach, describe, expect, test } from "vitest";
import { setupTelemetry } from "../support/telemetry.ts";
import { SPAN_ID, TRACE_ID } from "./sent-spans.ts";

beforeEach(() => {
  setupTelemetry();
});

const RPC_METHOD = "__aiSpansRpc";
const sender = trace.setSpanContext(ROOT_CONTEXT, { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 });
const missing = (): never => {
  throw new TypeError(`The RPC receiver does not implement the method "${RPC_METHOD}".`);
};

class Hotel {
  own = (): string => "a property of the instance";
  readonly given: unknown[];

  constructor(...given: unknown[]) {
    this.given = given;
  }

  book(...given: unknown[]): unknown {
    return { given, span: trace.getActiveSpan()?.spanContext().spanId };
  }

  alarm(): string {
    return "an alarm";
  }
}

function rpc(receiver: object, ...given: unknown[]): unknown {
  const method: unknown = Reflect.get(receiver, RPC_METHOD);
  if (typeof method !== "function") throw new Error("no such method");
  return Reflect.apply(method, receiver, given);
}

describe("a traced class", () => {
  const TracedHotel = traceRpcClass(Hotel);

  test("is a subclass of the same name, made with the same arguments", () => {
    const hotel = new TracedHotel(1, "two");
    expect(hotel).toBeInstanceOf(Hotel);
    expect(hotel.given).toEqual([1, "two"]);
    expect(TracedHotel.name).toBe("Hotel");
    expect("fetch" in hotel).toBe(false);
  });

  test("runs a method in the context it is sent, and without one when called as ever", () => {
    const hotel = new TracedHotel();
    const carrier = { traceparent: `00-${TRACE_ID}-${SPAN_ID}-01` };
    expect(rpc(hotel)).toBe(1);
    expect(rpc(hotel, carrier, "book", [1, 2])).toEqual({ given: [1, 2], span: SPAN_ID });
    expect(rpc(hotel, "junk", "book", [1])).toEqual({ given: [1], span: undefined });
    expect(hotel.book(1)).toEqual({ given: [1], span: undefined });
  });

  test.each([
    "own",
    "given",
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

test("a traced class does not call what an instance has put before its method", () => {
  const hotel = new (traceRpcClass(Hotel))();
  hotel.book = () => "a property of the instance";
  expect(() => rpc(hotel, {}, "book", [])).toThrow(TypeError);
});

describe("a traced stub", () => {
  const call = async (stub: { book(...given: unknown[]): unknown }): Promise<unknown> =>
    context.with(sender, async () => stub.book(1));

  test("asks its receiver, until it has an answer", async () => {
    const asked: unknown[][] = [];
    const stub = traceStub({
      [RPC_METHOD]: async (...given: unknown[]) => asked.push(given) && (given.length === 0 ? 1 : "traced"),
      book: () => "plain",
    });
    expect(await call(stub)).toBe("traced");
    expect(await Promise.all([call(stub), call(stub)])).toEqual(["traced", "traced"]);
    const traced = [{ traceparent: `00-${TRACE_ID}-${SPAN_ID}-01` }, "book", [1]];
    expect(asked).toEqual([[], traced, traced, traced]);
  });

  test("calls plainly where nothing is to be handed on, and asks nothing", () => {
    const stub = traceStub({ [RPC_METHOD]: missing, book: (...given: unknown[]) => given });
    expect(stub.book(1, 2)).toEqual([1, 2]);
  });

  test("calls a receiver plainly that has been replaced by one that is not traced", async () => {
    let isTraced = true;
    const stub = traceStub({
      [RPC_METHOD]: async (...given: unknown[]) =>
        isTraced ? (given.length === 0 ? 1 : "traced") : missing(),
      book: async (...given: unknown[]) => ({ given }),
    });
    expect(await call(stub)).toBe("traced");
    isTraced = false;
    expect(await call(stub)).toEqual({ given: [1] });
  });

  test("asks again after a question that did not come through", async () => {
    let failures = 1;
    const stub = traceStub({
      [RPC_METHOD]: async (...given: unknown[]) => {
        if (failures-- > 0) throw new Error("Network connection lost.");
        return given.length === 0 ? 1 : "traced";
      },
      book: async () => "plain",
    });
    expect(await call(stub)).toBe("plain");
    expect(await call(stub)).toBe("traced");
  });

  test("does not repeat a call that failed in its method", async () => {
    let calls = 0;
    const failure = new Error("no room");
    const stub = traceStub({
      [RPC_METHOD]: async (...given: unknown[]) => {
        if (given.length === 0) return 1;
        calls++;
        throw failure;
      },
      book: async () => "plain",
    });
    await expect(call(stub)).rejects.toBe(failure);
    expect(calls).toBe(1);
  });
});
