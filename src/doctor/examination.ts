/** Runs all checks on the facts of one moment. */
import { contain } from "../foundation/containment.ts";
import type { Check, CheckOutcome } from "./check.ts";
import { checks } from "./checks.ts";
import type { ProcessFacts } from "./facts.ts";
import type { CheckResult, Finding, Report } from "./report.ts";

export function reportOn(facts: ProcessFacts): Report {
  const findings: Finding[] = [];
  const results = checks.map((check): CheckResult => {
    const { id, lookedAt, toDo } = check;
    const outcome = outcomeOf(check, facts);
    if (!outcome) return { id, lookedAt, state: "ok" };
    if ("unknown" in outcome) return { id, lookedAt, state: "unknown", reason: outcome.unknown };
    findings.push({ id, lookedAt, found: outcome.found, toDo, details: outcome.details ?? {} });
    return { id, lookedAt, state: "found" };
  });
  const { wrappedCalls, counts } = facts.ledger;
  const sdks = facts.sdks?.map(({ version = "in a bundle" }) => version);
  return { moment: facts.moment, findings, checks: results, sdks, wrappedCalls, spans: counts };
}

function outcomeOf(check: Check, facts: ProcessFacts): CheckOutcome {
  const examined = contain("doctor: check", () => ({ outcome: check.examine(facts) }));
  return examined ? examined.outcome : { unknown: "the check itself has failed" };
}
