/**
 * Model calls that the SDK retries, model calls that fail, and tools that throw.
 */
import { apiCallError, retryError, RoomServiceError } from "../../support/failures.ts";
import { createGate } from "../../support/gate.ts";
import type { Major } from "../../support/majors.ts";
import { scriptedModel, type ScriptedStep } from "../../support/scripted-model.ts";
import { agentSpan, chatSpan, toolSpan } from "../expected-spans.ts";
import { call, type TreeProgram } from "../program.ts";
import type { ApplicationStage } from "../../harness/stage.ts";
import { callsTool, callsTools, callText, rejects, says, swallow } from "../script.ts";
import { roomTool } from "./tool-loops.ts";

const tooMany = (major: Major): Error => apiCallError(major, { status: 429, retryable: true });

async function runSteps(
  app: ApplicationStage,
  streaming: boolean,
  steps: readonly ScriptedStep[],
  tools?: Readonly<Record<string, object>>,
): Promise<void> {
  const { model } = scriptedModel(app.major, steps);
  const loop = tools && { tools, stopWhen: app.major.stepCount(5) };
  await callText(app.sdk, streaming, call(app, model, loop));
}

interface FailureCase {
  readonly title: string;
  readonly errors: (major: Major) => readonly unknown[];
  readonly type: string;
  readonly retries?: number;
  /** Why the adapter records an abort instead of this error, if the result is no stream. */
  readonly likeAbort?: string;
}

const FAILURES: readonly FailureCase[] = [
  {
    title: "a repeatable error in every attempt",
    errors: (major) => [tooMany(major), tooMany(major), tooMany(major)],
    type: "429",
    retries: 2,
  },
  {
    title: "another error in its last attempt than in its first",
    errors: (major) => [tooMany(major), apiCallError(major, { status: 400 })],
    type: "400",
    retries: 1,
  },
  {
    title: "an HTTP error that is not repeatable",
    errors: (major) => [apiCallError(major, { status: 401 })],
    type: "401",
  },
  {
    title: "an API call error without a status",
    errors: (major) => [apiCallError(major, {})],
    type: "AI_APICallError",
  },
  { title: "a TypeError", errors: () => [new TypeError("no")], type: "TypeError" },
  {
    title: "an error class of the application",
    errors: () => [new RoomServiceError("no")],
    type: "RoomServiceError",
  },
  {
    title: "an error with an unusable name",
    errors: () => [Object.assign(new Error("no"), { name: "no room: sorry, user u-7!" })],
    type: "_OTHER",
  },
  {
    title: "a string",
    errors: () => ["no"],
    type: "_OTHER",
    likeAbort: "no event carries the signal, and fetch rejects with its reason",
  },
  { title: "nothing at all", errors: () => [undefined], type: "_OTHER" },
];

