/**
 * Reads and checks the environment variables of the register entry, which docs/reference/register.md lists. The
 * OpenTelemetry SDK reads the variables that begin with `OTEL_`. Of those, this file reads only whether an endpoint is
 * set.
 */
import { readVariable } from "../foundation/environment-variable.ts";
import { LONGEST_TIMER_MS } from "../foundation/timers.ts";
import { resolveOptions, type TracingOptions } from "../options.ts";
import { emitWarning } from "./warnings.ts";

export interface Environment {
  readonly options: TracingOptions;
  /** How many milliseconds the process waits for the exporters before it ends. */
  readonly exitTimeoutMs: number;
}

const EXIT_TIMEOUT = "AI_SPANS_EXIT_TIMEOUT_MS";
const DEFAULT_EXIT_TIMEOUT_MS = 5_000;

/** Per option: its variable, its name, and the function that parses the variable's text. */
const VARIABLES = [
  ["AI_SPANS_NAMESPACE", "namespace", String],
  ["AI_SPANS_IDLE_DEADLINE_MS", "idleDeadlineMs", Number],
  ["AI_SPANS_RUN_USAGE", "runUsage", (text: string) => ({ true: true, false: false })[text] ?? text],
  ["AI_SPANS_SEMCONV", "semconv", String],
] as const;

/** Reads the variables. An invalid value is reported once and replaced by the default. */
export function readEnvironment(): Environment {
  const options: TracingOptions = {};
  for (const [variable, option, parse] of VARIABLES) {
    const text = readVariable(variable);
    if (text === undefined) continue;
    try {
      const candidate = { [option]: parse(text) };
      resolveOptions("ai-spans/register", candidate);
      Object.assign(options, candidate);
    } catch (error) {
      // `resolveOptions` writes the option's rule into its message, and never the invalid value.
      emitWarning(
        `${variable} is ignored: ${error instanceof TypeError ? error.message : "it cannot be read"}`,
      );
    }
  }
  return { options, exitTimeoutMs: readExitTimeout() };
}

/** Whether a standard variable of OpenTelemetry names the endpoint that spans are sent to. */
export function hasEndpoint(): boolean {
  return ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"].some(
    (name) => readVariable(name) !== undefined,
  );
}

function readExitTimeout(): number {
  const text = readVariable(EXIT_TIMEOUT);
  if (text === undefined) return DEFAULT_EXIT_TIMEOUT_MS;
  const timeoutMs = Number(text);
  if (timeoutMs >= 1 && timeoutMs <= LONGEST_TIMER_MS) return timeoutMs;
  emitWarning(`${EXIT_TIMEOUT} is ignored: it must be a number from 1 to ${LONGEST_TIMER_MS}`);
  return DEFAULT_EXIT_TIMEOUT_MS;
}
