/**
 * The set-up that waits for the first span, as that of `ai-spans/register` does, comes before work in a remote context. So
 * its context manager carries that context past an `await`.
 */
import { withLinkedTrace, withProducerSpan, withRemoteContext } from "ai-spans/propagation";
import { expect, test } from "vitest";
import { beforeFirstSpan } from "../../src/spans/set-up.ts";

test.each<[string, (work: () => void) => unknown]>([
  ["in a remote context", (work) => withRemoteContext({}, work)],
  ["of a linked trace", (work) => withLinkedTrace({ source: {}, name: "process booking" }, work)],
  ["of a producer", (work) => withProducerSpan({ name: "send booking", carrier: {} }, work)],
])("what waits for the first span runs once, before the work %s", (_where, run) => {
  const order: string[] = [];
  beforeFirstSpan(() => void order.push("set-up"));
  run(() => void order.push("first"));
  run(() => void order.push("second"));
  expect(order).toEqual(["set-up", "first", "second"]);
});
