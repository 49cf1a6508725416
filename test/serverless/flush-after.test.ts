/**
 * What `flushAfter` and `flushHandler` wait for, and what they never do, with a real exporter and a real receiver.
 *
 * Holds: flush.
 */
import { trace } from "@opentelemetry/api";
import { registerTelemetry } from "ai";
import { createAISDKTelemetry } from "ai-spans";
import { flushAfter, flushHandler, type FlushOptions } from "ai-spans/serverless";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { agentSpan, chatSpan } from "../conformance/expected-spans.ts";
import { createGate, settle } from "../support/gate.ts";
import { majors, v7 } from "../support/majors.ts";
import { startOtlpReceiver, type OtlpReceiver } from "../support/otlp-receiver.ts";
import { completeSpan, type ExpectedSpan } from "../support/span-tree.ts";
import { loopTree, streamedTree } from "./agent-trees.ts";
import { Agent } from "./agent.ts";
import { ExecutionContext } from "./execution-context.ts";
import { registerExporting, type Exporting } from "./exporting.ts";

let receiver: OtlpReceiver;
let exporting: Exporting;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
});
beforeEach(() => {
  receiver.reset();
  exporting = registerExporting(receiver.url);
});
afterAll(async () => receiver.close());

function expectReceived(...expected: readonly ExpectedSpan[]): void {
  expect(receiver.trees()).toEqual(expected.map(completeSpan));
  expect(exporting.diagnostics).toEqual([]);
}

describe.each(majors)("on AI SDK $name", (major) => {
  test("flushes after the last span of a streamed response, long after the handler has returned", async () => {
    const gate = createGate();
    const context = new ExecutionContext();
    const response = await flushAfter(() => new Agent(major).stream(gate), { waitUntil: context });
    const reading = response.text();
    await gate.reached;
    expect(receiver.spanCount()).toBe(0);
    gate.open();
    expect(await reading).toBe("a room in Paris");
    expect(response.headers.get("x-agent")).toBe("1");
    await context.done();
    expectReceived(streamedTree);
  });

  test("returns the result only after the flush if nothing keeps the invocation alive", async () => {
    expect(await flushAfter(() => new Agent(major).loop())).toBe("two rooms");
    expectReceived(loopTree);
  });

  test("ends a streamed response only after the flush if nothing keeps the invocation alive", async () => {
    const response = await flushAfter(() => new Agent(major).stream());
    expect(receiver.spanCount()).toBe(0);
    expect(await response.text()).toBe("a room in Paris");
    expectReceived(streamedTree);
  });

  test("flushes the spans of a response whose client leaves", async () => {
    const response = await flushAfter(() => new Agent(major).stream(createGate()));
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    const left = { canceled: "consumer", usage: null, finish: null } as const;
    expectReceived(agentSpan(left, [chatSpan({ ...left, streaming: true })]));
  });

  test("flushes the spans of work in the background", async () => {
    const gate = createGate();
    const context = new ExecutionContext();
    const handled = await flushAfter(
      () => {
        void new Agent(major).loop(() => gate.pass());
        return "accepted";
      },
      { waitUntil: context },
    );
    expect(handled).toBe("accepted");
    await gate.reached;
    gate.open();
    await context.done();
    expectReceived(loopTree);
  });

  test("also waits for a run that starts when another ends, and reports no deadline", async () => {
    const context = new ExecutionContext();
    await flushAfter(
      () => {
        const agent = new Agent(major);
        void agent.loop().then(() => agent.loop());
      },
      { waitUntil: context },
    );
    await context.done();
    expectReceived(loopTree, loopTree);
  });

  test("reports no deadline when a client leaves before the model is called", async () => {
    const context = new ExecutionContext();
    const response = await flushAfter(() => new Agent(major).uiStream(), { waitUntil: context });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await context.done();
    await settle(() => receiver.spanCount() > 1);
    expect(receiver.trees().map(({ name }) => name)).toEqual(["invoke_agent booking-agent"]);
    expect(exporting.diagnostics).toEqual([]);
  });

  test("works without a context manager", async () => {
    exporting = registerExporting(receiver.url, { contextManager: false });
    const context = new ExecutionContext();
    const response = await flushAfter(async () => new Agent(major).stream(), { waitUntil: context });
    await response.text();
    await context.done();
    expectReceived(streamedTree);
  });
});

