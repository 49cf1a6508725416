/**
 * The wrapper records no content of any canary program on v6.
 */
import { v6 } from "../support/majors.ts";
import { wayOf } from "../support/ways.ts";
import { describeCanary } from "./run-canary.ts";

describeCanary(wayOf("wrapper", v6));
