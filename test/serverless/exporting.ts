/**
 * Registers an SDK as a serverless function has one: a batch processor that sends OTLP as JSON over HTTP to our
 * receiver.
 */
import { context, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { createServerlessSpanProcessor } from "ai-spans/serverless";
import { enabledContextManager } from "../support/context-manager.ts";
import { receiveReports, textOf } from "../support/diag-logger.ts";

export interface Exporting {
  /** The warnings and errors that were reported to `diag`. */
  readonly diagnostics: string[];
}

export interface ExportingOptions {
  /** Whether a context manager is registered. The default is true. */
  readonly contextManager?: boolean;
  /** Uses the SDK's batch processor with its defaults, instead of ours. */
  readonly plainProcessor?: boolean;
}

export function registerExporting(
  url: string,
  { contextManager = true, plainProcessor = false }: ExportingOptions = {},
): Exporting {
  const diagnostics: string[] = [];
  receiveReports((...words) => void diagnostics.push(textOf(words)));
  context.disable();
  trace.disable();
  if (contextManager) context.setGlobalContextManager(enabledContextManager());
  const exporter = new OTLPTraceExporter({ url });
  const processor = plainProcessor
    ? new BatchSpanProcessor(exporter)
    : createServerlessSpanProcessor(exporter, BatchSpanProcessor);
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
  return { diagnostics };
}
