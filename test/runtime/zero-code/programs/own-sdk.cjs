// Registers an SDK of its own, as a program does at its start, after ai-spans/register was loaded.
"use strict";
const { createTelemetry } = require("./telemetry.cjs");
const ai = require("ai");
const { run } = require("./workload.cjs");

const telemetry = createTelemetry();
telemetry.provider.register();
void run(ai).then(async () => console.log(JSON.stringify(await telemetry.trees())));
