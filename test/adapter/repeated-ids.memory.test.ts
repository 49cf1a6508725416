/**
 * Two calls in sequence have the same id. Each run keeps its own spans, whenever the SDK's earlier call is collected.
 */
import { createAISDKTelemetry } from "ai-spans";
import { afterEach, beforeEach, expect, test } from "vitest";
import { callCount } from "../../src/adapter/calls.ts";
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { DEFAULT_USAGE, swallow } from "../conformance/script.ts";
import { expectSpans } from "../exits/expect-spans.ts";
import { forgetfulModel } from "../memory/forgetful-model.ts";
import { collectUntil, settledHeapBytes } from "../support/collection.ts";
import { createGate } from "../support/gate.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { v7, type CallParameters } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";

const { ai } = v7;
const answer: ScriptedStep = { parts: [{ text: "a room" }], usage: DEFAULT_USAGE };
const toolCall: ScriptedStep = {
  parts: [{ toolCall: { id: "call-1", name: "searchRooms" } }],
  usage: DEFAULT_USAGE,
  finish: "tool-calls",
};

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = setupTelemetry();
  registerIntegrations(createAISDKTelemetry());
});
afterEach(() => registerIntegrations());

function parametersOf(
  steps: readonly (ScriptedStep | undefined)[],
  execute: () => Promise<void>,
): CallParameters {
  const queue = steps.values();
  return {
    model: forgetfulModel(v7, () => queue.next().value),
    prompt: "a room in Paris",
    tools: { searchRooms: ai.tool({ inputSchema: ai.jsonSchema({ type: "object" }), execute }) },
    stopWhen: v7.stepCount(5),
    maxRetries: 0,
    _internal: { generateCallId: () => "call-again" },
  };
}

const chats = { streaming: false, response: null } as const;
const calling = chatSpan({ ...chats, finish: "tool_call" });
const answering = chatSpan(chats);

test("the later call goes on when the earlier one is collected", async () => {
  const earlier = await refused();
  const gate = createGate();
  const later = ai.generateText(parametersOf([toolCall, answer], () => gate.pass()));
  await gate.reached;
  await collectUntil(() => earlier.deref() === undefined);
  // Waits for the other finalizers of that collection.
  await settledHeapBytes();
  expect(earlier.deref(), "the earlier call").toBe(undefined);
  gate.open();
  await later;
  const nothing = { error: "TypeError", usage: null, finish: null } as const;
  await expectSpans(telemetry, [
    agentSpan({ ...nothing, name: null }, [chatSpan({ ...chats, ...nothing })]),
    agentSpan({ name: null }, [calling, toolSpan("searchRooms", "call-1", { agent: null }), answering]),
  ]);
  expect(callCount(), "calls held").toBe(0);
});

test("a tool that began after its call ended is closed when that call is collected", async () => {
  const earlier = await abortedBeforeItsTool();
  expect(telemetry.open.map(({ name }) => name)).toEqual(["execute_tool searchRooms"]);
  await ai.generateText(parametersOf([answer], async () => {}));
  await collectUntil(() => earlier.deref() === undefined && callCount() === 0);
  expect(earlier.deref(), "the earlier call").toBe(undefined);
  const late = toolSpan("searchRooms", "call-1", { agent: null, canceled: "abort" });
  await expectSpans(
    telemetry,
    [
      agentSpan({ name: null, canceled: "abort" }, [
        chatSpan({ response: null, streaming: true, finish: "tool_call" }),
        late,
      ]),
      agentSpan({ name: null }, [answering]),
    ],
    { goesOn: true },
  );
  expect(callCount(), "calls held").toBe(0);
});

/** A call that fails. Its own function, so that nothing here keeps the call's parameters alive. */
async function refused(): Promise<WeakRef<object>> {
  const parameters = parametersOf([undefined], async () => {});
  await swallow(ai.generateText(parameters));
  return new WeakRef(parameters);
}

/** A stream that is aborted while a hook waits. Its tool begins after the abort and never settles. */
async function abortedBeforeItsTool(): Promise<WeakRef<object>> {
  const controller = new AbortController();
  const hook = createGate();
  const begun = createGate();
  const execute = async (): Promise<void> => {
    void begun.pass();
    await new Promise(() => {});
  };
  const parameters = {
    ...parametersOf([toolCall, answer], execute),
    abortSignal: controller.signal,
    onToolExecutionStart: () => hook.pass(),
  };
  const read = ai.streamText(parameters).consumeStream();
  await hook.reached;
  controller.abort();
  await read;
  hook.open();
  await begun.reached;
  return new WeakRef(parameters);
}
