// Waits for ever after one run: Node ends such a process with the code 13.
import * as ai from "ai";
import agent from "./agent.js";
import workload from "./workload.cjs";

await agent.loop(ai, workload.majorOf(ai));
await new Promise(() => {});
