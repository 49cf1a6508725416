/**
 * The wrapper records no content of any canary program on v6.
 */
import { v6 } from "../support/majors.ts";
import { describeCanary } from "./run-canary.ts";

describeCanary(v6, "wrapper");
