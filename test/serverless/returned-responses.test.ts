/**
 * `flushAfter` and `flushHandler` return values unchanged: responses without open spans, handlers with a platform's
 * properties, and failures of the platform and the program.
 *
 * Holds: untouched-responses.
 */
import { context, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { flushAfter, flushHandler, type WaitUntil } from "ai-spans/serverless";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { createGate, settle } from "../support/gate.ts";
import { v7 } from "../support/majors.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { Agent } from "./agent.ts";
import { ExecutionContext } from "./execution-context.ts";

let telemetry: Telemetry;

beforeEach(() => {
  telemetry = setupTelemetry();
});

/** A provider that notes, at each flush, how many spans have ended. */
function createProvider(): { forceFlush(): Promise<void>; readonly flushes: number[] } {
  const flushes: number[] = [];
  return { flushes, forceFlush: async () => void flushes.push(telemetry.finished.length) };
}

class AppResponse extends Response {
  readonly #session = "cookie";

  get cookies(): string {
    return this.#session;
  }

  override async json(): Promise<unknown> {
    return [this.#session, await super.text()];
  }
}

/** Creates a response in a handler while a run is open. The run ends when `end` is called. */
async function duringRun<R>(
  create: () => R,
  waitUntil?: WaitUntil,
): Promise<{ result: R; end(): Promise<void> }> {
  const gate = createGate();
  let running: Promise<string> | undefined;
  const result = await flushAfter(
    async () => {
      running = new Agent(v7).loop(() => gate.pass());
      await gate.reached;
      return create();
    },
    { provider: createProvider(), waitUntil },
  );
  const end = async (): Promise<void> => {
    gate.open();
    await running;
  };
  return { result: result as R, end };
}

describe("a response", () => {
  test("is the same object if no span is open, and is returned after the flush without `waitUntil`", async () => {
    for (const waitUntil of [undefined, new ExecutionContext()]) {
      const provider = createProvider();
      for (const response of [
        new Response("static"),
        new Response(null, { status: 204 }),
        new AppResponse("a"),
      ]) {
        const before = Object.getOwnPropertyDescriptors(response);
        expect(await flushAfter(() => response, { provider, waitUntil })).toBe(response);
        expect(Object.getOwnPropertyDescriptors(response)).toEqual(before);
      }
      await waitUntil?.done();
      expect(provider.flushes).toHaveLength(3);
    }
  });

  test("of a subclass is the same object, and unchanged after its body was read", async () => {
    const response = Object.assign(new AppResponse("a room"), { requestId: "r-1" });
    const before = Object.getOwnPropertyDescriptors(response);
    const { result, end } = await duringRun(() => response);
    expect(result).toBe(response);
    expect([result.cookies, Object.keys(result)]).toEqual(["cookie", ["requestId"]]);
    await end();
    expect(await result.text()).toBe("a room");
    expect(Object.getOwnPropertyDescriptors(response)).toEqual(before);
    await expect(result.text()).rejects.toThrow(TypeError);
  });

  test("of a subclass is read by the members that the subclass has", async () => {
    const { result, end } = await duringRun(() => new AppResponse("a room"));
    await end();
    expect(result.body?.locked).toBe(false);
    expect(await result.json()).toEqual(["cookie", "a room"]);
    expect(result.bodyUsed).toBe(true);
  });

  test("keeps a member that the program has set meanwhile", async () => {
    const { result, end } = await duringRun(() => new AppResponse("a room"));
    const text = async (): Promise<string> => "another room";
    result.text = text;
    await end();
    await result.arrayBuffer();
    expect(result.text).toBe(text);
  });

  test("is the same object if it cannot be observed", async () => {
    const locked = new Response("a room");
    const reader = locked.body?.getReader();
    const unreadable = new Proxy(new Response("a room"), {
      getPrototypeOf: () => {
        throw new Error("no");
      },
    });
    for (const response of [Object.freeze(new AppResponse("a")), locked, unreadable, new Proxy(locked, {})]) {
      const { result, end } = await duringRun(
        () => response,
        () => {},
      );
      expect(result).toBe(response);
      await end();
    }
    expect((await reader?.read())?.done).toBe(false);
  });

  test("that cannot be observed does not wait for spans that end when it is read", async () => {
    const provider = createProvider();
    const response = await flushAfter(() => Object.freeze(new Agent(v7).stream()), { provider });
    expect(provider.flushes).toEqual([]);
    expect(await response.text()).toBe("a room in Paris");
    await settle(() => provider.flushes.length > 0);
    expect(provider.flushes).toEqual([2]);
  });

  test("ends after the flush of a run that began after the first flush", async () => {
    const provider = createProvider();
    const slow = {
      forceFlush: async (): Promise<void> => {
        await settle(() => false, 3);
        await provider.forceFlush();
      },
    };
    const gate = createGate();
    let first: Promise<string> | undefined;
    const response = await flushAfter(
      async () => {
        first = new Agent(v7).loop(() => gate.pass());
        await gate.reached;
        const second = context.bind(context.active(), async () => new Agent(v7).loop());
        const pull = async (controller: ReadableStreamDefaultController): Promise<void> => {
          controller.enqueue(new TextEncoder().encode(await second()));
          controller.close();
        };
        return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }));
      },
      { provider: slow },
    );
    gate.open();
    await first;
    await settle(() => provider.flushes.length > 0);
    expect(await response.text()).toBe("two rooms");
    expect(provider.flushes).toEqual([4, 8]);
  });
});

