// `main.mjs STATE MAJOR`: brings a state about.
import { states } from "./states.mjs";

const SDKS = { v5: "ai-v5", v6: "ai-v6", v7: "ai" };

const [state, major] = process.argv.slice(2);
await states[state]({ ai: await import(SDKS[major]), major });
process.send?.("done");
