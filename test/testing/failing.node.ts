/**
 * A test file for `node:test` in which every assertion fails. runners.test.ts checks what is printed.
 */
import { test } from "node:test";
import { expectAllEnded, expectNoContent, expectSpanTree } from "ai-spans/testing";
import { createRecording } from "./recorded.ts";

test("a tree with another value", async () => {
  const { recorder, start } = createRecording();
  const agent = start("run booking-agent");
  start("chat gpt-4o", { kind: 2, attributes: { tokens: 9 } }, agent).end();
  agent.end();
  const isAnswer = (value: unknown): boolean => value === 42;
  await expectSpanTree(recorder, {
    name: "run booking-agent",
    children: [{ name: "chat gpt-4o", kind: "CLIENT", attributes: { tokens: isAnswer } }],
  });
});

test("a span that never ends", async () => {
  const { recorder, start } = createRecording();
  const agent = start("run booking-agent");
  start("execute_tool searchRooms", {}, agent);
  agent.end();
  await expectAllEnded(recorder, { timeoutMs: 1 });
});

test("content in a span", () => {
  const { recorder, start } = createRecording();
  start("run booking-agent", { attributes: { guest: "Ms Mayer" } }).end();
  expectNoContent(recorder, ["Ms Mayer"]);
});
