/**
 * The runs of the load, by what the client and the server do with them. Server and client read the same table.
 */

/** How a client reads its answer. */
export type Reading =
  | "to-end"
  /** Reads a third of the time, and then closes the connection. */
  | "leaves"
  /** Pauses between chunks, so that the response waits for the reader. */
  | "slowly";

export interface Scenario {
  readonly name: string;
  /** Runs of this scenario in each hundred. */
  readonly share: number;
  readonly reading: Reading;
  /** The scripted answer of each step. A list has the answer of each attempt. */
  readonly script: readonly (string | readonly string[])[];
  /** Whether the server passes the request's signal to the run. */
  readonly isAbortable?: boolean;
  /** The server starts the run, answers at once, and never reads the result. */
  readonly isDropped?: boolean;
  /** The runs of an agent inside the run's tools. */
  readonly innerRuns?: number;
}

export const SCENARIOS: readonly Scenario[] = [
  { name: "read", share: 36, reading: "to-end", script: ["answer"] },
  { name: "tools", share: 20, reading: "to-end", script: ["search-rooms", "answer"] },
  {
    name: "sub-agents",
    share: 8,
    reading: "to-end",
    script: ["ask-local-guide", "answer"],
    innerRuns: 1,
  },
  { name: "retried", share: 8, reading: "to-end", script: [["rate-limited", "answer"]] },
  { name: "slow reader", share: 8, reading: "slowly", script: ["answer"] },
  { name: "aborted", share: 8, reading: "leaves", script: ["answer"], isAbortable: true },
  { name: "client leaves", share: 8, reading: "leaves", script: ["answer"] },
  { name: "never read", share: 4, reading: "to-end", script: ["answer"], isDropped: true },
];

/** The scenarios of a hundred runs, mixed: neighbors differ. */
const MIXED: readonly Scenario[] = SCENARIOS.flatMap((scenario, row) =>
  Array.from({ length: scenario.share }, (_, index) => ({
    scenario,
    place: (index + (row + 1) / SCENARIOS.length) / scenario.share,
  })),
)
  .toSorted((left, right) => left.place - right.place)
  .map(({ scenario }) => scenario);

export function scenarioOf(run: number): Scenario {
  return MIXED[run % MIXED.length]!;
}

export function scenarioNamed(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (!found) throw new Error(`no such scenario: ${name}`);
  return found;
}

/** The text of the last answer of each run. */
export const ANSWER_WORDS = 24;
export const ANSWER = Array.from({ length: ANSWER_WORDS }, (_, index) => `word-${index} `).join("");
