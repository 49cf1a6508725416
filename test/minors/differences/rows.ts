/**
 * Builds the rows of the table.
 */
import type { Missing, OtherExpectation } from "../difference.ts";
import type { TreeChange } from "../trees.ts";

export const DIFFERENTIAL = "test/conformance/differential.test.ts";
export const ADAPTER = "test/conformance/adapter.test.ts";
/** The programs of test/exits, traced by the adapter. */
export const ADAPTED_EXITS = "test/adapter/exits.memory.test.ts";
export const SWITCHES = "test/adapter/switches.test.ts";

export const ABORTS = "test/exits/aborts.test.ts";
export const CALLBACKS = "test/exits/callbacks.test.ts";
export const DEADLINES = "test/exits/deadlines.test.ts";
export const LEAVING = "test/exits/leaving.test.ts";
export const STREAM_OBJECT = "test/exits/stream-object.test.ts";
export const TOOLS = "test/exits/tools.test.ts";

/** The programs that are compared with the bare SDK, on v6 and v7. */
export const PROGRAMS_OF_V6 = "test/transparency/programs.v6.test.ts";
export const PROGRAMS_OF_V7 = "test/transparency/programs.v7.test.ts";

type Rest = Partial<Omit<OtherExpectation, "file" | "names" | "tree">>;

/** Other spans in tests of one file. */
export function other(file: string, names: RegExp, tree: TreeChange, rest: Rest = {}): OtherExpectation {
  return { file, names, tree, ...rest };
}

/** Other spans of conformance programs, traced by the wrapper. */
export function wrapped(names: RegExp, tree: TreeChange, rest?: Rest): OtherExpectation {
  return other(DIFFERENTIAL, names, tree, rest);
}

/** Other spans of conformance programs, traced by the adapter. */
export function adapted(names: RegExp, tree: TreeChange, rest?: Rest): OtherExpectation {
  return other(ADAPTER, names, tree, rest);
}

export function missing(file: string, names: RegExp, isMissing: Missing["isMissing"]): Missing {
  return { file, names, isMissing };
}

/** The same tree, whatever is expected on the newest release. */
export function always(tree: ReturnType<TreeChange>): TreeChange {
  return () => tree;
}
