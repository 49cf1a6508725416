"use strict";
const { printPhases } = require("./switching.cjs");

void printPhases(() => require("ai"));
