/**
 * Programs with agents whose override of `generate` puts its calls into a queue. So a call runs in the asynchronous
 * context of another call.
 */
import { says } from "../../conformance/script.ts";
import { promptOf, type AgentProgram, type ClassOf, type AgentWithSettings } from "./makings.ts";
import { ONCE, WRAPPED, type Row } from "./rows.ts";

type Generate = AgentWithSettings["generate"];
type Job = () => Promise<unknown>;
type Enqueue = (job: Job) => void;

/** Runs at most `most` jobs at once. The next job starts when one ends, in its asynchronous context. */
function limiter(most: number): Enqueue {
  const waiting: Job[] = [];
  let running = 0;
  const next = (): void => {
    const job = running < most ? waiting.shift() : undefined;
    if (!job) return;
    running += 1;
    void job().finally(() => {
      running -= 1;
      next();
    });
  };
  return (job) => {
    waiting.push(job);
    next();
  };
}

/** Runs all jobs of one turn of the event loop together. */
function batch(): Enqueue {
  let jobs: Job[] = [];
  return (job) => {
    if (jobs.push(job) > 1) return;
    setTimeout(() => {
      const together = jobs;
      jobs = [];
      for (const each of together.toReversed()) void each();
    });
  };
}

function queued(makeQueue: () => Enqueue): ClassOf {
  return (Base) => {
    const enqueue = makeQueue();
    return class Queued extends Base {
      override generate(...parameters: Parameters<Generate>): ReturnType<Generate> {
        return new Promise((resolve, reject) => {
          enqueue(() => super.generate(...parameters).then(resolve, reject));
        });
      }
    };
  };
}

const generateThree: AgentProgram["run"] = async ({ agent, log }) => {
  const prompts = ["one", "two", "three"];
  const results = await Promise.all(prompts.map((prompt) => agent.generate(promptOf({ prompt }))));
  log(results.map(({ text }) => text));
};

const answers = Array.from({ length: 3 }, () => says("a room"));

const QUEUED = {
  steps: answers,
  run: generateThree,
  outline: `${ONCE}, ${ONCE}, ${ONCE}`,
  makings: [WRAPPED],
};

export const QUEUES: readonly Row[] = [
  { ...QUEUED, title: "runs one call at a time", classOf: queued(() => limiter(1)) },
  { ...QUEUED, title: "runs two calls at a time", classOf: queued(() => limiter(2)) },
  // v5 calls the SDK in the turn of the batch, so nothing identifies the run that a call belongs to.
  { ...QUEUED, title: "runs its calls as a batch", classOf: queued(batch), majors: ["v6", "v7"] },
];
