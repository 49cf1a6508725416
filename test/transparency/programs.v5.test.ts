/**
 * Every transparency program on v5 of the AI SDK.
 */
import { v5 } from "../support/majors.ts";
import { compareRuns } from "./compare-runs.ts";

compareRuns(v5);
