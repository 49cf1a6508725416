/**
 * The viewer holds as much of a long text as it shows, and not the whole text.
 *
 * Holds: view-private.
 */
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { createViewer } from "ai-spans/view";
import { expect, test } from "vitest";
import { settledHeapBytes } from "../support/collection.ts";

const SPANS = 100;
/** Of one byte each in V8. */
const LENGTH = 1_000_000;

test("100 texts of a million characters leave less than a tenth of their size", async () => {
  const viewer = createViewer();
  const tracer = new BasicTracerProvider({ spanProcessors: [viewer.spanProcessor] }).getTracer("neighbor");
  const before = await settledHeapBytes();
  for (let count = 0; count < SPANS; count += 1) {
    const span = tracer.startSpan(`neighbor ${count}`);
    span.setAttribute("prompt", `${count} `.repeat(LENGTH / 4));
    span.end();
  }
  expect((await settledHeapBytes()) - before).toBeLessThan((SPANS * LENGTH) / 10);
  await viewer.close();
});
