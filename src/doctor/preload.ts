/**
 * Prints reports of the doctor, at exit and on a signal, for `node --import ai-spans/doctor app.js`. It prints only if
 * the options of this process name the entry, or the environment asks for reports. If a program only imports the entry,
 * nothing is printed.
 */
import { contained } from "../foundation/containment.ts";
import { readVariable } from "../foundation/environment-variable.ts";
import { isFunction, isString, readProperty } from "../foundation/structure.ts";
import { reportOn } from "./examination.ts";
import type { Observation } from "./observation.ts";
import type { Report } from "./report.ts";
import { reportText } from "./text.ts";

/** Its value: `text`, `json` or `off`. */
const FORMAT_VARIABLE = "AI_SPANS_DOCTOR";
/** Its value: the name of a signal, or `off`. */
const SIGNAL_VARIABLE = "AI_SPANS_DOCTOR_SIGNAL";
const FORMATS = ["text", "json", "off"] as const;
/** Not SIGUSR1, with which Node starts its debugger. */
const DEFAULT_SIGNAL = "SIGUSR2";
/** Matches `--import ai-spans/doctor`, `-r=ai-spans/doctor`, and paths to the built file. */
const PRELOAD =
  /(?:^|\s)(?:--import|--require|-r)[=\s]+["']?\S*\bai-spans\/(?:dist\/)?doctor(?:\.c?js)?["']?(?:\s|$)/;

/** Starts the reports if Node's options name the doctor, or the environment asks for them. */
export function startReports(observation: Observation): void {
  if (observation.isReporting) return;
  observation.isReporting = true;
  const process: unknown = readProperty(globalThis, "process");
  const isPreloaded = PRELOAD.test(optionsOf(process));
  const format = chosenFormat(process, isPreloaded);
  if (format === "off") return;
  if (isPreloaded) observation.startBeforeProgram();
  const print = (report: Report): void => {
    write(process, format === "json" ? `${JSON.stringify(report)}\n` : reportText(report));
  };
  on(process, "exit", () => print(reportOn(observation.read("exit"))));
  const signal = readVariable(SIGNAL_VARIABLE) ?? DEFAULT_SIGNAL;
  if (signal === "off") return;
  if (!/^SIG[A-Z0-9]+$/.test(signal)) {
    write(process, `ai-spans doctor: ${SIGNAL_VARIABLE} must be the name of a signal, or off\n`);
    return;
  }
  on(process, signal, () => {
    void observation
      .probeContext()
      .then(contained("doctor: report", () => print(reportOn(observation.read("running")))));
  });
}

/** The options of the command line, and those in `NODE_OPTIONS`. */
function optionsOf(process: unknown): string {
  const options = readProperty(process, "execArgv");
  return [...(Array.isArray(options) ? options : []), readVariable("NODE_OPTIONS") ?? ""].join(" ");
}

function chosenFormat(process: unknown, isPreloaded: boolean): (typeof FORMATS)[number] {
  const chosen = readVariable(FORMAT_VARIABLE);
  const format = FORMATS.find((known) => known === chosen);
  if (chosen !== undefined && !format)
    write(process, `ai-spans doctor: ${FORMAT_VARIABLE} must be one of ${FORMATS.join(", ")}\n`);
  return format ?? (isPreloaded ? "text" : "off");
}

function on(process: unknown, event: string, listener: () => void): void {
  const add = readProperty(process, "on");
  if (isFunction(add))
    contained("doctor: listener", () => add.call(process, event, contained("doctor: report", listener)))();
}

/** Writes to standard error, because standard output belongs to the program. */
function write(process: unknown, text: string): void {
  const stream = readProperty(process, "stderr");
  const writeText = readProperty(stream, "write");
  if (isFunction(writeText) && isString(text)) writeText.call(stream, text);
}
