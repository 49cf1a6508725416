/**
 * Every transparency program on v7 of the AI SDK.
 */
import { v7 } from "../support/majors.ts";
import { compareRuns } from "./compare-runs.ts";

compareRuns(v7);
