/**
 * What a program notices on an old release, without what hangs there on the order of microtasks.
 */
import type { Entry } from "../transparency/stage.ts";

type Described = Readonly<Record<string, unknown>>;

/** Of what a test compares, the part that has to be the same without ai-spans and with it. */
export type NoticedPart = (compared: object) => unknown;

/** The entry as it is compared; `undefined`: it is not. */
type EntryChange = (entry: Entry) => Entry | undefined;

/** The SDK fills these fields of a `DelayedPromise` when somebody first reads the promise. */
const FILLED_LATER = new Set(["_promise", "_resolve", "_reject"]);

function isDescribed(value: unknown): value is Described {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The entries in one of the forms in which test/transparency/compare-runs.ts compares them. */
function entriesOf(compared: object): Entry[] {
  if (Array.isArray(compared)) {
    return compared.map((entry) => (typeof entry === "string" ? JSON.parse(entry) : entry));
  }
  const channels: [string, readonly Entry["seen"][]][] = Object.entries(compared);
  return channels
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([channel, entries]) => entries.map((seen) => ({ channel, seen })));
}

/** For the programs of test/transparency. Entries that are compared without their order stay so. */
function ofEntries(change: EntryChange): NoticedPart {
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

/** Without private fields of a result that are filled in the microtasks after the call. */
export const withoutFilledFields = ofEntries(({ channel, seen }) => ({
  channel,
  seen: seen.map(withoutFilled),
}));

/** Without the parts with which steps start. */
export const withoutStepStarts = ofEntries((entry) => {
  const [part] = entry.seen;
  return isDescribed(part) && part["type"] === "start-step" ? undefined : entry;
});

/** Without the number of parts that the sources of the models were asked for. */
export const withoutPulls = ofEntries((entry) => {
  const [counts] = entry.seen;
  if (entry.channel !== "provider" || !isDescribed(counts)) return entry;
  const { pulls: _pulls, ...others } = counts;
  return { ...entry, seen: [others] };
});

/** For the programs of test/exits: without what the sources of the models counted. */
export const withoutCounts: NoticedPart = (compared) => ({ ...compared, provider: undefined });
