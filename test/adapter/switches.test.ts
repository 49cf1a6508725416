/**
 * The caller's telemetry switches: telemetry that is off, integrations of one call, inputs and outputs that are not
 * recorded. With each of them, a refused call still has its true `error.type`.
 */
import { createAISDKTelemetry } from "ai-spans";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { callsTool, rejects, says } from "../conformance/script.ts";
import { declareNames } from "../registry/declared-names.ts";
import { apiCallError, RoomServiceError } from "../support/failures.ts";
import { createGate, rejectOnAbort } from "../support/gate.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { v7, type CallParameters } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { expectSpanTree, type ExpectedSpan } from "../support/span-tree.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { ai, LOOP, loopTree, parameters, run, telemetryOf } from "./application.ts";
import { type Kind, KINDS } from "../exits/run-call.ts";
import type { Execute } from "../support/tools.ts";

declareNames({ namespaces: ["booking"] });

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = setupTelemetry();
  registerIntegrations(createAISDKTelemetry());
});
afterEach(() => registerIntegrations());

const SWITCHES: Readonly<Record<string, CallParameters>> = {
  "neither kept back": {},
  "inputs kept back": { recordInputs: false },
  "outputs kept back": { recordOutputs: false },
  "both kept back": { recordInputs: false, recordOutputs: false },
};

describe.each(KINDS)("%s", (kind) => {
  test("a call with `isEnabled: false` has no spans", async () => {
    await run(kind, parameters(LOOP, telemetryOf({ isEnabled: false })));
    expect(telemetry.started).toEqual([]);
  });

  test("a call with an empty list of integrations has no spans, because its list replaces the registered ones", async () => {
    await run(kind, parameters(LOOP, telemetryOf({ integrations: [] })));
    expect(telemetry.started).toEqual([]);
  });

  test("a call that passes an adapter is traced by that adapter's options, with nothing registered", async () => {
    registerIntegrations();
    const integrations = createAISDKTelemetry({ namespace: "booking" });
    const context = { runtimeContext: { requestId: "r-1" } };
    const options = telemetryOf({ integrations, includeRuntimeContext: { requestId: true } });
    await run(kind, parameters([says("a room")], { ...context, ...options }));
    await expectSpanTree(
      telemetry,
      agentSpan({ attributes: { "booking.turn.request_id": "r-1" } }, [
        chatSpan({ streaming: kind === "stream" }),
      ]),
    );
  });
});

interface Failure {
  readonly title: string;
  readonly steps: readonly ScriptedStep[];
  readonly execute?: Execute;
  readonly kinds?: readonly Kind[];
  readonly expected: (kind: Kind) => ExpectedSpan;
}

const unanswered = { usage: null, finish: null, response: null, output: false };

function refused(kind: Kind, error: string, retries?: { retries: number }): ExpectedSpan {
  return agentSpan({ error }, [chatSpan({ ...unanswered, error, streaming: kind === "stream", ...retries })]);
}

const limit = (retryable: boolean): Error => apiCallError(v7, { status: 429, retryable });

const FAILURES: readonly Failure[] = [
  {
    title: "is complete",
    steps: LOOP,
    expected: loopTree,
  },
  {
    title: "is refused by its provider",
    steps: [rejects(limit(false))],
    expected: (kind) => refused(kind, "429"),
  },
  {
    title: "is refused after two retries",
    steps: [rejects(limit(true), limit(true), limit(true))],
    expected: (kind) => refused(kind, "429", { retries: 2 }),
  },
  {
    title: "is refused by an error of the application's",
    steps: [rejects(new RoomServiceError("no"))],
    expected: (kind) => refused(kind, "RoomServiceError"),
  },
  {
    title: "has a tool that throws",
    steps: LOOP,
    execute: () => {
      throw new RoomServiceError("no");
    },
    expected: (kind) =>
      agentSpan({}, [
        chatSpan({ streaming: kind === "stream", finish: "tool_call" }),
        toolSpan("searchRooms", "call-1", { error: "RoomServiceError" }),
        chatSpan({ streaming: kind === "stream" }),
      ]),
  },
  {
    title: "fails in its stream",
    steps: [{ parts: [{ text: "a " }], streamError: limit(false) }],
    kinds: ["stream"],
    expected: () =>
      agentSpan({ error: "429" }, [chatSpan({ ...unanswered, error: "429", streaming: true, output: true })]),
  },
  {
    title: "has an error part in its stream",
    steps: [{ parts: [{ text: "a " }, { error: limit(false) }], finish: "error" }],
    kinds: ["stream"],
    expected: () =>
      agentSpan({ error: "429" }, [
        chatSpan({ ...unanswered, error: "429", finish: "error", streaming: true, output: true }),
      ]),
  },
];

describe.each(Object.entries(SWITCHES))("with %s", (_name, switches) => {
  for (const { title, steps, execute, kinds = KINDS, expected } of FAILURES) {
    test.each(kinds)(`a call that ${title} gives the same tree (%s)`, async (kind) => {
      await run(kind, parameters(steps, telemetryOf(switches), execute));
      await expectSpanTree(telemetry, expected(kind));
    });
  }

  const REASONS = [
    { name: "an abort", reason: undefined, ending: { canceled: "abort" } },
    {
      name: "a deadline",
      reason: new DOMException("too late", "TimeoutError"),
      ending: { error: "timeout" },
    },
  ] as const;

  for (const { name, reason, ending } of REASONS) {
    test.each(KINDS)(`${name} in a model call is one (%s)`, async (kind) => {
      const controller = new AbortController();
      const gate = createGate();
      const steps = [{ parts: [{ gate }, { text: "a room" }] }];
      const running = run(
        kind,
        parameters(steps, { abortSignal: controller.signal, ...telemetryOf(switches) }),
      );
      await gate.reached;
      controller.abort(reason);
      await running;
      await expectSpanTree(
        telemetry,
        agentSpan(ending, [chatSpan({ ...unanswered, ...ending, streaming: kind === "stream" })]),
      );
    });

    test.each(KINDS)(`${name} in a tool that gives up is one (%s)`, async (kind) => {
      const controller = new AbortController();
      const execute: Execute = async (_input, { abortSignal }) => {
        controller.abort(reason);
        await rejectOnAbort(abortSignal);
      };
      const settings = { abortSignal: controller.signal, ...telemetryOf(switches) };
      await run(kind, parameters([callsTool("searchRooms", "call-1"), says("never")], settings, execute));
      await expectSpanTree(
        telemetry,
        agentSpan(ending, [
          chatSpan({ streaming: kind === "stream", finish: "tool_call" }),
          toolSpan("searchRooms", "call-1", ending),
        ]),
      );
    });
  }

  test("the output type is known where the inputs are", async () => {
    const output = ai.Output.object({ schema: ai.jsonSchema({ type: "object", properties: {} }) });
    const type = switches["recordInputs"] === false ? undefined : "json";
    await run("generate", parameters([says("{}")], { output, ...telemetryOf(switches) }));
    const attributes = { "gen_ai.output.type": type };
    await expectSpanTree(telemetry, agentSpan({ attributes }, [chatSpan({ attributes })]));
  });

  test("a failure outside model calls has its class where nothing is kept back", async () => {
    const prepareStep = (): never => {
      throw new RoomServiceError("no");
    };
    await run("generate", parameters(LOOP, { prepareStep, ...telemetryOf(switches) }));
    const error = Object.keys(switches).length === 0 ? "RoomServiceError" : "_OTHER";
    await expectSpanTree(telemetry, agentSpan({ error }));
  });
});
