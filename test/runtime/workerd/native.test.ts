/**
 * Spans of the runtime itself, on its builds of 2026, read back by a streaming tail worker.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Miniflare, type WorkerOptions } from "miniflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { agentSpan, chatSpan, toolSpan } from "../../conformance/expected-spans.ts";
import { installPackedPackage, type PackedProject } from "../../package/packed-project.ts";
import { loopTree, streamedTree } from "../../serverless/agent-trees.ts";
import type { ExpectedSpan } from "../../support/span-tree.ts";
import { bundle, forWorkerd } from "../bundle.ts";
import { disconnectAfterFirstChunk } from "./disconnect.ts";
import { asTailSpan, TAIL_PROGRAM, tailSpans, type TailEvent } from "./tail-spans.ts";

const locate = createRequire(import.meta.url);

interface Build {
  readonly month: string;
  /** The package with its binary; the others are what `workerd` brings. */
  readonly packageName?: string;
  readonly hasStatus: boolean;
  /** How a run ends whose client has disconnected: July's build does not tell the body of the response. */
  readonly leaving?: "abandoned";
}

const builds: readonly Build[] = [
  { month: "April", packageName: "workerd-april", hasStatus: false },
  { month: "July", packageName: "workerd-july", hasStatus: false, leaving: "abandoned" },
  { month: "October", hasStatus: true },
  { month: "November", packageName: "workerd-november", hasStatus: true },
];

const left = { canceled: "consumer", usage: null, finish: null } as const;
const aborted = { ...left, canceled: "abort" } as const;
const unread = { ...left, canceled: "abandoned" } as const;
const refused = { error: "TypeError", usage: null, finish: null } as const;

const ways: ReadonlyArray<readonly [path: string, answer: string, tree: ExpectedSpan]> = [
  ["/loop", "two rooms", loopTree],
  ["/adapter", "two rooms", loopTree],
  ["/stream", "a room in Paris", streamedTree],
  [
    "/nested",
    "two rooms",
    agentSpan({}, [
      chatSpan({ finish: "tool_call" }),
      toolSpan("searchRooms", "call-1", {}, [loopTree]),
      chatSpan(),
    ]),
  ],
  ["/abort", "aborted", agentSpan(aborted, [chatSpan({ ...aborted, streaming: true })])],
  ["/error", "TypeError: refused", agentSpan(refused, [chatSpan({ ...refused, response: null })])],
  ["/unread", "accepted", agentSpan(unread, [chatSpan({ ...unread, streaming: true })])],
];

let project: PackedProject;
let script: string;

beforeAll(async () => {
  project = await installPackedPackage();
  const program = `
    import * as ai from "ai";
    import { bundledMajor } from "./bundled-majors.ts";
    import { createWorker } from "./workerd/native-worker.ts";
    globalThis.AI_SDK_LOG_WARNINGS = false;
    export default createWorker(bundledMajor("v7", ai), ai.registerTelemetry);`;
  script = await bundle(project, program, forWorkerd);
});
afterAll(() => project?.remove());

class TailedWorker {
  readonly #miniflare: Miniflare;
  #receive: (events: readonly TailEvent[]) => void = () => {};

  constructor(isTailed: boolean, idleDeadlineMs: number) {
    const compatibilityDate = "2026-04-01";
    const workers: WorkerOptions[] = [
      {
        name: "main",
        modules: true,
        script,
        compatibilityDate,
        compatibilityFlags: ["nodejs_compat", "streaming_tail_worker"],
        bindings: { IDLE_DEADLINE_MS: idleDeadlineMs },
        ...(isTailed ? { streamingTails: ["tail"] } : {}),
      },
      {
        name: "tail",
        modules: true,
        script: TAIL_PROGRAM,
        compatibilityDate,
        compatibilityFlags: ["streaming_tail_worker", "experimental"],
        serviceBindings: {
          REPORT: async (request: { json(): Promise<unknown> }) => {
            // What TAIL_PROGRAM sends.
            this.#receive((await request.json()) as TailEvent[]);
            return new Response();
          },
        },
      },
    ];
    this.#miniflare = new Miniflare({ workers });
  }

  get url(): Promise<URL> {
    return this.#miniflare.ready;
  }

  /** All that the tail worker gets of the next invocation. */
  nextInvocation(): Promise<readonly TailEvent[]> {
    return new Promise((resolve) => (this.#receive = resolve));
  }

  async text(path: string): Promise<string> {
    return (await this.#miniflare.dispatchFetch(`http://localhost${path}`)).text();
  }

  async dispose(): Promise<void> {
    await this.#miniflare.dispose();
  }
}

describe.each(builds)("on the build of $month", ({ packageName, hasStatus, leaving }) => {
  let worker: TailedWorker;

  beforeAll(async () => {
    if (packageName) {
      const binary = join(dirname(locate.resolve(`${packageName}/package.json`)), "bin/workerd");
      process.env.MINIFLARE_WORKERD_PATH = binary;
    } else delete process.env.MINIFLARE_WORKERD_PATH;
    worker = new TailedWorker(true, 300);
    await worker.url;
  });
  afterAll(async () => worker.dispose());

  test.each(ways)("the tail worker gets the whole tree of %s", async (path, answer, tree) => {
    const invocation = worker.nextInvocation();
    expect(await worker.text(path)).toBe(answer);
    expect(tailSpans(await invocation)).toEqual([asTailSpan(tree, hasStatus)]);
  });

  test("a span that its invocation leaves open is marked as cut off", async () => {
    const invocation = worker.nextInvocation();
    expect(await worker.text("/cut-off")).toBe("accepted");
    const [span] = tailSpans(await invocation);
    expect(span).toMatchObject({ name: "invoke_agent booking-agent", status: "unset", isClosed: true });
    expect(span?.attributes).toMatchObject({
      "ai_spans.cut_off": true,
      "gen_ai.agent.name": "booking-agent",
    });
  });

  test("an invocation that is traced changes the parameters, one that is not leaves them", async () => {
    expect(await worker.text("/pristine")).toBe("false");
    const untraced = new TailedWorker(false, 300);
    try {
      expect(await untraced.text("/pristine")).toBe("true");
      expect(await untraced.text("/loop")).toBe("two rooms");
    } finally {
      await untraced.dispose();
    }
  });

  test("a client that disconnects ends the run", async () => {
    const invocation = worker.nextInvocation();
    await disconnectAfterFirstChunk(new URL("/endless", await worker.url));
    const expected = leaving ? unread : left;
    const tree = agentSpan(expected, [chatSpan({ ...expected, streaming: true })]);
    expect(tailSpans(await invocation)).toEqual([asTailSpan(tree, hasStatus)]);
  });
});
