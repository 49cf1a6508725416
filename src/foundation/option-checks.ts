/**
 * Checks of options that all entries share, so that all of them throw the same messages. Each message names the
 * called function and the option.
 */
import { finiteNumber, isRecord } from "./structure.ts";
import { LONGEST_TIMER_MS } from "./timers.ts";

/**
 * @throws TypeError when `options` is no object, or has a name that is not in `known`. The message suggests the most
 *   similar known name.
 */
export function checkOptionNames(caller: string, options: unknown, known: readonly string[]): void {
  if (!isRecord(options)) throw new TypeError(`${caller}: options must be an object`);
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    const question = nearest ? ` (did you mean "${nearest}"?)` : "";
    refuseOption(caller, name, `is unknown${question}; known options: ${known.join(", ")}`);
  }
}

/** @throws TypeError when `value` is no number of milliseconds that a timer can hold: 1 to 2,147,483,647 */
export function checkDelay(caller: string, name: string, value: unknown): void {
  const delayMs = Number(finiteNumber(value));
  if (!(delayMs >= 1 && delayMs <= LONGEST_TIMER_MS))
    refuseOption(caller, name, `must be a number from 1 to ${LONGEST_TIMER_MS}`);
}

/** @throws TypeError always */
export function refuseOption(caller: string, name: string, rule: string): never {
  throw new TypeError(`${caller}: option "${name}" ${rule}`);
}

/**
 * The most similar known name. A name is similar if one of the two contains the other, or if at most a third of its
 * letters differ.
 */
function nearestName(name: string, known: readonly string[]): string | undefined {
  const input = name.slice(0, 64).toLowerCase();
  const near = known.map((candidate) => {
    const other = candidate.toLowerCase();
    const contains = input !== "" && (other.includes(input) || input.includes(other));
    return { candidate, distance: contains ? 0 : editDistance(input, other) };
  });
  const [best] = near.toSorted((left, right) => left.distance - right.distance);
  return best && best.distance <= best.candidate.length / 3 ? best.candidate : undefined;
}

/** The number of letters to add, remove or replace in `from` to get `to` (Levenshtein distance). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let index = 0; index < from.length; index++) {
    const next = [index + 1];
    for (let column = 0; column < to.length; column++) {
      const replaced = (row[column] ?? 0) + (from[index] === to[column] ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
