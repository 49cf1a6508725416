/**
 * Every transparency program on v6 of the AI SDK.
 */
import { v6 } from "../support/majors.ts";
import { compareRuns } from "./compare-runs.ts";

compareRuns(v6);
