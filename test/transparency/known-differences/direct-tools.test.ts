/**
 * Differences that a program can notice in a tool that it wraps and calls itself. Rows of docs/why/transparency.md.
 */
import { wrapTool } from "ai-spans";
import { beforeEach, expect, test } from "vitest";
import { turn } from "../../support/gate.ts";
import { setupTelemetry } from "../../support/telemetry.ts";
import { countTicks } from "./both.ts";

beforeEach(() => void setupTelemetry());

/** The number of microtasks until the returned promise settles. */
async function ticksUntil(give: () => PromiseLike<unknown>): Promise<number> {
  const ticks = countTicks();
  await give();
  ticks.isOn = false;
  return ticks.count;
}

test("what is written to a wrapped tool stays with it", () => {
  const tool = { execute: () => 2 };
  const { execute } = tool;
  const wrapped = wrapTool("searchRooms", tool);
  wrapped.execute = () => 3;
  expect(wrapped).not.toBe(tool);
  expect([wrapped.execute(), tool.execute]).toEqual([3, execute]);
});

test("a promise that a wrapped tool gives is another one, and comes one microtask later", async () => {
  const promise = Promise.resolve(2);
  const tool = { execute: () => promise };
  const wrapped = wrapTool("searchRooms", tool);
  expect(wrapped.execute()).not.toBe(promise);
  expect(await ticksUntil(wrapped.execute)).toBe((await ticksUntil(tool.execute)) + 1);
});

test("a thenable that a wrapped tool gives is asked at once, and a promise takes its place", async () => {
  let asked = 0;
  // oxlint-disable-next-line unicorn/no-thenable
  const answer = { then: (resolve: (value: number) => void) => resolve(++asked) };
  const result: unknown = wrapTool("searchRooms", { execute: () => answer }).execute();
  expect(result).toBeInstanceOf(Promise);
  await turn();
  expect(asked).toBe(1);
  expect([await result, asked]).toEqual([1, 1]);
});

test("a generator that a wrapped tool gives has methods of its own until its end", async () => {
  const tool = {
    async *execute(): AsyncGenerator<number> {
      yield 1;
    },
  };
  const generator = wrapTool("searchRooms", tool).execute();
  expect(Reflect.ownKeys(generator)).toEqual(["next", "return", "throw"]);
  const bare = await ticksUntil(() => tool.execute().next());
  expect(await ticksUntil(() => generator.next())).toBe(bare + 1);
  await generator.next();
  expect(Reflect.ownKeys(generator)).toEqual([]);
});

test("another async iterable that a wrapped tool gives has its own Symbol.asyncIterator for one microtask", async () => {
  const rooms = {
    async *[Symbol.asyncIterator](): AsyncGenerator<number> {
      yield 1;
    },
  };
  const { [Symbol.asyncIterator]: iterate } = rooms;
  const result = wrapTool("searchRooms", { execute: () => rooms }).execute();
  expect(result).toBe(rooms);
  expect(rooms[Symbol.asyncIterator]).not.toBe(iterate);
  await turn();
  expect(rooms[Symbol.asyncIterator]).toBe(iterate);
});
