/**
 * What a program notices on an old release, without the parts that depend on the order of microtasks.
 */
import type { Entry } from "../transparency/stage.ts";

type Described = Readonly<Record<string, unknown>>;

/** Keeps the part of the compared values that must be the same with ai-spans and without. */
export type ComparedPart = (compared: object) => unknown;

/** Returns the entry to compare, or `undefined` to leave it out. */
type EntryChange = (entry: Entry) => Entry | undefined;

/** The SDK sets these fields of a `DelayedPromise` when somebody first reads the promise. */
const FILLED_LATER = new Set(["_promise", "_resolve", "_reject"]);

function isDescribed(value: unknown): value is Described {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads the entries from any form in which test/transparency/compare-runs.ts compares them. */
function entriesOf(compared: object): Entry[] {
  if (Array.isArray(compared)) {
    return compared.map((entry) => (typeof entry === "string" ? JSON.parse(entry) : entry));
  }
  const channels: [string, readonly Entry["values"][]][] = Object.entries(compared);
  return channels
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([channel, entries]) => entries.map((values) => ({ channel, values })));
}

/** Changes the entries of test/transparency. Entries that are compared without their order stay without order. */
function ofEntries(change: EntryChange): ComparedPart {
  return (compared) => {
    const entries = entriesOf(compared).map(change);
    const lines = entries.flatMap((entry) => (entry ? [JSON.stringify(entry)] : []));
    const hasNoOrder = Array.isArray(compared) && typeof compared[0] === "string";
    return hasNoOrder ? lines.toSorted() : lines;
  };
}

function withoutFilled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutFilled);
  if (!isDescribed(value)) return value;
  const isFilledLater = (key: string): boolean => value["#"] === "DelayedPromise" && FILLED_LATER.has(key);
  const kept = Object.entries(value).filter(([key]) => !isFilledLater(key));
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutFilled(member)]));
}

/** Leaves out private fields of a result that the SDK sets in the microtasks after the call. */
export const withoutFilledFields = ofEntries(({ channel, values }) => ({
  channel,
  values: values.map(withoutFilled),
}));

/** Leaves out the parts that start a step. */
export const withoutStepStarts = ofEntries((entry) => {
  const [part] = entry.values;
  return isDescribed(part) && part["type"] === "start-step" ? undefined : entry;
});

/** Leaves out how often the SDK pulled from the models' streams. */
export const withoutPulls = ofEntries((entry) => {
  const [counts] = entry.values;
  if (entry.channel !== "provider" || !isDescribed(counts)) return entry;
  const { pulls: _pulls, ...others } = counts;
  return { ...entry, values: [others] };
});

/** For the programs of test/exits. Leaves out the counts of the models' streams. */
export const withoutCounts: ComparedPart = (compared) => ({ ...compared, provider: undefined });