test("waits for the spans of the v7 adapter too", async () => {
  registerTelemetry(createAISDKTelemetry());
  try {
    expect(await flushAfter(() => new Agent(v7, v7.ai).loop())).toBe("two rooms");
    expectReceived(loopTree);
  } finally {
    Object.assign(globalThis, { AI_SDK_TELEMETRY_INTEGRATIONS: undefined });
  }
});

describe("invocations in one isolate", () => {
  test("never wait for each other, and each uses its own `waitUntil`", async () => {
    const gate = createGate();
    const [slow, quick] = [new ExecutionContext(), new ExecutionContext()];
    const handler = flushHandler(async (loop: () => Promise<string>, _context: ExecutionContext) => loop());
    const slowly = handler(() => new Agent(v7).loop(() => gate.pass()), slow);
    await gate.reached;
    await handler(() => new Agent(v7).loop(), quick);
    await quick.done();
    expect([slow.count, quick.count]).toEqual([0, 1]);
    // The first chat span of the slow invocation has ended, and was exported too.
    expect(receiver.spanCount()).toBe(5);
    gate.open();
    await slowly;
    await slow.done();
    expect([slow.count, quick.count]).toEqual([1, 1]);
    expectReceived(loopTree, loopTree);
  });

  test("wait for their own spans only when one starts another", async () => {
    const gate = createGate();
    const [outer, inner] = [new ExecutionContext(), new ExecutionContext()];
    await flushAfter(
      () =>
        flushAfter(() => void new Agent(v7).loop(() => gate.pass()), { waitUntil: inner, timeoutMs: 60_000 }),
      { waitUntil: outer },
    );
    await gate.reached;
    await outer.done();
    gate.open();
    await inner.done();
    expectReceived(loopTree);
  });
});

describe("failures", () => {
  test("of the exporter do not reach the work", async () => {
    receiver.answer = () => 400;
    expect(await flushAfter(() => new Agent(v7).loop())).toBe("two rooms");
    const reports = exporting.diagnostics.filter((line) => line.startsWith("ai-spans: "));
    expect(reports).toEqual(["ai-spans: forceFlush: OTLPExporterError"]);
  });

  test("of a provider do not reach the work, and other providers are flushed", async () => {
    const flush = vi.fn(async () => {});
    const provider = [
      {
        forceFlush: () => {
          throw new Error("no");
        },
      },
      { forceFlush: () => Promise.reject(new Error("no")) },
      { forceFlush: flush },
    ];
    expect(await flushAfter(() => 1, { provider })).toBe(1);
    expect(flush).toHaveBeenCalledTimes(1);
  });

  test("of the work reach the caller unchanged, after the flush", async () => {
    const problem = new Error("the application's own");
    const handled = flushAfter(async () => {
      await new Agent(v7).loop();
      throw problem;
    });
    await expect(handled).rejects.toBe(problem);
    expectReceived(loopTree);
  });

  test("of waitUntil make the result wait", async () => {
    const waitUntil = (): void => {
      throw new TypeError("Illegal invocation");
    };
    expect(await flushAfter(() => new Agent(v7).loop(), { waitUntil })).toBe("two rooms");
    expect(receiver.spanCount()).toBe(4);
    expect(exporting.diagnostics).toEqual(["ai-spans: waitUntil: TypeError"]);
  });
});

const keeping =
  (owner: ExecutionContext) =>
  (task: Promise<unknown>): void =>
    owner.waitUntil(task);

