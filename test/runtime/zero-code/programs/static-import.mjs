import * as ai from "ai";
import workload from "./workload.cjs";

console.log(JSON.stringify(await workload.run(ai)));
