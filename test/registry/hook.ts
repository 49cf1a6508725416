/**
 * Set up before every test file: each tracer provider and each meter provider that is built in it checks its spans and
 * metrics against the conventions, and a test fails for what they found.
 */
import { afterAll, afterEach, expect, vi } from "vitest";
import { CheckingProcessor, CheckingReader, takeFindings } from "./checked-telemetry.ts";
import { additions } from "./provider-additions.ts";

vi.mock(import("@opentelemetry/sdk-trace-base"), async (importOriginal) => {
  const original = await importOriginal();
  const { additions: added } = await import("./provider-additions.ts");
  const { BasicTracerProvider } = original;
  return {
    ...original,
    BasicTracerProvider: class extends BasicTracerProvider {
      constructor({ spanProcessors = [], ...config }: ConstructorParameters<typeof BasicTracerProvider>[0] = {}) {
        super({ ...config, spanProcessors: [...added.spanProcessors(), ...spanProcessors] });
      }
    },
  };
});

vi.mock(import("@opentelemetry/sdk-metrics"), async (importOriginal) => {
  const original = await importOriginal();
  const { additions: added } = await import("./provider-additions.ts");
  const { MeterProvider } = original;
  return {
    ...original,
    MeterProvider: class extends MeterProvider {
      constructor({ readers = [], ...options }: ConstructorParameters<typeof MeterProvider>[0] = {}) {
        super({ ...options, readers: [...added.readers(), ...readers] });
      }
    },
  };
});

additions.spanProcessors = () => [new CheckingProcessor()];
additions.readers = () => [new CheckingReader()];

async function expectNoFindings(): Promise<void> {
  expect(await takeFindings(), "against the conventions (docs/conformance.md)").toEqual([]);
}

afterEach(expectNoFindings);
// What ended after the last test.
afterAll(expectNoFindings);