describe("what keeps an invocation alive", () => {
  const places: Readonly<Record<string, (owner: ExecutionContext) => object>> = {
    "Vercel's request context": (owner) => ({
      [Symbol.for("@vercel/request-context")]: { get: () => owner },
    }),
    "the request context of Next.js": (owner) => ({
      [Symbol.for("@next/request-context")]: { get: () => owner },
    }),
    "Netlify's context": (owner) => ({ Netlify: { context: owner } }),
    "the runtime of Supabase": (owner) => ({ EdgeRuntime: owner }),
  };

  test.each(Object.entries(places))("is found in %s, at each invocation", async (_name, place) => {
    const owners = [new ExecutionContext(), new ExecutionContext()];
    for (const owner of owners) {
      const values = place(owner);
      Object.assign(globalThis, values);
      try {
        await flushAfter(() => 1);
      } finally {
        for (const key of Reflect.ownKeys(values)) Reflect.deleteProperty(globalThis, key);
      }
      expect(owner.count).toBe(1);
      await owner.done();
    }
  });

  test("is the last argument that has it, whatever the others are", async () => {
    const owner = new ExecutionContext();
    const handler = flushHandler(function (this: unknown, ...args: unknown[]) {
      return [this, args];
    });
    const args = ["event", null, { waitUntil: 1 }, owner, () => {}];
    const self = {};
    expect(await handler.apply(self, args)).toEqual([self, args]);
    expect(owner.count).toBe(1);
  });

  test.each<[string, (owner: ExecutionContext) => object]>([
    [
      "a copy that inherits from it",
      (owner) => Object.create(owner, { waitUntil: { value: keeping(owner) } }),
    ],
    [
      "a Proxy of it",
      (owner) => new Proxy(owner, { get: (_target, key) => key === "waitUntil" && keeping(owner) }),
    ],
    [
      "an object with a getter",
      (owner) => ({
        get waitUntil() {
          return keeping(owner);
        },
      }),
    ],
    ["a plain object", (owner) => ({ waitUntil: keeping(owner) })],
    [
      "an object of a subclass",
      (owner) =>
        new (class extends ExecutionContext {
          override waitUntil = keeping(owner);
        })(),
    ],
  ])("is found in %s", async (_name, argumentOf) => {
    const owner = new ExecutionContext();
    await flushHandler((_context: object) => 1)(argumentOf(owner));
    expect(owner.count).toBe(1);
  });

  test("is never read from a stub, because each of its properties calls the receiver", async () => {
    const read: PropertyKey[] = [];
    const get = (_target: unknown, key: PropertyKey): unknown => {
      read.push(key);
      return key === "then" ? undefined : new Proxy(() => {}, { get });
    };
    const stub = new Proxy({}, { get, has: () => true });
    const handler = flushHandler(async (_stub: object, text: string) => text);
    expect(await handler(stub, "a room")).toBe("a room");
    expect(read).toEqual([]);
  });

  test("is the option if there is one, also as a function", async () => {
    const [own, other] = [new ExecutionContext(), new ExecutionContext()];
    const handler = flushHandler((_context: ExecutionContext) => 1, {
      waitUntil: (task) => own.waitUntil(task),
    });
    await handler(other);
    expect([own.count, other.count]).toEqual([1, 0]);
  });
});

test("flushes the span of a trigger with its run, and the provider behind the API's proxy", async () => {
  const tracer = trace.getTracer("application");
  await flushAfter(() =>
    tracer.startActiveSpan("process booking-queue", async (span) => {
      await new Agent(v7).loop();
      span.end();
    }),
  );
  expectReceived({ name: "process booking-queue", children: [loopTree] });
});

test("flushes the API's proxy if the program passes it", async () => {
  await flushAfter(() => new Agent(v7).loop(), { provider: trace.getTracerProvider() });
  expectReceived(loopTree);
});

test("refuses unknown and unusable options, before the work", () => {
  const work = vi.fn();
  const refused: ReadonlyArray<readonly [options: unknown, message: string]> = [
    [null, "flushAfter: options must be an object"],
    [
      { deadline: 1 },
      'flushAfter: option "deadline" is unknown; known options: waitUntil, provider, timeoutMs',
    ],
    [{ waitUntil: 1 }, 'flushAfter: option "waitUntil" must be a function or have one'],
    [{ provider: {} }, 'flushAfter: option "provider" must have a forceFlush method'],
    [{ timeoutMs: 0 }, 'flushAfter: option "timeoutMs" must be a number from 1 to 2147483647'],
    [{ timeoutMs: Number.NaN }, 'flushAfter: option "timeoutMs" must be a number from 1 to 2147483647'],
  ];
  for (const [options, message] of refused) {
    expect(() => flushAfter(work, options as FlushOptions)).toThrow(new TypeError(message));
  }
  expect(() => flushAfter(Promise.resolve() as never)).toThrow(
    new TypeError("flushAfter: work must be a function"),
  );
  expect(() => flushHandler(1 as never)).toThrow(new TypeError("flushHandler: handler must be a function"));
  expect(work).not.toHaveBeenCalled();
});