test("spans below a context that was extracted into the root context are waited for", async () => {
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  onTestFinished(() => propagation.disable());
  const sender = propagation.extract(ROOT_CONTEXT, {
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  });
  const provider = createProvider();
  const response = await flushAfter(() => context.with(sender, () => new Agent(v7).stream()), { provider });
  expect(await response.text()).toBe("a room in Paris");
  expect(provider.flushes).toEqual([2]);
});

describe("failures", () => {
  test("of waitUntil that come later cause no unhandled rejection", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    onTestFinished(() => void process.off("unhandledRejection", unhandled));
    const waitUntil = async (): Promise<void> => Promise.reject(new Error("no"));
    expect(await flushAfter(() => 1, { waitUntil })).toBe(1);
    await settle(() => false, 5);
    expect(unhandled).not.toHaveBeenCalled();
    expect(telemetry.diagnostics).toEqual(["ai-spans: waitUntil: Error"]);
  });

  test("of the API do not reach the work", async () => {
    const spy = vi.spyOn(trace, "getTracerProvider").mockImplementation(() => {
      throw new Error("no");
    });
    onTestFinished(() => spy.mockRestore());
    expect(await flushAfter(() => 1)).toBe(1);
  });

  test("of timers that the program replaces do not reach the work", async () => {
    const replaced = vi.fn(() => {
      throw new Error("no");
    });
    vi.stubGlobal("setTimeout", replaced);
    vi.stubGlobal("clearTimeout", replaced);
    onTestFinished(() => void vi.unstubAllGlobals());
    expect(await flushAfter(() => 1, { provider: createProvider() })).toBe(1);
    expect(replaced).not.toHaveBeenCalled();
  });
});

describe("a handler", () => {
  /** The symbols with which the runtime of AWS Lambda marks a streaming handler. */
  const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");
  const HIGH_WATER_MARK = Symbol.for("aws.lambda.runtime.handler.streaming.highWaterMark");

  function streamifyResponse<H extends object>(handler: H, highWaterMark = 1024): H {
    return Object.assign(handler, { [STREAMING]: "response", [HIGH_WATER_MARK]: highWaterMark });
  }

  function marksOf(handler: object): unknown[] {
    return [STREAMING, HIGH_WATER_MARK].map((key): unknown => Reflect.get(handler, key));
  }

  const options = { provider: { forceFlush: async (): Promise<void> => {} } };

  test("keeps its marks", async () => {
    const wrapped = flushHandler(
      streamifyResponse(async (event: string) => `handled ${event}`),
      options,
    );
    expect(marksOf(wrapped)).toEqual(["response", 1024]);
    expect(await wrapped("rooms")).toBe("handled rooms");
  });

  test("can be marked afterwards, which does not change the caller's handler", async () => {
    const handler = async (event: string): Promise<string> => `handled ${event}`;
    const before = Object.getOwnPropertyDescriptors(handler);
    const wrapped = streamifyResponse(flushHandler(handler, options));
    expect(marksOf(wrapped)).toEqual(["response", 1024]);
    expect(await wrapped("rooms")).toBe("handled rooms");
    expect(Object.getOwnPropertyDescriptors(handler)).toEqual(before);
  });

  test("has the properties of the caller's handler, and writes do not reach that", () => {
    const secret = Symbol("secret");
    async function handler(_event: string, _context: object): Promise<void> {}
    Object.defineProperties(handler, {
      config: { value: { runtime: "edge" }, enumerable: true, writable: true, configurable: true },
      [secret]: { value: 1, writable: true },
      isWarm: { get: () => true, configurable: true },
    });
    const before = Object.getOwnPropertyDescriptors(handler);
    const wrapped = flushHandler(handler, options);
    expect(Object.getOwnPropertyDescriptors(wrapped)).toEqual(before);
    expect([wrapped.name, wrapped.length]).toEqual(["handler", 2]);
    expect(Object.getPrototypeOf(wrapped)).toBe(Object.getPrototypeOf(handler));
    Object.assign(wrapped, { config: {}, [secret]: 2, added: true });
    expect(Object.getOwnPropertyDescriptors(handler)).toEqual(before);
  });

  test("works if the properties of the caller's handler cannot be read", async () => {
    const handler = new Proxy(async () => 1, {
      ownKeys: () => {
        throw new Error("no");
      },
    });
    expect(await flushHandler(handler, options)()).toBe(1);
  });
});
