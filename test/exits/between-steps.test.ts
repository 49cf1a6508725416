/**
 * Aborts while no span below the run is open: before the first step, between steps and after the end. Also aborts that
 * a tool or the provider ignores.
 */
import { agentSpan, chatSpan, toolSpan, type ChatExpectation } from "../conformance/expected-spans.ts";
import { callsTool, says, swallow } from "../conformance/script.ts";
import { deferred, turn } from "../support/gate.ts";
import { testExits, type Exit } from "./exit.ts";
import { KINDS, runCall, type Kind } from "./run-call.ts";

const UNANSWERED = { usage: null, finish: null, response: null, output: false } as const;
const ABORT = { canceled: "abort" } as const;
const never = (): Promise<never> => new Promise(() => {});

function stepsOf(kind: Kind): Exit[] {
  const streaming = kind === "stream";
  const first = [chatSpan({ streaming, finish: "tool_call" }), toolSpan("searchRooms", "call-1")];
  const usage = { usage: { input: 10, output: 5 }, finish: "tool_call" } as const;
  const second: ChatExpectation = { streaming, ...UNANSWERED, ...ABORT };
  const steps = [callsTool("searchRooms", "call-1"), says("two")];
  return [
    {
      title: `ends with an abort that came before the call (${kind})`,
      run: (app) => runCall(app, kind, [says("a room")], { abortSignal: AbortSignal.abort() }),
      expected: agentSpan(ABORT, [chatSpan(second)]),
      // v7's stream ends shortly before or after its model call (Node 24).
      goesOn: true,
    },
    {
      title: `ends with an abort when a step has ended (${kind})`,
      run: (app) => {
        const controller = new AbortController();
        const onStepFinish = (): void => controller.abort();
        const abortSignal = controller.signal;
        return runCall(app, kind, steps, { ...app.loop(async () => 2), onStepFinish, abortSignal });
      },
      expected: agentSpan({ ...ABORT, ...usage }, streaming ? [...first, chatSpan(second)] : first),
      goesOn: true,
    },
    {
      title: `ends with an abort when the next step is prepared (${kind})`,
      run: (app) => {
        const controller = new AbortController();
        const prepareStep = ({ stepNumber }: { stepNumber: number }): object => {
          if (stepNumber === 1) controller.abort();
          return {};
        };
        const abortSignal = controller.signal;
        return runCall(app, kind, steps, { ...app.loop(async () => 2), prepareStep, abortSignal });
      },
      // The SDK calls the model once more, with an aborted signal.
      expected: agentSpan({ ...ABORT, ...usage }, [...first, chatSpan(second)]),
      goesOn: true,
    },
    {
      title: `ends with an abort that a tool does not hear (${kind})`,
      run: async (app) => {
        const controller = new AbortController();
        const tool = deferred();
        const parameters = app.loop(() => {
          tool.resolve();
          return never();
        });
        const running = runCall(app, kind, steps, { ...parameters, abortSignal: controller.signal });
        await tool.promise;
        controller.abort();
        // The bare SDK may wait for the tool for ever, and then returns nothing.
        await Promise.race([running, turn()]);
      },
      expected: agentSpan(ABORT, [
        chatSpan({ streaming, finish: "tool_call" }),
        toolSpan("searchRooms", "call-1", ABORT),
      ]),
    },
    {
      title: `keeps the end of a run that is aborted later (${kind})`,
      run: async (app) => {
        const controller = new AbortController();
        const received = await runCall(app, kind, [says("a room")], { abortSignal: controller.signal });
        controller.abort();
        return received;
      },
      expected: agentSpan({}, [chatSpan({ streaming })]),
    },
  ];
}

const unread: readonly Exit[] = [
  {
    title: "ends with an abort though nobody reads",
    run: async (app) => {
      const controller = new AbortController();
      app.streamText([says("", { parts: [{ text: "a room" }], hangs: true })], {
        abortSignal: controller.signal,
      });
      await swallow(turn());
      controller.abort();
    },
    expected: agentSpan(ABORT, [chatSpan({ streaming: true, usage: null, finish: null, ...ABORT })]),
  },
  {
    title: "ends with an abort though the provider does not hear it",
    run: async (app) => {
      const controller = new AbortController();
      const called = deferred();
      const onCall = (): Promise<never> => {
        called.resolve();
        return never();
      };
      void runCall(app, "stream", [says("a room", { onCall })], { abortSignal: controller.signal });
      await called.promise;
      controller.abort();
    },
    expected: agentSpan(ABORT, [chatSpan({ streaming: true, ...UNANSWERED, ...ABORT })]),
  },
];

testExits([...KINDS.flatMap(stepsOf), ...unread]);
