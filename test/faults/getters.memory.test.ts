/**
 * Getters that throw when ai-spans reads them, in what the caller passes and in the SDK's events for the adapter. A
 * fact that cannot be read is not recorded, and all other facts are.
 */
import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { excuseUnreadFacts } from "./excused-faults.ts";
import { ADAPTERS, WRAPPERS } from "../support/ways.ts";
import { Trials } from "./expected.ts";
import { EVERY_CALL, type Calls } from "./fault-point.ts";
import { adapterWithGetters, placesMadeBy } from "./faulty-getters.ts";
import { loadOnFaultyPlatform } from "./faulty-globals.ts";
import type { Expected } from "./findings.ts";
import { GETTER_PROGRAMS } from "./getter-programs.ts";
import { PROGRAMS } from "./programs.ts";
import type { Outcome, SpanFacts, Trial } from "./trial.ts";

const trials = new Trials(await loadOnFaultyPlatform());

/** What a getter at this place may cost. A place without an entry may cost nothing. */
interface Cost {
  readonly place: RegExp;
  readonly attributes?: RegExp;
  /** The operation whose spans may be missing, because a value that cannot be read cannot be wrapped. */
  readonly spans?: string;
}

const CALL = "(parameters|settings)";
const AGENT_NAME = "gen_ai\\.agent\\.name";
const METADATA = "user\\.id|ai_spans\\.metadata\\.plan";
const ANSWER = "usage\\.(input|output)_tokens|response\\.finish_reasons";

const COSTS: readonly Cost[] = [
  {
    place: new RegExp(`^${CALL}\\.model$`),
    attributes: new RegExp(`request\\.model|${ANSWER}`),
    spans: "chat",
  },
  { place: new RegExp(`^${CALL}\\.tools$`), spans: "execute_tool" },
  { place: /^(tools\.searchRooms|tool\.execute)$/, spans: "execute_tool" },
  { place: new RegExp(`^${CALL}\\.temperature$`), attributes: /request\.temperature/ },
  { place: new RegExp(`^${CALL}\\.stopSequences$`), attributes: /request\.stop_sequences/ },
  {
    place: new RegExp(`^${CALL}\\.(experimental_telemetry|telemetry)$`),
    attributes: new RegExp(`${AGENT_NAME}|${METADATA}`),
  },
  { place: /^((experimental_)?telemetry|onStart event)\.functionId$/, attributes: new RegExp(AGENT_NAME) },
  {
    place: /^(.*\.runtimeContext|experimental_telemetry\.metadata|telemetry\.includeRuntimeContext)$/,
    attributes: new RegExp(METADATA),
  },
  { place: /^metadata\.userId$/, attributes: /user\.id/ },
  { place: /^metadata\.plan$/, attributes: /metadata\.plan/ },
  { place: /^(model|.* event)\.modelId$/, attributes: /request\.model/ },
  { place: /^(model|.* event)\.provider$/, attributes: /provider\.name/ },
  { place: /^executeTool event\.toolCall$/, attributes: /tool\.name/ },
  { place: /^onStepEnd event\.content$/, spans: "execute_tool" },
  { place: /^on(ObjectStep|Embed)End event\.usage$/, attributes: /usage\.(input|output)_tokens/ },
  { place: /^onObjectStepEnd event\.finishReason$/, attributes: /response\.finish_reasons/ },
  { place: /^onObjectStepEnd event\.response$/, attributes: /response\.(id|model)/ },
  { place: /^onObjectStepEnd event\.msToFirstChunk$/, attributes: /time_to_first_chunk/ },
  { place: /^onEmbedEnd event\.embeddings$/, attributes: /dimension\.count/ },
  { place: /^on(Step)?Error event\.error$/, attributes: /error\.type/ },
];

/**
 * The value of an attribute whose fact is unknown: an agent without a name has its id, and a tool or an error is
 * `_OTHER`.
 */
const REPLACED: readonly (readonly [key: string, value: string])[] = [
  ["gen_ai.agent.name", "booking"],
  ["gen_ai.tool.name", "_OTHER"],
  ["error.type", "_OTHER"],
];

