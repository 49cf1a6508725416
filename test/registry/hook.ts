/**
 * Runs before every test file. Each tracer provider and meter provider that the file builds checks its telemetry
 * against the conventions, and the test fails for each finding.
 */
import { afterAll, afterEach, expect, vi } from "vitest";
import { takeFindings } from "./checked-telemetry.ts";

vi.mock(import("@opentelemetry/sdk-trace-base"), async (importOriginal) => {
  const original = await importOriginal();
  const { CheckingProcessor } = await import("./checked-telemetry.ts");
  const { BasicTracerProvider } = original;
  return {
    ...original,
    BasicTracerProvider: class extends BasicTracerProvider {
      constructor({
        spanProcessors = [],
        ...config
      }: ConstructorParameters<typeof BasicTracerProvider>[0] = {}) {
        super({ ...config, spanProcessors: [new CheckingProcessor(), ...spanProcessors] });
      }
    },
  };
});

vi.mock(import("@opentelemetry/sdk-metrics"), async (importOriginal) => {
  const original = await importOriginal();
  const { checkingReader } = await import("./checking-reader.ts");
  const { MeterProvider, MetricReader } = original;
  const newReader = checkingReader(MetricReader);
  return {
    ...original,
    MeterProvider: class extends MeterProvider {
      constructor({ readers = [], ...options }: ConstructorParameters<typeof MeterProvider>[0] = {}) {
        super({ ...options, readers: [newReader(), ...readers] });
      }
    },
  };
});

async function expectNoFindings(): Promise<void> {
  expect(await takeFindings(), "against the conventions (docs/why/conformance.md)").toEqual([]);
}

afterEach(expectNoFindings);
// Takes findings of spans that ended after the last test.
afterAll(expectNoFindings);
