"use strict";
const ai = require("ai");
const { run } = require("./workload.cjs");

void run(ai).then((texts) => console.log(JSON.stringify(texts)));
