/**
 * The assertion on the spans of an exit. Here no span may end after its parent, not even below a canceled run.
 */
import type { ExpectedTree } from "../harness/program.ts";
import { expectSpanTree, type ExpectOptions } from "../support/span-tree.ts";
import type { Telemetry } from "../support/telemetry.ts";

export type Rules = Pick<ExpectOptions, "goesOn">;

export async function expectSpans(
  telemetry: Telemetry,
  expected: ExpectedTree,
  { goesOn, drop }: Pick<ExpectOptions, "goesOn" | "drop"> = {},
): Promise<void> {
  await expectSpanTree(telemetry, expected, { goesOn, drop, endsInOrder: true });
}
