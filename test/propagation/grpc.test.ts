/**
 * Agents behind gRPC, in their own processes. Each run is below the span of its request.
 */
import { promisify } from "node:util";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { injectContext } from "ai-spans/propagation";
import { expect, test, vi } from "vitest";
import { setupTelemetry } from "../support/telemetry.ts";
import { named, startPeer } from "./peer.ts";
import { hotelService } from "./services/grpc-method.ts";

/** Ends only a test that hangs for ever. A service takes long to start. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const telemetry = setupTelemetry();

async function book(port: number, metadata: Metadata): Promise<object | undefined> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = hotelService.book;
  const call = promisify<object | undefined>((done) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, metadata, done);
  });
  try {
    return await call();
  } finally {
    client.close();
  }
}

test.each([
  ["that reads its metadata", "grpc", undefined],
  ["that is instrumented, without code", "grpc-instrumented", "@opentelemetry/instrumentation-grpc"],
])("an agent behind a method %s is in the caller's trace", async (_name, service, scope) => {
  const peer = await startPeer(service);
  try {
    const asking = await telemetry.tracer.startActiveSpan("ask", async (span) => {
      expect(await book(peer.port, injectContext(new Metadata()))).toEqual({ text: "booked" });
      span.end();
      return span.spanContext();
    });
    const spans = await peer.spans();
    const agent = named(spans, "invoke_agent hotel");
    expect(agent.traceId).toBe(asking.traceId);
    const parent = spans.find(({ spanId }) => spanId === agent.parentSpanId);
    expect(parent?.instrumentationScope.name).toBe(scope);
    expect((parent ?? agent).parentSpanId).toBe(asking.spanId);
  } finally {
    await peer.stop();
  }
});
