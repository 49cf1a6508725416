/**
 * Tools that wait for an approval, by the user or by a policy of the application.
 */
import type { CallParameters, MajorName } from "../../support/majors.ts";
import { scriptedModel, type ScriptedPart } from "../../support/scripted-model.ts";
import { without } from "../adapted-trees.ts";
import { agentSpan, chatSpan, toolSpan } from "../expected-spans.ts";
import type { TreeProgram } from "../program.ts";
import type { ApplicationStage } from "../../harness/stage.ts";
import { callsTool, says } from "../script.ts";
import { callWith, providerCall } from "./tool-calls.ts";
import { roomTool } from "./tool-loops.ts";

const WITH_APPROVALS: readonly MajorName[] = ["v6", "v7"];

function approval(id: string, what: string, type = "function") {
  return toolSpan("bookRoom", id, {
    attributes: { "ai_spans.tool.approval": what, "gen_ai.tool.type": type },
  });
}

interface Messages {
  readonly response: PromiseLike<{ readonly messages: readonly unknown[] }>;
}

/** The messages that a user interface keeps of the first run, and sends back with the user's decision. */
async function messagesOf(result: unknown): Promise<readonly unknown[]> {
  return (await (result as Messages).response).messages;
}

function approvalIdIn(messages: readonly unknown[]): string {
  return /"approvalId":"([^"]*)"/.exec(JSON.stringify(messages))?.[1] ?? "none";
}

interface Asking {
  readonly tool: object;
  readonly parameters?: CallParameters;
  readonly parts?: readonly ScriptedPart[];
}

/** A run that ends with a question to the user, and a second run with the user's decision. */
async function askAndGoOn(app: ApplicationStage, streaming: boolean, approved: boolean, asking: Asking) {
  const { tool, parameters, parts } = asking;
  const question = { role: "user", content: "a room in Paris" };
  const shared = { prompt: undefined, tools: { bookRoom: tool }, ...parameters };
  const run = async (model: object, messages: readonly unknown[]) => {
    const all = { ...shared, messages, stopWhen: app.major.stepCount(5) };
    if (!streaming) return app.sdk.generateText({ ...callOf(app, model), ...all });
    const result = app.sdk.streamText({ ...callOf(app, model), ...all });
    await result.consumeStream();
    return result;
  };
  const first = scriptedModel(app.major, [callsTool("bookRoom", "call-1", parts ? { parts } : {})]);
  const asked = await messagesOf(await run(first.model, [question]));
  const word = { type: "tool-approval-response", approvalId: approvalIdIn(asked), approved };
  const second = scriptedModel(app.major, [says("done")]);
  await run(second.model, [question, ...asked, { role: "tool", content: [word] }]);
}

function callOf(app: ApplicationStage, model: object): CallParameters {
  return { model, onError: () => {}, ...app.major.telemetryOptions({ functionId: "booking-agent" }) };
}

const NEEDS: Readonly<Record<string, (app: ApplicationStage) => Asking>> = {
  "a tool that needs approval": (app) => ({ tool: needing(app, true) }),
  "a tool that decides whether it needs approval": (app) => ({ tool: needing(app, async () => true) }),
  "signed approvals": (app) => ({
    tool: needing(app, true),
    parameters: { experimental_toolApprovalSecret: "a secret of at least thirty-two characters" },
  }),
};

const POLICIES_THAT_ASK: Readonly<Record<string, unknown>> = {
  "a policy that asks the user": () => "user-approval",
  "a policy that asks the user for one tool": { bookRoom: "user-approval" },
};

/** v7: what the policy returns, and the outcome without a user. */
const POLICIES: Readonly<Record<string, [policy: unknown, outcome: "approved" | "denied"]>> = {
  "a policy that approves": [async () => "approved", "approved"],
  "a policy that approves one tool": [{ bookRoom: { type: "approved" } }, "approved"],
  "a policy that approves one call": [{ bookRoom: () => "approved" }, "approved"],
  "a policy that denies": [() => ({ type: "denied", reason: "no money" }), "denied"],
  "a policy that denies one tool": [{ bookRoom: "denied" }, "denied"],
};

function needing(app: ApplicationStage, needsApproval: unknown): object {
  return { ...roomTool(app, async () => "booked"), needsApproval };
}

function approvalsOf(streaming: boolean): TreeProgram[] {
  const word = streaming ? "streams" : "generates";
  const toolChat = chatSpan({ streaming, finish: "tool_call" });
  const lastChat = chatSpan({ streaming });
  const asking = (name: string, create: (app: ApplicationStage) => Asking, majors: readonly MajorName[]) =>
    [true, false].map((approved): TreeProgram => ({
      title: `${word} with ${name}, and the user ${approved ? "approves" : "denies"}`,
      majors,
      run: (app) => askAndGoOn(app, streaming, approved, create(app)),
      expected: [
        agentSpan({}, [toolChat, approval("call-1", "requested")]),
        agentSpan({}, [approval("call-1", approved ? "approved" : "denied"), lastChat]),
      ],
    }));
  return [
    ...Object.entries(NEEDS).flatMap(([name, create]) => asking(name, create, WITH_APPROVALS)),
    ...Object.entries(POLICIES_THAT_ASK).flatMap(([name, toolApproval]) =>
      asking(name, (app) => ({ tool: roomTool(app, async () => "booked"), parameters: { toolApproval } }), [
        "v7",
      ]),
    ),
    ...Object.entries(POLICIES).map(([name, [toolApproval, outcome]]): TreeProgram => ({
      title: `${word} with ${name}`,
      majors: ["v7"],
      run: async (app) => {
        const { model } = scriptedModel(app.major, [callsTool("bookRoom", "call-1"), says("done")]);
        await callWith(app, streaming, model, {
          tools: { bookRoom: roomTool(app, async () => "booked") },
          toolApproval,
        });
      },
      expected: agentSpan({}, [toolChat, approval("call-1", outcome), lastChat]),
    })),
    {
      title: `${word} with a tool that decides that it needs no approval`,
      majors: WITH_APPROVALS,
      run: async (app) => {
        const { model } = scriptedModel(app.major, [callsTool("bookRoom", "call-1"), says("done")]);
        await callWith(app, streaming, model, { tools: { bookRoom: needing(app, () => false) } });
      },
      expected: agentSpan({}, [toolChat, toolSpan("bookRoom", "call-1"), lastChat]),
    },
    {
      title: `${word} with a tool of the provider that needs approval`,
      majors: WITH_APPROVALS,
      run: async (app) => {
        const request = { type: "tool-approval-request", approvalId: "approval-1", toolCallId: "call-1" };
        const { model } = scriptedModel(app.major, [
          says("", {
            parts: [providerCall("bookRoom", "call-1"), { verbatim: request }],
          }),
        ]);
        const tool = roomTool(app, async () => "booked");
        await callWith(app, streaming, model, { tools: { bookRoom: tool } });
      },
      expected: agentSpan({}, [lastChat, approval("call-1", "requested", "extension")]),
    },
  ];
}

export const toolApprovals: readonly TreeProgram[] = [...approvalsOf(false), ...approvalsOf(true)].map(
  (program) =>
    program.title.includes("policy that approves")
      ? without(["ai_spans.tool.approval"], "no event reports what a policy approved", program)
      : program,
);
