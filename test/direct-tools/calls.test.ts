/**
 * A tool that the program calls itself has one execute_tool span per call of `execute`, and works as it does without us.
 * Holds: tools-of-the-program.
 */
import { context, metrics, trace } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { SamplingDecision } from "@opentelemetry/sdk-trace-base";
import { withTurn, wrapTool } from "ai-spans";
import { afterEach, describe, expect, test } from "vitest";
import { ownSpan, toolSpan } from "../conformance/expected-spans.ts";
import { declareNames } from "../registry/declared-names.ts";
import { RoomServiceError } from "../support/failures.ts";
import { createGate, rejectOnAbort, turn, turns } from "../support/gate.ts";
import { majors } from "../support/majors.ts";
import { setupMeters } from "../support/meters.ts";
import { collectRejections } from "../support/rejections.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { directSpan, OPTIONS, toolOn, type DirectTool } from "./directly.ts";
import { readAll } from "../support/streams.ts";

declareNames({ namespaces: ["cloudflare.agents"] });

afterEach(() => metrics.disable());

async function* countTo(last: number, onPull: () => void = () => {}): AsyncGenerator<number> {
  for (let count = 1; count <= last; count++) {
    onPull();
    yield count;
  }
  onPull();
}

describe.each(majors)("on $name", (major) => {
  test("a call is a root where no span is active, and what the tool does is below it", async () => {
    const telemetry = setupTelemetry();
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, async () => {
        await turn();
        telemetry.tracer.startSpan("database").end();
        return 2;
      }),
    );
    expect(await tool.execute({}, OPTIONS)).toBe(2);
    await expectSpanTree(telemetry, directSpan({}, [ownSpan("database")]));
  });

  test("a call is a child of the active span", async () => {
    const telemetry = setupTelemetry();
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, async () => 2),
    );
    await telemetry.tracer.startActiveSpan("request", async (span) => {
      await turn();
      await tool.execute({}, OPTIONS);
      span.end();
    });
    await expectSpanTree(telemetry, ownSpan("request", [directSpan()]));
  });

  test("each call has a span, also where a tool calls itself or another", async () => {
    const telemetry = setupTelemetry();
    const inner = wrapTool(
      "checkVisa",
      toolOn(major, async () => 1),
    );
    const outer: DirectTool<Promise<number>> = wrapTool(
      "searchRooms",
      toolOn(major, async (input, options) => {
        if ("again" in input) return inner.execute({}, options);
        return outer.execute({ again: true }, options);
      }),
    );
    await outer.execute({}, OPTIONS);
    const ofVisa = toolSpan("checkVisa", "call-1", { agent: null });
    await expectSpanTree(telemetry, directSpan({}, [directSpan({}, [ofVisa])]));
  });

  test("the id of a call is that of its options, where it is one", async () => {
    const telemetry = setupTelemetry();
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, () => 2),
    );
    tool.execute({});
    tool.execute({}, { toolCallId: 7 });
    tool.execute({}, { toolCallId: "any text at all" });
    await expectSpanTree(
      telemetry,
      [1, 2, 3].map(() => toolSpan("searchRooms", null, { agent: null })),
    );
  });

  test("the turn says whose call it is", async () => {
    const telemetry = setupTelemetry();
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, async () => 2),
    );
    const turnOfUser = { agentName: "booking-agent", conversationId: "c-42", userId: "u-7", plan: "pro" };
    await withTurn(turnOfUser, async () => {
      await turn();
      await tool.execute({}, OPTIONS);
    });
    const attributes = {
      "gen_ai.conversation.id": "c-42",
      "user.id": "u-7",
      "ai_spans.metadata.plan": "pro",
    };
    await expectSpanTree(telemetry, directSpan({ agent: "booking-agent", attributes }));
  });

  test("the options are those of wrapAISDK", async () => {
    const telemetry = setupTelemetry();
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, () => 2),
      { namespace: "cloudflare.agents" },
    );
    withTurn({ plan: "pro" }, () => tool.execute({}, OPTIONS));
    await expectSpanTree(telemetry, directSpan({ attributes: { "cloudflare.agents.metadata.plan": "pro" } }));
  });

  test("a value that is no promise stays one that is none", async () => {
    const telemetry = setupTelemetry();
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, () => 2),
    );
    expect(tool.execute({}, OPTIONS)).toBe(2);
    await expectSpanTree(telemetry, directSpan());
  });

  test("a thenable is subscribed to once", async () => {
    const telemetry = setupTelemetry();
    let subscriptions = 0;
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, () => ({
        // A thenable that does its work when it is subscribed to.
        // oxlint-disable-next-line unicorn/no-thenable
        then: (resolve: (value: number) => void) => resolve(++subscriptions),
      })),
    );
    expect(await tool.execute({}, OPTIONS)).toBe(1);
    await expectSpanTree(telemetry, directSpan());
  });

  test.each(["throws", "rejects"])("a tool that %s fails with the very error", async (way) => {
    const telemetry = setupTelemetry();
    const error = new RoomServiceError("no");
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, (): Promise<never> => {
        if (way === "throws") throw error;
        return Promise.reject(error);
      }),
    );
    const call = async (): Promise<never> => tool.execute({}, OPTIONS);
    await expect(call()).rejects.toBe(error);
    await expectSpanTree(telemetry, directSpan({ error: "RoomServiceError" }));
  });

  test("a rejection that nobody handles stays one", async () => {
    const telemetry = setupTelemetry();
    const error = new RoomServiceError("no");
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, async () => Promise.reject(error)),
    );
    const rejections = await collectRejections(async () => {
      void tool.execute({}, OPTIONS);
      await turns(5);
    });
    expect(rejections).toEqual([error]);
    await expectSpanTree(telemetry, directSpan({ error: "RoomServiceError" }));
  });

  const causes = [
    { title: "an abort", reason: undefined, ending: { canceled: "abort" } },
    {
      title: "a deadline",
      reason: new DOMException("too late", "TimeoutError"),
      ending: { error: "timeout" },
    },
  ] as const;

  test.each(causes)("$title ends a call whose tool gives up", async ({ reason, ending }) => {
    const telemetry = setupTelemetry();
    const controller = new AbortController();
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, (_input, options) => rejectOnAbort(options?.abortSignal)),
    );
    const call = tool.execute({}, { ...OPTIONS, abortSignal: controller.signal });
    controller.abort(reason);
    await expect(call).rejects.toBe(controller.signal.reason);
    await expectSpanTree(telemetry, directSpan(ending));
  });

  test.each(causes)("$title ends a call whose tool does not", async ({ reason, ending }) => {
    const telemetry = setupTelemetry();
    const controller = new AbortController();
    const gate = createGate();
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, () => gate.pass()),
    );
    const call = tool.execute({}, { ...OPTIONS, abortSignal: controller.signal });
    controller.abort(reason);
    await expectSpanTree(telemetry, directSpan(ending));
    gate.open();
    await call;
  });

  test("a signal that has fired before fails what gives up, and nothing else", async () => {
    const telemetry = setupTelemetry();
    const options = { ...OPTIONS, abortSignal: AbortSignal.abort(new RangeError("enough")) };
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, async (input, { abortSignal } = {}) => {
        if ("looks" in input) abortSignal?.throwIfAborted();
        return 2;
      }),
    );
    await expect(tool.execute({ looks: true }, options)).rejects.toBeInstanceOf(RangeError);
    expect(await tool.execute({}, options)).toBe(2);
    await expectSpanTree(telemetry, [directSpan({ canceled: "abort" }), directSpan()]);
  });

  describe("a generator", () => {
    test("has each pull in its span's context", async () => {
      const telemetry = setupTelemetry();
      const pulls: unknown[] = [];
      const onPull = (): void => void pulls.push(trace.getSpan(context.active())?.spanContext().spanId);
      const tool = wrapTool(
        "searchRooms",
        toolOn(major, () => countTo(2, onPull)),
      );
      const generator = tool.execute({}, OPTIONS);
      // The program asks when it likes.
      await turn();
      expect(await readAll(generator)).toEqual([1, 2]);
      const id = telemetry.started[0]?.spanContext().spanId;
      expect(pulls).toEqual([id, id, id]);
      expect(Reflect.ownKeys(generator)).toEqual([]);
      await expectSpanTree(telemetry, directSpan());
    });

    test("may be asked by hand", async () => {
      const telemetry = setupTelemetry();
      const tool = wrapTool(
        "searchRooms",
        toolOn(major, () => countTo(1)),
      );
      const generator = tool.execute({}, OPTIONS);
      expect(await generator.next()).toEqual({ done: false, value: 1 });
      await turn();
      expect(await generator.next()).toEqual({ done: true, value: undefined });
      await expectSpanTree(telemetry, directSpan());
    });

    test("is left by its consumer", async () => {
      const telemetry = setupTelemetry();
      const tool = wrapTool(
        "searchRooms",
        toolOn(major, () => countTo(3)),
      );
      for await (const count of tool.execute({}, OPTIONS)) if (count === 2) break;
      await expectSpanTree(telemetry, directSpan({ canceled: "consumer" }));
    });

    test("fails at any of its values", async () => {
      const telemetry = setupTelemetry();
      const error = new RoomServiceError("no");
      const tool = wrapTool(
        "searchRooms",
        toolOn(major, async function* () {
          yield 1;
          throw error;
        }),
      );
      await expect(readAll(tool.execute({}, OPTIONS))).rejects.toBe(error);
      await expectSpanTree(telemetry, directSpan({ error: "RoomServiceError" }));
    });

    test("ends with its signal", async () => {
      const telemetry = setupTelemetry();
      const controller = new AbortController();
      const gate = createGate();
      const tool = wrapTool(
        "searchRooms",
        toolOn(major, async function* () {
          yield 1;
          await gate.pass();
          yield 2;
        }),
      );
      const values = readAll(tool.execute({}, { ...OPTIONS, abortSignal: controller.signal }));
      await gate.reached;
      controller.abort();
      await expectSpanTree(telemetry, directSpan({ canceled: "abort" }));
      gate.open();
      expect(await values).toEqual([1, 2]);
    });
  });

  test("another iterable is read in the span", async () => {
    const telemetry = setupTelemetry();
    const stream = new ReadableStream<number>({
      start(controller) {
        controller.enqueue(1);
        controller.close();
      },
    });
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, () => stream),
    );
    const output = tool.execute({}, OPTIONS);
    expect(output).toBe(stream);
    expect(await readAll(output)).toEqual([1]);
    await expectSpanTree(telemetry, directSpan());
  });

  test("a call without a context manager is a root with the turn's attributes", async () => {
    const telemetry = setupTelemetry({ contextManager: false });
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, async () => 2),
    );
    await withTurn({ userId: "u-7" }, async () => {
      await turn();
      await tool.execute({}, OPTIONS);
    });
    await expectSpanTree(telemetry, directSpan({ attributes: { "user.id": "u-7" } }), { reports: true });
  });

  test("a call is measured, recorded or not", async () => {
    const meters = setupMeters();
    const sampler = { shouldSample: () => ({ decision: SamplingDecision.NOT_RECORD }), toString: () => "" };
    const telemetry = setupTelemetry({ sampler });
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, async () => Promise.reject(new RoomServiceError("no"))),
    );
    await expect(
      withTurn({ agentName: "booking-agent" }, () => tool.execute({}, OPTIONS)),
    ).rejects.toBeInstanceOf(RoomServiceError);
    expect(telemetry.started).toEqual([]);
    expect(await meters.points()).toEqual([
      {
        metric: "gen_ai.execute_tool.duration",
        attributes: {
          "gen_ai.tool.name": "searchRooms",
          "gen_ai.tool.type": "function",
          "gen_ai.agent.name": "booking-agent",
          "error.type": "RoomServiceError",
        },
        count: 1,
      },
    ]);
  });

  test("an unsampled call hands on the tool's own promise, and its decision", async () => {
    const sampler = { shouldSample: () => ({ decision: SamplingDecision.NOT_RECORD }), toString: () => "" };
    const telemetry = setupTelemetry({ sampler });
    const promise = Promise.resolve(2);
    let flags: number | undefined;
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, () => {
        flags = trace.getSpan(context.active())?.spanContext().traceFlags;
        return promise;
      }),
    );
    expect(tool.execute({}, OPTIONS)).toBe(promise);
    expect(flags).toBe(0);
    expect(telemetry.started).toEqual([]);
  });

  test("a call inside suppressTracing has no span", async () => {
    const telemetry = setupTelemetry();
    const promise = Promise.resolve(2);
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, () => promise),
    );
    const result = context.with(suppressTracing(context.active()), () => tool.execute({}, OPTIONS));
    expect(result).toBe(promise);
    expect(telemetry.started).toEqual([]);
  });
});
