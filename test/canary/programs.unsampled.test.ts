/**
 * The wrapper records no content of any canary program on v7 when no span is sampled. Only metrics and `diag` are left
 * then.
 */
import { v7 } from "../support/majors.ts";
import { wayOf } from "../support/ways.ts";
import { describeCanary } from "./run-canary.ts";

describeCanary(wayOf("wrapper", v7), false);
