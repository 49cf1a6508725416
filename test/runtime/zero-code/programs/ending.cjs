// Ends in the way that the argument names, while a run is complete and another is open: its model never answers.
"use strict";
const ai = require("ai");
const { loop, modelOf } = require("./agent.js");
const { majorOf } = require("./workload.cjs");

const WAYS = {
  /** Nothing keeps the process alive. */
  idle: () => {},
  /** Listeners of the natural end: one that closes something, and one that starts a last run. */
  "before exit": () => {
    process.exitCode = 5;
    let calls = 0;
    process.on("beforeExit", () => {
      calls += 1;
      console.log(`beforeExit ${calls}`);
      if (calls === 1) setTimeout(() => void loop(ai, majorOf(ai)), 20);
    });
  },
  /** Each starts work in another way: at once, after an `await`, in an immediate, in a task without resources. */
  "work before exit": () => {
    const say = (what) => console.log(what);
    process.once("beforeExit", () => setTimeout(say, 200, "timer"));
    process.once(
      "beforeExit",
      () => void Promise.resolve().then(() => setTimeout(say, 100, "timer after await")),
    );
    process.once("beforeExit", () => setImmediate(() => setTimeout(say, 150, "timer after immediate")));
    process.once("beforeExit", () => void loop(ai, majorOf(ai)));
  },
  /** Test runners and command-line programs replace it. */
  "replaced exit": () => {
    process.exit = () => console.log("process.exit was called");
  },
  exit: () => process.exit(3),
  /** The exit comes when the test says so. */
  "late exit": () => {
    keepAlive();
    process.on("SIGUSR2", () => process.exit(3));
  },
  crash: () => {
    throw new TypeError("refused");
  },
  wait: keepAlive,
  /** The program handles the signal itself, and ends some time later. */
  handler: () => {
    keepAlive();
    process.once("SIGTERM", () => {
      console.log("stopping");
      setTimeout(() => process.exit(4), 300);
    });
  },
  "signal-exit": () => {
    keepAlive();
    require("signal-exit").onExit((code, signal) => console.log(`signal-exit ${code} ${signal}`));
  },
};

async function main() {
  const major = majorOf(ai);
  await loop(ai, major);
  const telemetry = { functionId: "booking-agent" };
  const model = { ...modelOf(major, []), doGenerate: () => new Promise(() => {}) };
  void ai.generateText({ model, prompt: "a room in Paris", telemetry, experimental_telemetry: telemetry });
  await new Promise((resolve) => setImmediate(resolve));
  WAYS[process.argv[2]]();
  console.log("open");
}

function keepAlive() {
  setInterval(() => {}, 1_000);
}

void main();
