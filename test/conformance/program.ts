/**
 * Defines a conformance program: code that runs on every major, and the span tree that it must record on all of them.
 */
import type { Tracer } from "@opentelemetry/api";
import type { CallParameters, Major, MajorName, SDK } from "../support/majors.ts";
import type { ExpectedSpan } from "../support/span-tree.ts";

export type TurnAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Everything that a program works with. It has no access to our spans. */
export interface Application {
  readonly major: Major;
  readonly sdk: SDK;
  /** The application's tracer. */
  readonly tracer: Tracer;
  readonly withTurn: <T>(attributes: TurnAttributes, run: () => T) => T;
}

export type ExpectedTree = ExpectedSpan | readonly ExpectedSpan[];

/** A difference that a major forces. `docs/` states the same reason. */
export interface ForcedDifference {
  readonly majors: readonly MajorName[];
  readonly reason: string;
  readonly expected: ExpectedTree;
}

export interface AdaptedTree {
  readonly reason: string;
  readonly expected: ExpectedTree;
  /** The SDK does not report the end, so the run ends when what the SDK held is collected. */
  readonly byCollection?: true;
}

export interface Program {
  /** What the program does, in the present tense. */
  readonly title: string;
  /** The majors that have the feature. The default is all. */
  readonly majors?: readonly MajorName[];
  /** Options for `wrapAISDK`. */
  readonly options?: CallParameters;
  /** The tree nests by the active context (spans of the application, turns), so the program needs a context manager. */
  readonly needsContextManager?: boolean;
  readonly run: (application: Application) => Promise<void>;
  readonly expected: ExpectedTree;
  readonly forced?: ForcedDifference;
  /**
   * What the v7 adapter records instead, because the SDK's telemetry does not report all: docs/reference/adapter.md.
   */
  readonly adapted?: AdaptedTree;
}

export const AGENT_NAME = "booking-agent";

export function expectedOn(program: Program, major: Major): ExpectedTree {
  return program.forced?.majors.includes(major.name) === true ? program.forced.expected : program.expected;
}

/** The parameters that most calls share: a prompt, a function id, and an `onError` that does nothing. */
export function call({ major }: Application, model: object | string, parameters: CallParameters = {}) {
  return {
    model,
    prompt: "a room in Paris",
    onError: () => {},
    ...major.telemetryOptions({ functionId: AGENT_NAME }),
    ...parameters,
  };
}
