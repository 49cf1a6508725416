/**
 * What the application has registered with OpenTelemetry while a program runs: nothing, telemetry that drops or records
 * its spans, or telemetry that throws.
 */
import { context, diag, DiagLogLevel, trace } from "@opentelemetry/api";
import { AlwaysOffSampler, BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import type { Pace } from "./stage.ts";
import { FAULTS, installFault } from "../support/faulty-telemetry.ts";
import { enabledContextManager } from "../support/context-manager.ts";

export interface Mode {
  /** Starts with `with` or `without`. */
  readonly title: string;
  readonly install: () => void;
}

function uninstall(): void {
  trace.disable();
  context.disable();
  diag.disable();
}

/**
 * Modes without faults, with the paces of their programs. Where no span is recorded, ai-spans adds no microtask, so one
 * pace is enough.
 */
export const MODES: readonly (Mode & { readonly paces: readonly Pace[] })[] = [
  { title: "with no provider", paces: ["at once"], install: uninstall },
  {
    title: "with every span dropped",
    paces: ["in turns"],
    install: () => {
      uninstall();
      context.setGlobalContextManager(enabledContextManager());
      trace.setGlobalTracerProvider(new BasicTracerProvider({ sampler: new AlwaysOffSampler() }));
    },
  },
  {
    title: "with every span recorded",
    paces: ["at once", "in turns"],
    install: () => void installFault({ place: "none" }),
  },
  {
    title: "with every span recorded and no context manager",
    paces: ["in turns"],
    install: () => {
      installFault({ place: "none" });
      context.disable();
    },
  },
];

export const FAULTY_MODES: readonly Mode[] = [
  ...FAULTS.map((fault): Mode => ({
    title: `with telemetry whose ${fault.place} throws`,
    install: () => void installFault(fault),
  })),
  {
    title: "with telemetry whose spans throw, and a logger that throws on the report",
    install: () => {
      installFault({ place: "span.end" });
      const fail = (): never => {
        throw new Error("the logger is broken");
      };
      const logger = { error: fail, warn: fail, info: fail, debug: fail, verbose: fail };
      diag.disable();
      diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
    },
  },
];
