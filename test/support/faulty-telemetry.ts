/**
 * Real telemetry that throws in one place, at each of its calls.
 */
import type { ContextManager } from "@opentelemetry/api";
import { arm, EVERY_CALL, retireLayers } from "../faults/fault-point.ts";
import { faulty } from "../faults/faulty-layer.ts";
import { installFaultyTelemetry } from "../faults/faulty-opentelemetry.ts";
import { excuseFindings } from "../registry/excused.ts";
import { enabledContextManager } from "./context-manager.ts";

const SPAN_METHODS = [
  "spanContext",
  "isRecording",
  "setAttribute",
  "setAttributes",
  "addEvent",
  "addLink",
  "addLinks",
  "setStatus",
  "updateName",
  "recordException",
  "end",
];
const CONTEXT_METHODS = ["active", "with", "bind"];

export interface Fault {
  /** For example `span.end`, or `none`. */
  readonly place: string;
  /** ai-spans must report this fault, because then it can record nothing. */
  readonly reported?: boolean;
}

export const FAULTS: readonly Fault[] = [
  { place: "provider.getTracer", reported: true },
  { place: "tracer.startSpan", reported: true },
  { place: "processor.onStart", reported: true },
  { place: "processor.onEnd", reported: true },
  { place: "sampler.shouldSample", reported: true },
  { place: "exporter.export" },
  ...SPAN_METHODS.map((method): Fault => ({ place: `span.${method}` })),
  ...CONTEXT_METHODS.map((method): Fault => ({ place: `context manager.${method}` })),
];

/**
 * Registers global telemetry with the fault instead of the earlier one. Returns our reports.
 */
export function installFault({ place }: Fault): { readonly diagnostics: readonly string[] } {
  // If one of the two methods throws, a failed span has only its status or only its `error.type`.
  excuseFindings(/^span\.set(Attribute|Status)$/.test(place) ? [{ rule: "error.type" }] : []);
  retireLayers();
  arm({ place, calls: EVERY_CALL });
  const contextManager: ContextManager = faulty("context manager", enabledContextManager());
  return installFaultyTelemetry({ isMetered: false, contextManager });
}
