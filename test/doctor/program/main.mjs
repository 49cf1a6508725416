// `main.mjs STATE MAJOR [PACKAGE]`: brings a state about. The package is of that major. Default: its newest release.
import { states } from "./states.mjs";

const SDKS = { v5: "ai-v5", v6: "ai-v6", v7: "ai" };

const [state, major, sdk = SDKS[major]] = process.argv.slice(2);
await states[state]({ ai: await import(sdk), major });
process.send?.("done");
