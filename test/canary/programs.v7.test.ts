/**
 * The wrapper records no content of any canary program on v7.
 *
 * Holds: no-content.
 */
import { v7 } from "../support/majors.ts";
import { describeCanary } from "./run-canary.ts";

describeCanary(v7, "wrapper");
