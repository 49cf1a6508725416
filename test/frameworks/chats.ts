/**
 * The tests of every framework: a chat that is read to its end, one that its client leaves, two at once, and the end of
 * the process. Each request has a `traceparent`, and its spans are in that trace.
 *
 * Holds: frameworks.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { agentSpan, chatSpan, toolSpan, type ChatExpectation } from "../conformance/expected-spans.ts";
import { startOtlpReceiver, type OtlpReceiver, type ReceivedTrace } from "../support/otlp-receiver.ts";
import { completeSpan, type ExpectedSpan, type SpanNode } from "../support/span-tree.ts";
import { ask, AT_ONCE, leave, NEVER, variables, type Conversation } from "./client.ts";
import { startModelServer, type ModelServer } from "./model-server.ts";
import type { ProjectName } from "./projects.ts";
import type { Service } from "./service.ts";

export interface Framework {
  readonly name: ProjectName;
  readonly build?: () => Promise<unknown>;
  /** Starts the server as the page does. */
  readonly start: (environment: Readonly<Record<string, string>>) => Promise<Service>;
  /** What a run that its client has left ends as. `null` where the platform does not say that a client has left. */
  readonly left: "abort" | "consumer" | null;
  /** Whether each request is flushed, so that nothing is left for the end of the process. */
  readonly isFlushed?: boolean;
  /** The tree of a request, with the spans of the framework around the run. Default: the run alone. */
  readonly around?: (run: ExpectedSpan) => ExpectedSpan;
  /** What the runs have besides their outcome. */
  readonly expected?: Omit<RunExpectation, "canceled">;
  /** Spans of the framework that only some requests have. */
  readonly ignored?: readonly string[];
}

const ANSWER =
  "Your room in Lisbon is booked for three nights from 12 March. Expect mild weather with some rain, and no visa is needed. The guide suggests the castle gardens first.";

/** Only ends what would hang for ever. */
const WAITING = { timeout: 60_000, interval: 100 };

/** Starts the project and drives it. */
export function describeChats(framework: Framework): void {
  const { name, left, isFlushed = false, around = (tree) => tree, expected = {}, ignored = [] } = framework;
  const whole = around(run(expected));

  describe(name, () => {
    let model: ModelServer;
    let receiver: OtlpReceiver;
    let service: Service;

    const start = async (delay: string): Promise<Service> =>
      framework.start(variables(model, receiver, delay));
    const expectTraces = async (...traces: readonly ExpectedTrace[]): Promise<void> =>
      expectAllTraces(receiver, traces, ignored);

    beforeAll(async () => {
      model = await startModelServer();
      receiver = await startOtlpReceiver();
      await framework.build?.();
      service = await start(AT_ONCE);
    });
    afterEach(() => receiver.reset());
    afterAll(async () => {
      await service?.kill();
      await receiver?.close();
      await model?.close();
    });

    test("a chat that is read to its end is one run in the trace of its client", async () => {
      const chat = await ask(service.url);
      expect(chat.text).toBe(ANSWER);
      await expectTraces([chat, whole]);
    });

    if (left !== null) {
      const cut = around(run({ ...expected, canceled: left }));

      test("a client that leaves cancels its run, and the model stops", async () => {
        const leaves = model.leaves;
        const chat = await leave(service.url);
        await expectTraces([chat, cut]);
        await vi.waitFor(() => expect(model.leaves).toBe(leaves + 1), WAITING);
      });

      test("two requests at once are two traces", async () => {
        const [cutChat, chat] = await Promise.all([leave(service.url), ask(service.url)]);
        expect(chat.text).toBe(ANSWER);
        await expectTraces([cutChat, cut], [chat, whole]);
      });
    }

    if (!isFlushed) {
      test("the end of the process sends everything", async () => {
        const ending = await start(NEVER);
        const chat = await ask(ending.url);
        expect(receiver.spanCount()).toBe(0);
        await ending.stop();
        await expectTraces([chat, whole]);
      });
    }
  });
}

