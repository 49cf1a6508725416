/**
 * Every transparency program on v7 of the AI SDK.
 *
 * Holds: same-program.
 */
import { v7 } from "../support/majors.ts";
import { compareRuns } from "./compare-runs.ts";

compareRuns(v7);
