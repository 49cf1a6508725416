/**
 * A program with its agent class, and the spans of its runs.
 */
import type { AgentProgram } from "./makings.ts";

export const RUN = "invoke_agent ok 10 (chat ok 5, execute_tool ok, chat ok 5)";
export const ONCE = "invoke_agent ok 5 (chat ok 5)";

export const WRAPPED = "wrapAgent around an instance";
export const SUBCLASS = "a subclass of the wrapped class";

export interface Row extends AgentProgram {
  readonly outline: string | RegExp;
  /** The outline without a context manager, if it differs. */
  readonly unmanaged?: string | RegExp;
  /** Outlines that differ from `outline`, by the way in which the agent is traced. */
  readonly outlines?: Readonly<Record<string, string>>;
  readonly makings?: readonly string[];
  /** Default: both with a context manager and without one. */
  readonly contextManagers?: readonly boolean[];
}
