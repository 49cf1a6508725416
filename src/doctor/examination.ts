/** Runs all checks on the facts of one moment. */
import { contain } from "../foundation/containment.ts";
import type { Answer, Check } from "./check.ts";
import { checks } from "./checks.ts";
import type { Facts } from "./facts.ts";
import type { CheckResult, Finding, Report } from "./report.ts";

export function reportOn(facts: Facts): Report {
  const findings: Finding[] = [];
  const results = checks.map((check): CheckResult => {
    const { id, lookedAt, toDo } = check;
    const answer = answerOf(check, facts);
    if (!answer) return { id, lookedAt, state: "ok" };
    if ("unknown" in answer) return { id, lookedAt, state: "unknown", reason: answer.unknown };
    findings.push({ id, lookedAt, found: answer.found, toDo, details: answer.details ?? {} });
    return { id, lookedAt, state: "found" };
  });
  const { wrappedCalls, counts } = facts.ledger;
  const sdks = facts.sdks?.map(({ version = "in a bundle" }) => version);
  return { moment: facts.moment, findings, checks: results, sdks, wrappedCalls, spans: counts };
}

function answerOf(check: Check, facts: Facts): Answer {
  const examined = contain("doctor: check", () => ({ answer: check.examine(facts) }));
  return examined ? examined.answer : { unknown: "the check itself has failed" };
}