const MODEL = "gpt-5.4-mini";
const response = { model: "gpt-5.4-mini-2026-03-17" };
const question = {
  response: { ...response, id: "resp_3cfb68b1efab24e1d66ea51f514bccc3b52ebb58" },
  usage: { input: 1184, output: 92, cacheRead: 0, reasoning: 64 },
  finish: "tool_call",
};
const tool = toolSpan("searchRooms", "call_d6dc8cb3c84563f988950320");
const finished = {
  response: { ...response, id: "resp_e51b0a5af6ffe450d2c11f19a579bb7b57543ee1" },
  usage: { input: 1731, output: 44, cacheRead: 1536, reasoning: 0 },
};
const CUT_ID = "resp_c9aafc2f9cd70fd3ed7e96d6f9e203219f4e4493";

export interface RunExpectation {
  /** The spans of a request to the model. Default: none. */
  readonly requests?: readonly ExpectedSpan[];
  readonly canceled?: "abort" | "consumer";
  /**
   * Whether the chats have the address of the model. AI SDK 5 does not give it to the wrapper, and AI SDK 7 does not give it
   * to the adapter. Default: `true`.
   */
  readonly hasAddress?: boolean;
}

/** A run: the model calls the tool, gets its result, and answers. */
export function run({ requests = [], canceled, hasAddress = true }: RunExpectation = {}): ExpectedSpan {
  // The server that replaces the provider.
  const attributes = hasAddress ? { "server.address": "127.0.0.1", "server.port": expect.any(Number) } : {};
  const chat = (expected: ChatExpectation): ExpectedSpan =>
    chatSpan({ model: MODEL, provider: "openai", streaming: true, attributes, ...expected }, requests);
  if (!canceled) return agentSpan({ model: MODEL }, [chat(question), tool, chat(finished)]);
  const cut = chat({ response: { ...response, id: CUT_ID }, canceled, usage: null, finish: null });
  return agentSpan({ model: MODEL, canceled, finish: "tool_call" }, [chat(question), tool, cut]);
}

type ExpectedTrace = readonly [Conversation, ExpectedSpan];

/** Expects exactly these traces, each whole and below the span of its client. */
export async function expectAllTraces(
  receiver: OtlpReceiver,
  expected: readonly ExpectedTrace[],
  ignored: readonly string[] = [],
): Promise<void> {
  const traces = expected.map(([{ traceId, parent }, tree]) => ({
    traceId,
    parents: [parent],
    trees: [completeSpan(tree)],
  }));
  const received = (): Trace[] =>
    receiver
      .traces()
      .map((trace) => ({ ...trace, trees: plain(trace.trees, ignored) }))
      .filter(({ trees }) => trees.length > 0);
  await vi.waitFor(() => expect(outline(received())).toEqual(outline(traces)), WAITING);
  expect(received().toSorted(byId)).toEqual(traces.toSorted(byId));
}

type Trace = Pick<ReceivedTrace, "traceId" | "trees">;

/** The names of the spans, which say when all have arrived. */
function outline(traces: readonly Trace[]): string {
  const lines = (spans: readonly SpanNode[], indentation: string): string[] =>
    spans.flatMap(({ name, children }) => [indentation + name, ...lines(children, `${indentation}  `)]);
  return traces
    .toSorted(byId)
    .flatMap(({ traceId, trees }) => [traceId, ...lines(trees, "  ")])
    .join("\n");
}

function byId(left: { readonly traceId: string }, right: { readonly traceId: string }): number {
  return left.traceId.localeCompare(right.traceId);
}

/** Of a framework's span, the tests check its name, its place and its status. */
function plain(spans: readonly SpanNode[], ignored: readonly string[]): SpanNode[] {
  return spans
    .filter(({ name }) => !ignored.includes(name))
    .map((span) => {
      const children = plain(span.children, ignored);
      if ("gen_ai.operation.name" in span.attributes) return { ...span, children };
      const name = span.name.replace(/http:\/\/127\.0\.0\.1:\d+/, "MODEL");
      return { ...span, name, kind: "INTERNAL", attributes: {}, children };
    });
}
