/**
 * The proxies that replace a binding of the runtime. They behave like the binding, are the same at each read, and never
 * write to it.
 */
import { wrapDurableObjectNamespace, wrapStub } from "ai-spans/propagation";
import { describe, expect, test, vi } from "vitest";

describe("the proxy of a binding", () => {
  class Rooms {
    #booked = 0;
    label = "rooms";

    book(): number {
      this.#booked += 1;
      return this.#booked;
    }

    get booked(): number {
      return this.#booked;
    }
  }

  /** Imitates a binding of Durable Objects: `get` returns the same stub for the same name. */
  class Namespace {
    readonly stubs = new Map<string, Rooms>();

    get(name: string): Rooms {
      const stub = this.stubs.get(name) ?? new Rooms();
      this.stubs.set(name, stub);
      return stub;
    }

    jurisdiction(): Namespace {
      return this;
    }
  }

  test("has the same methods at each read, and one proxy for one binding", () => {
    const rooms = new Rooms();
    const stub = wrapStub(rooms);
    expect(stub.book).toBe(stub.book);
    expect(wrapStub(rooms)).toBe(stub);
    expect(wrapStub(stub)).toBe(stub);
    const namespace = wrapDurableObjectNamespace(new Namespace());
    expect(namespace.get).toBe(namespace.get);
    expect(namespace.get("a")).toBe(namespace.get("a"));
    expect(namespace.get("a")).not.toBe(namespace.get("b"));
    expect(namespace.jurisdiction()).toBe(namespace);
  });

  test("follows a binding whose method is replaced", () => {
    const binding = { book: () => "first" };
    const stub = wrapStub(binding);
    expect(stub.book()).toBe("first");
    binding.book = () => "second";
    expect(stub.book()).toBe("second");
  });

  test("does not write to the caller's object what is written to the proxy", () => {
    const rooms = new Rooms();
    const stub: Rooms & { extra?: number } = wrapStub(rooms);
    stub.label = "traced";
    stub.extra = 7;
    stub.book = () => 99;
    Object.defineProperty(stub, "hidden", { value: "here", configurable: true });
    expect([stub.label, stub.extra, stub.book(), Reflect.get(stub, "hidden")]).toEqual([
      "traced",
      7,
      99,
      "here",
    ]);
    expect(Object.keys(stub).toSorted()).toEqual(["book", "extra", "label"]);
    expect("extra" in stub).toBe(true);
    expect(Object.getOwnPropertyNames(rooms)).toEqual(["label"]);
    expect([rooms.label, rooms.book()]).toEqual(["rooms", 1]);
    delete stub.extra;
    expect(stub.extra).toBeUndefined();
  });

  test("is undefined if there is no binding", () => {
    const missingBinding = undefined as unknown as object;
    expect([wrapStub(missingBinding), wrapDurableObjectNamespace(missingBinding)]).toEqual([
      undefined,
      undefined,
    ]);
  });

  test("can be spied on, and restored", () => {
    const rooms = new Rooms();
    const stub = wrapStub(rooms);
    const spy = vi.spyOn(stub, "book").mockReturnValue(42);
    expect([stub.book(), rooms.book()]).toEqual([42, 1]);
    spy.mockRestore();
    expect(stub.book()).toBe(2);
  });

  test("has the class, the private members and the keys of the binding", () => {
    const rooms = new Rooms();
    const stub = wrapStub(rooms);
    expect(stub).toBeInstanceOf(Rooms);
    expect([stub.book(), stub.booked]).toEqual([1, 1]);
    expect(Object.keys(stub)).toEqual(["label"]);
    expect(Object.entries(stub)).toEqual([["label", "rooms"]]);
    const frozen = wrapStub(Object.freeze({ label: "fixed", book: () => 1 }));
    expect([frozen.label, frozen.book(), Object.keys(frozen)]).toEqual(["fixed", 1, ["label", "book"]]);
    const callable = wrapStub(Object.assign((room: number) => room * 2, { label: "function" }));
    expect([typeof callable, callable(4), callable.label]).toEqual(["function", 8, "function"]);
  });
});
