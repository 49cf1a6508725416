/**
 * A process that leaves traced results in all possible ways and then has nothing left to do. If it stays alive,
 * ai-spans keeps it alive. `process-exit.test.ts` starts it with a major and an operation.
 */
import { wrapAISDK } from "ai-spans";
import { majors } from "../support/majors.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { comeToRest, type ExitResult, ExitStage, type StreamOperation } from "./exit-stage.ts";
import { cities } from "./sources.ts";

const LEAVING: readonly ((result: ExitResult) => Promise<unknown>)[] = [
  async () => {},
  async (result) => result.fullStream,
  async (result) => {
    for await (const _part of result.fullStream) break;
  },
];

/** Leaves two streams of a result, if the operation's result has several. */
const LEAVING_TWO: typeof LEAVING = [
  async ({ textStream, fullStream }) => {
    for await (const _text of textStream);
    return fullStream;
  },
  async ({ textStream, fullStream }) => {
    for await (const _text of textStream) break;
    return fullStream;
  },
];

const [, , majorName, operation] = process.argv;
const major = majors.find(({ name }) => name === majorName);
if (major === undefined) throw new Error(`no such major: ${majorName}`);

const telemetry = setupTelemetry();
// The test passes the operation as an argument.
const app = new ExitStage(major, wrapAISDK(major.ai), telemetry, operation as StreamOperation);
// Keeps the results reachable as long as the process lives. If they were collected, the runs would end.
Object.assign(globalThis, { app });
for (const leave of operation === "streamText" ? [...LEAVING, ...LEAVING_TWO] : LEAVING) {
  await leave(app.streamText([cities()]));
}
await comeToRest(app);
process.stdout.write(telemetry.open.length > 0 ? "left with open spans" : "nothing was left open");
