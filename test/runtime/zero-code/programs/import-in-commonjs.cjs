"use strict";
const { run } = require("./workload.cjs");

void import("ai").then(run).then((texts) => console.log(JSON.stringify(texts)));
