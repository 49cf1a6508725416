import { register } from "node:module";
import switching from "./switching.cjs";

register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);
await switching.printPhases(() => import("ai"));
