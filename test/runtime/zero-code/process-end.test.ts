/**
 * The end of a process whose SDK `ai-spans/register` has set up: what is sent, what open runs end as, and that the process
 * ends as without us.
 *
 * Holds: ends-at-shutdown, process-end.
 */
import { once } from "node:events";
import type { ChildProcess } from "node:child_process";
import { describe, expect, test } from "vitest";
import { agentSpan, chatSpan } from "../../conformance/expected-spans.ts";
import { completeSpan } from "../../support/span-tree.ts";
import { printed } from "../printed.ts";
import { createFixture } from "./fixture.ts";
import { ended, exportingTo, NODES, type Ended, type MajorName, type NodeBinary } from "./project.ts";
import { LOOP } from "./workload-trees.ts";

const fixture = createFixture();

const SHUTDOWN = completeSpan(
  agentSpan({ canceled: "shutdown", usage: null, finish: null }, [
    chatSpan({ canceled: "shutdown", usage: null, finish: null, response: null }),
  ]),
);
const FLAGS = ["--require", "ai-spans/register"];

interface Start {
  readonly node: NodeBinary;
  readonly major: MajorName;
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

function start(way: string, { node, major, flags = FLAGS, environment = {} }: Start): ChildProcess {
  const env = { ...exportingTo(fixture.receiver.url), ...environment };
  return fixture.project(major).start(node, [...flags, "ending.cjs", way], env);
}

/** Sends a signal to the program when its run is open. */
async function stopped(way: string, signal: NodeJS.Signals, options: Start): Promise<Ended> {
  const child = start(way, options);
  const end = ended(child);
  await printed(child, (text) => (text.includes("open") ? true : undefined));
  child.kill(signal);
  return end;
}

const runs = NODES.flatMap((node) =>
  (["v6", "v7"] as const).map((major) => ({ name: `AI SDK ${major} on ${node.name}`, node, major })),
);

describe.each(runs)("$name", { timeout: 120_000 }, (run) => {
  test("sends everything when nothing keeps the process alive", async () => {
    const { code, stderr } = await ended(start("idle", run));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(fixture.receiver.trees()).toEqual([LOOP, SHUTDOWN]);
  });

  test.each(["SIGTERM", "SIGINT"] as const)(
    "sends everything at %s, which ends the process",
    async (signal) => {
      const end = await stopped("wait", signal, run);
      expect(end).toEqual({ code: null, signal, stdout: "open\n", stderr: "" });
      expect(fixture.receiver.trees()).toEqual([LOOP, SHUTDOWN]);
    },
  );
});

const [node = { name: "", path: "" }] = NODES;

describe.each(["v6", "v7"] as const)("AI SDK %s", { timeout: 120_000 }, (major) => {
  const run: Start = { node, major };

  test("leaves the exit to a program that handles the signal, and sends what has ended", async () => {
    const end = await stopped("handler", "SIGTERM", run);
    expect(end).toEqual({ code: 4, signal: null, stdout: "open\nstopping\n", stderr: "" });
    expect(fixture.receiver.trees()).toEqual([LOOP]);
  });

  test("ends by a signal beside signal-exit, which counts the listeners", async () => {
    const bare = await stopped("signal-exit", "SIGTERM", { ...run, flags: [] });
    const end = await stopped("signal-exit", "SIGTERM", run);
    expect(end).toEqual(bare);
    expect(end.signal).toBe("SIGTERM");
    expect(fixture.receiver.trees()).toEqual([LOOP, SHUTDOWN]);
  });

  test("calls the program's listeners of beforeExit as often as without us, and keeps its exit code", async () => {
    const bare = await ended(start("before exit", { ...run, flags: [] }));
    const end = await ended(start("before exit", run));
    expect(end).toEqual(bare);
    expect(end).toMatchObject({ code: 5, stdout: "open\nbeforeExit 1\nbeforeExit 2\n", stderr: "" });
    expect(fixture.receiver.trees()).toEqual([LOOP, SHUTDOWN, LOOP]);
  });

  test("waits for work that listeners of beforeExit start, and records it", async () => {
    const bare = await ended(start("work before exit", { ...run, flags: [] }));
    const end = await ended(start("work before exit", run));
    expect(end).toEqual(bare);
    expect(end.stdout.split("\n")).toContain("timer after immediate");
    expect(fixture.receiver.trees()).toEqual([LOOP, SHUTDOWN, LOOP]);
  });

  test("ends with Node's code and warning when the program waits for ever", async () => {
    const { receiver } = fixture;
    const project = fixture.project(major);
    for (const on of NODES) {
      const bare = await project.run(on, ["never.mjs"]);
      const end = await project.run(on, [...FLAGS, "never.mjs"], exportingTo(receiver.url));
      expect(end).toEqual(bare);
      expect(end.code).toBe(13);
    }
    expect(receiver.trees()).toEqual(NODES.map(() => LOOP));
  });

  test("does not call a process.exit that the program has replaced", async () => {
    const end = await ended(start("replaced exit", run));
    expect(end).toMatchObject({ code: 0, stdout: "open\n", stderr: "" });
    expect(fixture.receiver.trees()).toEqual([LOOP, SHUTDOWN]);
  });

  test("ends by itself when the time for the exporters is over", async () => {
    fixture.receiver.answer = () => new Promise(() => {});
    const environment = { AI_SPANS_EXIT_TIMEOUT_MS: "100" };
    const end = await ended(start("idle", { ...run, environment }));
    expect(end).toMatchObject({ code: 0, stdout: "open\n" });
  });

  test("sends nothing after process.exit, and keeps its code", async () => {
    const { code, stderr } = await ended(start("exit", run));
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    expect(fixture.receiver.trees()).toEqual([]);
  });

  test("has sent before process.exit the batches whose delay was over", async () => {
    const child = start("late exit", { ...run, environment: { OTEL_BSP_SCHEDULE_DELAY: "50" } });
    const end = ended(child);
    await fixture.receiver.received(4);
    child.kill("SIGUSR2");
    expect((await end).code).toBe(3);
    expect(fixture.receiver.trees()).toEqual([LOOP]);
  });

  test("crashes as without us", async () => {
    const bare = await ended(start("crash", { ...run, flags: [] }));
    const { code, signal, stderr } = await ended(start("crash", run));
    expect({ code, signal, stderr }).toEqual({ code: bare.code, signal: bare.signal, stderr: bare.stderr });
  });

  test("ends by a second signal while the receiver does not answer", async () => {
    const { receiver } = fixture;
    let isAsked = (): void => {};
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    receiver.answer = () => {
      isAsked();
      return new Promise(() => {});
    };
    const child = start("wait", run);
    await printed(child, (text) => (text.includes("open") ? true : undefined));
    const closed = once(child, "close");
    child.kill("SIGTERM");
    await asked;
    child.kill("SIGTERM");
    expect(await closed).toEqual([null, "SIGTERM"]);
  });

  test("ends when the time for the exporters is over", async () => {
    fixture.receiver.answer = () => new Promise(() => {});
    const environment = { AI_SPANS_EXIT_TIMEOUT_MS: "100" };
    const end = await stopped("wait", "SIGTERM", { ...run, environment });
    expect(end.signal).toBe("SIGTERM");
  });
});
