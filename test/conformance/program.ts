/**
 * What a conformance program is: one text that runs on every major, and the span tree it must give on all of them.
 */
import type { Tracer } from "@opentelemetry/api";
import type { CallParameters, Major, MajorName, SDK } from "../support/majors.ts";
import type { ExpectedSpan } from "../support/span-tree.ts";

export type TurnAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Everything a program works with. It never sees a span of ours. */
export interface Application {
  readonly major: Major;
  readonly sdk: SDK;
  /** The application's own tracer. */
  readonly tracer: Tracer;
  readonly withTurn: <T>(attributes: TurnAttributes, run: () => T) => T;
}

export type ExpectedTree = ExpectedSpan | readonly ExpectedSpan[];

/** A difference that a major forces, with the reason that `docs/` gives for it. */
export interface ForcedDifference {
  readonly majors: readonly MajorName[];
  readonly reason: string;
  readonly expected: ExpectedTree;
}

export interface AdaptedTree {
  readonly reason: string;
  readonly expected: ExpectedTree;
  /** Nothing tells of the end but the collection of what the SDK held. */
  readonly byCollection?: true;
}

export interface Program {
  /** Present tense: what the program does. */
  readonly title: string;
  /** Majors that have the feature at all; default: every one. */
  readonly majors?: readonly MajorName[];
  /** Options for `wrapAISDK`. */
  readonly options?: CallParameters;
  /** Nests by the active context (spans of the application's own, turns), so it needs a context manager. */
  readonly needsContextManager?: boolean;
  readonly run: (application: Application) => Promise<void>;
  readonly expected: ExpectedTree;
  readonly forced?: ForcedDifference;
  /** What the v7 adapter gives instead, for what the SDK's telemetry does not signal: docs/reference/adapter.md. */
  readonly adapted?: AdaptedTree;
}

export const AGENT_NAME = "booking-agent";

export function expectedOn(program: Program, major: Major): ExpectedTree {
  return program.forced?.majors.includes(major.name) === true ? program.forced.expected : program.expected;
}

/** The parameters that most calls share: a prompt, a function id, silence on errors. */
export function call({ major }: Application, model: object | string, parameters: CallParameters = {}) {
  return {
    model,
    prompt: "a room in Paris",
    onError: () => {},
    ...major.telemetryOptions({ functionId: AGENT_NAME }),
    ...parameters,
  };
}
