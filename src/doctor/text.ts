/** Writes a report as plain text. */
import { counted } from "./check.ts";
import type { Report } from "./report.ts";

export function reportText({ moment, findings, checks, sdks, wrappedCalls, spans }: Report): string {
  const when = moment === "exit" ? "at exit" : "while the program runs";
  // `NODE_OPTIONS` loads the doctor also into processes such as npm, which use no AI SDK.
  if (sdks?.length === 0 && wrappedCalls === 0 && spans.started === 0)
    return `ai-spans doctor, ${when}: this process has not loaded the AI SDK and has not used ai-spans\n`;
  const lines = [
    `ai-spans doctor, ${when}: ${counted(findings.length, "finding")} of ${counted(checks.length, "check")}`,
    `AI SDK ${sdks?.join(", ") ?? "of unknown version"}; ${counted(wrappedCalls, "call")} of the wrapped SDK; spans: ` +
      `${spans.started} started, ${spans.sampledOut} sampled out, ${spans.ended} ended, ${spans.exported} exported, ` +
      `${spans.failed} failed, ${spans.waiting} waiting`,
  ];
  lines.push("");
  for (const { id, lookedAt, state, reason } of checks) {
    if (state !== "found") lines.push(`${state.padEnd(9)} ${id}: ${reason ?? lookedAt}`);
  }
  // The findings come last, because a terminal shows the end of the output above the prompt.
  for (const { id, lookedAt, found, toDo } of findings) {
    lines.push("", `found     ${id}`, `looked at ${lookedAt}`, `          ${found}`, `to do     ${toDo}`);
  }
  return `${lines.join("\n")}\n`;
}
