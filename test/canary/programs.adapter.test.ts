/**
 * The adapter records no content of any canary program on v7.
 */
import { v7 } from "../support/majors.ts";
import { wayOf } from "../support/ways.ts";
import { describeCanary } from "./run-canary.ts";

describeCanary(wayOf("adapter", v7));
