/**
 * One program for every runtime: a loop over a tool and a streamed answer, with the OpenTelemetry SDK and without a
 * context manager. It returns the spans as OTLP JSON.
 */
import { trace } from "@opentelemetry/api";
import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import * as ai from "ai";
import { Agent } from "../serverless/agent.ts";
import { bundledMajor } from "./bundled-majors.ts";

Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });

export async function smoke(): Promise<string> {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
  const agent = new Agent(bundledMajor("v7", ai));
  const texts = [await agent.loop(), await agent.stream().text()];
  if (texts.join() !== "two rooms,a room in Paris") throw new Error(`the application got ${texts.join()}`);
  return new TextDecoder().decode(JsonTraceSerializer.serializeRequest(exporter.getFinishedSpans()));
}
