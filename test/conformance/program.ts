/**
 * Defines a conformance program: code that runs on every major, and the span tree that it must record on all of them.
 */
import type { Expectation, ExpectedTree, Program } from "../harness/program.ts";
import type { ApplicationStage, Stage } from "../harness/stage.ts";
import type { CallParameters } from "../support/majors.ts";

export interface AdaptedTree {
  readonly reason: string;
  readonly expected: ExpectedTree;
  /** The SDK does not report the end, so the run ends when what the SDK held is collected. */
  readonly byCollection?: true;
}

export interface TreeProgram extends Program<ApplicationStage>, Expectation {
  /** The tree nests by the active context (spans of the application, turns), so the program needs a context manager. */
  readonly needsContextManager?: boolean;
  /**
   * What the v7 adapter records instead, because the SDK's telemetry does not report all: docs/reference/adapter.md.
   */
  readonly adapted?: AdaptedTree;
}

/** The name under which test/docs imports it. */
export type { TreeProgram as Program };

export const AGENT_NAME = "booking-agent";

/** The parameters that most calls share: a prompt, a function id, and an `onError` that does nothing. */
export function call(
  { major }: Pick<Stage, "major">,
  model: object | string,
  parameters: CallParameters = {},
) {
  return {
    model,
    prompt: "a room in Paris",
    onError: () => {},
    ...major.telemetryOptions({ functionId: AGENT_NAME }),
    ...parameters,
  };
}
