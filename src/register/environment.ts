/**
 * The environment variables of the register entry, checked. docs/reference/register.md lists them. Variables that begin
 * with `OTEL_` are the OpenTelemetry SDK's; this file reads only whether an endpoint is set.
 */
import { readVariable } from "../foundation/environment-variable.ts";
import { LONGEST_TIMER_MS } from "../foundation/timers.ts";
import { resolveOptions, type TracingOptions } from "../options.ts";
import { notice } from "./notice.ts";

export interface Environment {
  readonly options: TracingOptions;
  /** Milliseconds that the end of the process waits for the exporters. */
  readonly exitTimeoutMs: number;
}

const EXIT_TIMEOUT = "AI_SPANS_EXIT_TIMEOUT_MS";
const DEFAULT_EXIT_TIMEOUT_MS = 5_000;

/** The variable of each option, and how its text becomes the option's value. */
const VARIABLES = [
  ["AI_SPANS_NAMESPACE", "namespace", String],
  ["AI_SPANS_IDLE_DEADLINE_MS", "idleDeadlineMs", Number],
  ["AI_SPANS_RUN_USAGE", "runUsage", (text: string) => ({ true: true, false: false })[text] ?? text],
  ["AI_SPANS_SEMCONV", "semconv", String],
] as const;

/** Reads the variables. An invalid value is reported once, and its default holds. */
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
      // The message of `resolveOptions` states the rule of the option, and no value.
      notice(`${variable} is ignored: ${error instanceof TypeError ? error.message : "it cannot be read"}`);
    }
  }
  return { options, exitTimeoutMs: readExitTimeout() };
}

/** Whether a variable of OpenTelemetry names the endpoint of spans. */
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
  notice(`${EXIT_TIMEOUT} is ignored: it must be a number from 1 to ${LONGEST_TIMER_MS}`);
  return DEFAULT_EXIT_TIMEOUT_MS;
}
