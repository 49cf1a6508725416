/**
 * What spans lack where a fault is injected: the checks of every span excuse it.
 */
import { excuseFindings } from "../registry/excused.ts";

/** A failed span that cannot be given one of the status and `error.type` has the other alone. */
export function excuseFault(place: string): void {
  excuseFindings(place.startsWith("span.set") ? [{ rule: "error.type" }] : []);
}

/** What cannot be read is required, belongs to the start of a span or to its name. */
export function excuseUnreadFacts(): void {
  excuseFindings([{ rule: "error.type" }, { rule: "required" }, { rule: "start" }, { rule: "name" }]);
}
