/** All backends, in the order of the page. */
import { aiBackends } from "./ai-backends.ts";
import type { Backend } from "./backend.ts";
import { tracingBackends } from "./tracing-backends.ts";

export const backends: readonly Backend[] = [...tracingBackends, ...aiBackends];
