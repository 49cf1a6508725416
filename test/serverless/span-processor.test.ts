/**
 * The batch processor for functions that freeze. It sends small batches after a short delay, and a flush waits for all
 * exports.
 */
import { countTimers, passMs } from "../support/fake-clock.ts";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from "@opentelemetry/sdk-trace-base";
import { createServerlessSpanProcessor, type ServerlessSpanProcessorOptions } from "ai-spans/serverless";
import { afterEach, describe, expect, test, vi } from "vitest";
import { settle } from "../support/gate.ts";

type Done = Parameters<SpanExporter["export"]>[1];

/** An exporter that completes no batch until the test says so. */
class SlowExporter implements SpanExporter {
  readonly batches: number[] = [];
  readonly pending: Done[] = [];
  isShutDown = false;

  export(spans: ReadableSpan[], done: Done): void {
    this.batches.push(spans.length);
    this.pending.push(done);
  }

  arrive(error?: Error): void {
    for (const done of this.pending.splice(0)) done(error ? { code: 1, error } : { code: 0 });
  }

  async shutdown(): Promise<void> {
    this.isShutDown = true;
  }
}

function setUp(options?: ServerlessSpanProcessorOptions) {
  const exporter = new SlowExporter();
  const processor = createServerlessSpanProcessor(exporter, BatchSpanProcessor, options);
  const tracer = new BasicTracerProvider({ spanProcessors: [processor] }).getTracer("application");
  const end = (count: number): void => {
    for (let index = 0; index < count; index++) tracer.startSpan("work", {}, ROOT_CONTEXT).end();
  };
  return { exporter, processor, end };
}

test("sends batches of 32, and the rest after 100 milliseconds", async () => {
  const { exporter, processor, end } = setUp();
  end(40);
  expect(exporter.batches).toEqual([32]);
  exporter.arrive();
  await passMs(99);
  expect(exporter.batches).toEqual([32]);
  await passMs(1);
  expect(exporter.batches).toEqual([32, 8]);
  expect(processor).toBeInstanceOf(BatchSpanProcessor);
});

test("waits at a flush for exports that have begun", async () => {
  const { exporter, processor, end } = setUp();
  end(1);
  await passMs(100);
  let isFlushed = false;
  const flushed = processor.forceFlush().then(() => (isFlushed = true));
  await settle(() => isFlushed, 20);
  expect(isFlushed).toBe(false);
  exporter.arrive();
  await flushed;
});

describe("an export that never answers", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test.each<[string, string | undefined, ServerlessSpanProcessorOptions | undefined, number]>([
    ["by default for 30 seconds", undefined, undefined, 30_000],
    ["as long as the environment says", "700", undefined, 700],
    ["for 30 seconds where the environment says nothing of use", "soon", undefined, 30_000],
    ["as long as the option says", "700", { exportTimeoutMillis: 500 }, 500],
  ])("is waited for %s, and later exports go on", async (_name, variable, options, timeoutMs) => {
    vi.stubEnv("OTEL_BSP_EXPORT_TIMEOUT", variable);
    const { exporter, processor, end } = setUp(options);
    end(1);
    // The processor's timer has started this export, so the SDK's flush does not wait for it.
    await passMs(100);
    expect(exporter.batches).toEqual([1]);
    exporter.pending.length = 0;
    let flushes = 0;
    void processor.forceFlush().then(() => (flushes += 1));
    await passMs(timeoutMs - 1);
    expect(flushes).toBe(0);
    await passMs(1);
    expect(flushes).toBe(1);
    end(1);
    const again = processor.forceFlush();
    exporter.arrive();
    await again;
    expect(exporter.batches).toEqual([1, 1]);
    expect(countTimers()).toBe(0);
  });

  test("rejects the flush that has started it, as the SDK does", async () => {
    const { exporter, processor, end } = setUp({ exportTimeoutMillis: 500 });
    end(1);
    const flushed = expect(processor.forceFlush()).rejects.toThrow("Timeout");
    exporter.pending.length = 0;
    await passMs(500);
    await flushed;
    end(1);
    const again = processor.forceFlush();
    exporter.arrive();
    await again;
  });
});

test("rejects a flush whose export fails, as the SDK does, and goes on", async () => {
  const { exporter, processor, end } = setUp();
  end(1);
  const problem = new Error("refused");
  const flushed = processor.forceFlush();
  exporter.arrive(problem);
  await expect(flushed).rejects.toBe(problem);
  end(1);
  const again = processor.forceFlush();
  exporter.arrive();
  await again;
  expect(exporter.batches).toEqual([1, 1]);
});

test("shuts the exporter down", async () => {
  const { exporter, processor } = setUp();
  await processor.shutdown();
  expect(exporter.isShutDown).toBe(true);
});

test("refuses a value that is no exporter or no class", () => {
  expect(() => createServerlessSpanProcessor({}, BatchSpanProcessor)).toThrow(
    new TypeError("createServerlessSpanProcessor: exporter must have an export method"),
  );
  expect(() => createServerlessSpanProcessor(new SlowExporter(), {} as never)).toThrow(
    new TypeError("createServerlessSpanProcessor: BatchSpanProcessor must be the class of your SDK"),
  );
});

test.each<[string, unknown]>([
  ["options must be an object", 7],
  [
    'option "timeout" is unknown (did you mean "exportTimeoutMillis"?); known options: exportTimeoutMillis',
    { timeout: 1 },
  ],
  ['option "exportTimeoutMillis" must be a number from 1 to 2147483647', { exportTimeoutMillis: 0 }],
  ['option "exportTimeoutMillis" must be a number from 1 to 2147483647', { exportTimeoutMillis: "1" }],
])("refuses bad options: %s", (message, options) => {
  expect(() =>
    createServerlessSpanProcessor(new SlowExporter(), BatchSpanProcessor, options as never),
  ).toThrow(new TypeError(`createServerlessSpanProcessor: ${message}`));
});

test("uses the class of the installed SDK if the caller passes none", async () => {
  const exporter = new SlowExporter();
  const processor = createServerlessSpanProcessor(exporter, undefined, { exportTimeoutMillis: 500 });
  const tracer = new BasicTracerProvider({ spanProcessors: [processor] }).getTracer("application");
  for (let index = 0; index < 40; index++) tracer.startSpan("work", {}, ROOT_CONTEXT).end();
  expect(exporter.batches).toEqual([32]);
  exporter.arrive();
  await passMs(100);
  expect(exporter.batches).toEqual([32, 8]);
});