function callsOf(streaming: boolean): TreeProgram[] {
  const word = streaming ? "streams" : "generates";
  const unanswered = { streaming, usage: null, finish: null, response: null, output: false } as const;
  return [
    {
      title: `${word} after two attempts that failed`,
      run: (app) =>
        runSteps(app, streaming, [says("a room", { rejections: [tooMany(app.major), tooMany(app.major)] })]),
      expected: agentSpan({}, [chatSpan({ streaming, retries: 2 })]),
    },
    {
      title: `${word} with an attempt that failed in the second step only`,
      run: async (app) => {
        const steps = [callsTool("searchRooms", "call-1"), says("two", { rejections: [tooMany(app.major)] })];
        const tools = { searchRooms: roomTool(app, async () => 2) };
        await runSteps(app, streaming, steps, tools);
      },
      expected: agentSpan({}, [
        chatSpan({ streaming, finish: "tool_call" }),
        toolSpan("searchRooms", "call-1"),
        chatSpan({ streaming, retries: 1 }),
      ]),
    },
    ...FAILURES.map(({ title, errors, type, retries, likeAbort }): TreeProgram => ({
      title: `${word} and the provider fails with ${title}`,
      run: (app) => swallow(runSteps(app, streaming, [rejects(...errors(app.major))])),
      expected: agentSpan({ error: type }, [
        chatSpan({ ...unanswered, error: type, ...(retries === undefined ? {} : { retries }) }),
      ]),
      ...(likeAbort && !streaming
        ? {
            adapted: {
              reason: likeAbort,
              expected: agentSpan({ canceled: "abort" }, [chatSpan({ ...unanswered, canceled: "abort" })]),
            },
          }
        : {}),
    })),
    {
      title: `${word} and the second step fails`,
      run: async (app) => {
        const steps = [callsTool("searchRooms", "call-1"), rejects(apiCallError(app.major, { status: 500 }))];
        const tools = { searchRooms: roomTool(app, async () => 2) };
        await swallow(runSteps(app, streaming, steps, tools));
      },
      expected: agentSpan({ error: "500", usage: { input: 10, output: 5 }, finish: "tool_call" }, [
        chatSpan({ streaming, finish: "tool_call" }),
        toolSpan("searchRooms", "call-1"),
        chatSpan({ ...unanswered, error: "500" }),
      ]),
    },
    {
      title: `${word} with a tool that throws and a loop that goes on`,
      run: async (app) => {
        const steps = [
          callsTools([
            { name: "searchRooms", id: "call-1" },
            { name: "watchRooms", id: "call-2" },
            { name: "countRooms", id: "call-3" },
            { name: "bookRoom", id: "call-4" },
            { name: "payRoom", id: "call-5" },
          ]),
          says("sorry"),
        ];
        const tools = {
          searchRooms: roomTool(app, async () => {
            throw new RoomServiceError("no");
          }),
          watchRooms: roomTool(app, async function* () {
            yield 1;
            throw new RangeError("no");
          }),
          countRooms: roomTool(app, () => {
            throw new TypeError("no");
          }),
          bookRoom: roomTool(app, () => Promise.reject("no")),
          payRoom: roomTool(app, async () => {
            throw retryError(app.major, [tooMany(app.major), apiCallError(app.major, { status: 402 })]);
          }),
        };
        await runSteps(app, streaming, steps, tools);
      },
      expected: agentSpan({}, [
        chatSpan({ streaming, finish: "tool_call" }),
        toolSpan("searchRooms", "call-1", { error: "RoomServiceError" }),
        toolSpan("watchRooms", "call-2", { error: "RangeError" }),
        toolSpan("countRooms", "call-3", { error: "TypeError" }),
        toolSpan("bookRoom", "call-4", { error: "_OTHER" }),
        toolSpan("payRoom", "call-5", { error: "402" }),
        chatSpan({ streaming }),
      ]),
    },
    {
      title: `${word} with a call of a tool that does not exist`,
      run: async (app) => {
        const steps = [callsTool("flyToMoon", "call-1"), says("sorry")];
        const tools = { searchRooms: roomTool(app, async () => 2) };
        await runSteps(app, streaming, steps, tools);
      },
      expected: agentSpan({}, [
        chatSpan({ streaming, finish: "tool_call" }),
        toolSpan("_OTHER", "call-1", { error: "AI_NoSuchToolError" }),
        chatSpan({ streaming }),
      ]),
    },
  ];
}

/**
 * The only way in which a run can fail while one of its tools runs. v7 validates a tool's context before it calls the
 * tool.
 */
const failedBesideTool: TreeProgram = {
  title: "generates and fails for another reason while a tool runs",
  majors: ["v7"],
  run: async (app) => {
    const gate = createGate();
    const { model } = scriptedModel(app.major, [
      callsTools([
        { name: "searchRooms", id: "call-1" },
        { name: "bookRoom", id: "call-2" },
      ]),
    ]);
    const contextSchema = app.sdk.jsonSchema(
      { type: "object" },
      { validate: () => ({ success: false, error: new RoomServiceError("no") }) },
    );
    const bookRoom = { ...roomTool(app, async () => "booked"), contextSchema };
    const tools = { searchRooms: roomTool(app, () => gate.pass()), bookRoom };
    await swallow(app.sdk.generateText(call(app, model, { tools, toolsContext: { bookRoom: {} } })));
    gate.open();
  },
  expected: agentSpan({ error: "AI_TypeValidationError" }, [
    chatSpan({ finish: "tool_call" }),
    toolSpan("searchRooms", "call-1", { canceled: "abandoned" }),
  ]),
};

export const failures: readonly TreeProgram[] = [failedBesideTool, ...callsOf(false), ...callsOf(true)];
