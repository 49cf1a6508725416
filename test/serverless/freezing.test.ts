/**
 * The spans of a trigger and of its agent run form one tree. All of them have arrived when the function's process is
 * stopped, right after its handler has settled. The process continues only for the next event, and is killed in the
 * end.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { majors } from "../support/majors.ts";
import { startOtlpReceiver, type OtlpReceiver } from "../support/otlp-receiver.ts";
import { completeSpan, type ExpectedSpan } from "../support/span-tree.ts";
import { loopTree, streamedTree } from "./agent-trees.ts";
import type { FunctionEvent, Trigger } from "./freezing-process.ts";
import { turn } from "../support/gate.ts";

const PROGRAM = fileURLToPath(new URL("freezing-process.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

let receiver: OtlpReceiver;
let child: ChildProcess | undefined;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
});
beforeEach(() => receiver.reset());
afterEach(async () => {
  if (!child) return;
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
  child = undefined;
});
afterAll(async () => receiver.close());

async function startFunction(major: string, flushing: "flushed" | "unflushed"): Promise<ChildProcess> {
  child = fork(PROGRAM, [major, receiver.url, flushing], { cwd: ROOT, execArgv: ["--import", "tsx"] });
  await once(child, "message");
  return child;
}

/**
 * Continues the function's process, sends it an event, and resolves with its answer when the process is stopped again.
 */
async function invoke(process: ChildProcess, event: FunctionEvent): Promise<unknown> {
  const answered = once(process, "message");
  process.kill("SIGCONT");
  process.send(event);
  const [answer] = (await answered) as [unknown];
  while (!isStopped(process)) await turn();
  return answer;
}

/** Whether the kernel reports the process as stopped. */
function isStopped({ pid }: ChildProcess): boolean {
  return / T /.test(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/\(.*\)/, ""));
}

function triggered(trigger: Trigger, run: ExpectedSpan): ReturnType<typeof completeSpan> {
  return { ...completeSpan({ name: `process ${trigger}`, children: [run] }), kind: "CONSUMER" };
}

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

test.each(majors.map(({ name }) => name))(
  "every trigger's tree has arrived before the freeze (%s)",
  async (major) => {
    const frozen = await startFunction(major, "flushed");
    expect(await invoke(frozen, { trigger: "queue", traceparent })).toEqual({
      answer: "two rooms",
      diagnostics: [],
    });
    expect(receiver.trees()).toEqual([triggered("queue", loopTree)]);
    expect(receiver.traceIds()).toEqual(["0af7651916cd43dd8448eb211c80319c"]);

    receiver.reset();
    await invoke(frozen, { trigger: "cron" });
    await invoke(frozen, { trigger: "webhook", traceparent });
    expect(receiver.trees()).toEqual([triggered("cron", loopTree), triggered("webhook", loopTree)]);

    receiver.reset();
    expect(await invoke(frozen, { trigger: "stream" })).toEqual({
      answer: "a room in Paris",
      diagnostics: [],
    });
    expect(receiver.trees()).toEqual([triggered("stream", streamedTree)]);
  },
  60_000,
);

test("the same function loses its spans without the flush", async () => {
  const frozen = await startFunction("v7", "unflushed");
  expect(await invoke(frozen, { trigger: "queue" })).toEqual({ answer: "two rooms", diagnostics: [] });
  expect(receiver.spanCount()).toBe(0);
}, 60_000);
