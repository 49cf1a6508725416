/**
 * The set-up that waits for the first span, as that of `ai-spans/register` does, comes before work in a remote context. So
 * its context manager carries that context past an `await`.
 */
import { withRemoteContext } from "ai-spans/propagation";
import { expect, test } from "vitest";
import { beforeFirstSpan } from "../../src/spans/set-up.ts";

test("what waits for the first span runs once, before the work in a remote context", () => {
  const order: string[] = [];
  beforeFirstSpan(() => void order.push("set-up"));
  withRemoteContext({}, () => order.push("first"));
  withRemoteContext({}, () => order.push("second"));
  expect(order).toEqual(["set-up", "first", "second"]);
});
