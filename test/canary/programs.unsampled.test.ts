/**
 * No content is told of what runs where spans are not sampled: metrics and `diag` are all that is left.
 */
import { v7 } from "../support/majors.ts";
import { describeCanary } from "./run-canary.ts";

describeCanary(v7, "wrapper", false);
