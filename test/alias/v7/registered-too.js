import { registerTelemetry } from "ai";
import { createAISDKTelemetry } from "ai-spans";
import { program } from "./program.js";

registerTelemetry(createAISDKTelemetry());
void program().then((seen) => console.log(JSON.stringify(seen)));