const operationOf = ({ attributes }: SpanFacts): unknown => attributes["gen_ai.operation.name"];

function findingsOf(place: string, outcome: Outcome, { log, sound }: Expected): string[] {
  const { spans, exceptions } = outcome;
  const cost = COSTS.find((row) => row.place.test(place));
  const findings: string[] = [];
  if (!isDeepStrictEqual(outcome.log, log)) {
    findings.push(`the program got ${JSON.stringify(outcome.log)} instead of ${JSON.stringify(log)}`);
  }
  if (exceptions.length > 0) findings.push(`uncaught: ${exceptions.map(String).join()}`);
  for (const { name, ends } of spans) if (ends !== 1) findings.push(`${name} was ended ${ends} times`);
  // If spans are missing, those of the operation in `cost` are left out on both sides, and the others are compared.
  const others = (all: readonly SpanFacts[]): readonly SpanFacts[] =>
    spans.length < sound.spans.length ? all.filter((span) => operationOf(span) !== cost?.spans) : all;
  const [left, expected] = [others(spans), others(sound.spans)];
  if (!isDeepStrictEqual(left.map(operationOf), expected.map(operationOf))) {
    const namesOf = (all: readonly SpanFacts[]): string => all.map(({ name }) => name).join();
    return [...findings, `spans: ${namesOf(spans)} in place of ${namesOf(sound.spans)}`];
  }
  left.forEach((span, index) => {
    const other = expected[index];
    if (other) findings.push(...changesOf(span, other, cost?.attributes));
  });
  return findings;
}

function changesOf(span: SpanFacts, sound: SpanFacts, mayChange = /^$/): string[] {
  const changes = span.status === sound.status ? [] : [`${span.name} has status ${span.status}`];
  for (const key of new Set([...Object.keys(span.attributes), ...Object.keys(sound.attributes)])) {
    const [value, known] = [span.attributes[key], sound.attributes[key]];
    if (isDeepStrictEqual(value, known)) continue;
    const isUnknown =
      value === undefined || REPLACED.some(([name, other]) => name === key && value === other);
    if (!isUnknown || !mayChange.test(key)) changes.push(`${span.name} has ${key} ${String(value)}`);
  }
  return changes;
}

/** Throws from the second read on, to find values that are read more than once. */
const AFTER_THE_FIRST: Calls = { first: 2, last: Infinity };

/** Every place meets one of this many programs, because there are many of both. */
interface Share {
  readonly of: number;
  readonly number: number;
}

async function expectOnlyItsCosts(trial: Trial, share: Share = { of: 1, number: 0 }): Promise<void> {
  excuseUnreadFacts();
  const places = await placesMadeBy(() => trials.compare(trial));
  let strikes = 0;
  for (const [index, place] of places.entries()) {
    if ((index + share.number) % share.of !== 0) continue;
    // An adapter may get several events of one kind, each with other facts, so for it every call throws.
    for (const calls of trial.entry === "wrapper" ? [EVERY_CALL, AFTER_THE_FIRST] : [EVERY_CALL]) {
      const { outcome, expected } = await trials.compare({ ...trial, faults: [{ place, calls }] });
      strikes += outcome.strikes[0] ?? 0;
      expect.soft(findingsOf(place, outcome, expected), `${place}, from ${calls.first}`).toEqual([]);
    }
  }
  expect(strikes, "faults").toBeGreaterThan(0);
}

describe.each(WRAPPERS)("in the parameters on $major.name", (setting) => {
  test.each(GETTER_PROGRAMS)("of a program that $title", async (program) => {
    await expectOnlyItsCosts({ ...setting, program, isMetered: false, faults: [] });
  });
});

describe.each(ADAPTERS)("in the events of $major.name", (setting) => {
  const programs = PROGRAMS.map((program, number) => ({ title: program.title, program, number }));

  test.each(programs)("of a program that $title", async ({ program, number }) => {
    const layers = { layerOf: adapterWithGetters };
    const trial = { ...setting, program, isMetered: false, faults: [], ...layers };
    await expectOnlyItsCosts(trial, { of: 3, number });
  });
});
