import { registerTelemetry } from "ai";
import { createAISDKTelemetry } from "ai-spans";
import { program } from "./program.js";

registerTelemetry(createAISDKTelemetry());
void program().then((output) => console.log(JSON.stringify(output)));
