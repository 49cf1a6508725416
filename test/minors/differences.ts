/**
 * Collects how old releases of the AI SDK differ from the newest one of their major. The tests on old releases use this
 * table, and so does the section "Older releases" of docs/reference/differences.md.
 */
import type { Difference } from "./difference.ts";
import { sharedDifferences } from "./differences/shared.ts";
import { differencesOfV5 } from "./differences/v5.ts";
import { differencesOfV6 } from "./differences/v6.ts";
import { differencesOfV7 } from "./differences/v7.ts";

export const differences: readonly Difference[] = [
  ...differencesOfV5,
  ...differencesOfV6,
  ...differencesOfV7,
  ...sharedDifferences,
];
