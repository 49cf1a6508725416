/**
 * A server with open streams gets SIGTERM, and stops as docs/guide/serverless.md shows. Each span arrives once, and what
 * was open is canceled with the cause `shutdown`. The page's code is that of the example.
 *
 * Holds: ends-when-stopped.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { majors } from "../support/majors.ts";
import { startOtlpReceiver, type OtlpReceiver } from "../support/otlp-receiver.ts";
import { completeSpan } from "../support/span-tree.ts";
import { codeBlocks } from "../support/code-blocks.ts";

const PROGRAM = fileURLToPath(new URL("stopping-process.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const STREAMS = 12;
const SHUTDOWN = { canceled: "shutdown" } as const;

let receiver: OtlpReceiver;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
});
beforeEach(() => receiver.reset());
afterAll(async () => receiver.close());

const ways = [
  ...majors.map(({ name }) => ["wrapper", name] as const),
  ...(majors.some(({ name }) => name === "v7") ? [["adapter", "v7"] as const] : []),
];

const openTree = agentSpan({ ...SHUTDOWN, finish: "tool_call" }, [
  chatSpan({ streaming: true, finish: "tool_call" }),
  toolSpan("searchRooms", "call-1"),
  chatSpan({ streaming: true, usage: null, finish: null, ...SHUTDOWN }),
]);

test.each(ways)(
  "SIGTERM ends and sends all open streams, once (%s, %s)",
  async (way, major) => {
    const child = fork(PROGRAM, [major, way, receiver.url], { cwd: ROOT, execArgv: ["--import", "tsx"] });
    const closed = once(child, "close");
    const [port] = (await once(child, "message")) as [number];
    const streams = await Promise.all(
      Array.from({ length: STREAMS }, async () => {
        const { body } = await fetch(`http://127.0.0.1:${port}/`);
        const reader = body!.getReader();
        // The answer has begun, so its model call is open.
        await reader.read();
        return reader;
      }),
    );
    child.kill("SIGTERM");
    expect(await closed).toEqual([0, null]);
    expect(receiver.trees()).toEqual(Array.from({ length: STREAMS }, () => completeSpan(openTree)));
    expect(receiver.spanCount()).toBe(STREAMS * 4);
    await Promise.allSettled(streams.map(async (reader) => reader.cancel()));
  },
  120_000,
);

test("the guide shows the code of the example", () => {
  const example = readFileSync(new URL("../../examples/stopping/stop-on-signal.ts", import.meta.url), "utf8");
  const guide = readFileSync(new URL("../../docs/guide/serverless.md", import.meta.url), "utf8");
  const [inGuide] = codeBlocks(guide, "ts examples/stopping/stop-on-signal.ts");
  expect(inGuide).toBe(example.slice(example.indexOf("import")));
});
