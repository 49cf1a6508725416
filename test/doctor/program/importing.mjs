// Imports the doctor as a library, before the rest of the program.
import { examine, formatReport } from "ai-spans/doctor";
import { createRequire } from "node:module";

const { states } = await import("./states.mjs");
const [state, major] = process.argv.slice(2);
await states[state]({ ai: await import({ v5: "ai-v5", v6: "ai-v6", v7: "ai" }[major]), major });
const report = await examine();
const ofOtherCopy = await createRequire(import.meta.url)("ai-spans/doctor").examine();
console.log(JSON.stringify({ report, ofOtherCopy, text: formatReport(report) }));
