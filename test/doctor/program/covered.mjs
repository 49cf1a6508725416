// A program that measures its own coverage, as a test runner does. It prints the counts of the function's blocks.
import { Session } from "node:inspector";
import { examine } from "ai-spans/doctor";

const session = new Session();
session.connect();
session.post("Profiler.enable");
session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
const { ofKind } = await import("./branching.mjs");
ofKind("a");
if (process.argv[2] === "examined") await examine();
ofKind("b");
session.post("Profiler.takePreciseCoverage", (_error, { result }) => {
  const { functions } = result.find(({ url }) => url.endsWith("branching.mjs"));
  const { ranges } = functions.find(({ functionName }) => functionName === "ofKind");
  console.log(JSON.stringify(ranges.map(({ count }) => count)));
});
