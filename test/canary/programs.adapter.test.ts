/**
 * The adapter records no content of any canary program on v7.
 */
import { v7 } from "../support/majors.ts";
import { describeCanary } from "./run-canary.ts";

describeCanary(v7, "adapter");
