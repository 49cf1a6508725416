import workload from "./workload.cjs";

console.log(JSON.stringify(await workload.run(await import("ai"))));
