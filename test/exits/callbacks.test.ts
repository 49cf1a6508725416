/**
 * Callbacks of the caller throw or reject. The application notices the same as on the bare SDK. If the SDK swallows the
 * error, the run is complete. Otherwise the run fails with it.
 */
import { expect } from "vitest";
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import type { ExpectedTree } from "../harness/program.ts";
import { callsTool, says } from "../conformance/script.ts";
import { RoomServiceError } from "../support/failures.ts";
import { turn } from "../support/gate.ts";
import type { MajorName } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { testExits, type Exit } from "./exit.ts";
import { KINDS, runCall, type Kind } from "./run-call.ts";

const BROKEN = { error: "RoomServiceError" } as const;

const WAYS: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw new RoomServiceError("no");
  },
  rejects: () => Promise.reject(new RoomServiceError("no")),
};

/** How far a run of two steps with a tool call between them gets. */
type Reach = "nowhere" | "first step" | "end";

interface Callback {
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly majors?: readonly MajorName[];
  /** Where the callback's error ends the run, if it does. */
  readonly stops?: Reach;
  /** Where it ends the run on v5, which swallows fewer errors. */
  readonly stopsOnV5?: Reach;
}

const CALLBACKS: readonly Callback[] = [
  { name: "onChunk", kinds: ["stream"] },
  { name: "onStepFinish", kinds: KINDS, stopsOnV5: "first step" },
  { name: "onStepEnd", kinds: KINDS, majors: ["v7"] },
  { name: "onFinish", kinds: ["stream"], stopsOnV5: "end" },
  { name: "onEnd", kinds: KINDS, majors: ["v7"] },
  { name: "onStart", kinds: KINDS, majors: ["v7"] },
  { name: "experimental_onStart", kinds: KINDS, majors: ["v6", "v7"] },
  { name: "onToolExecutionStart", kinds: KINDS, majors: ["v7"] },
  { name: "onToolExecutionEnd", kinds: KINDS, majors: ["v7"] },
  { name: "prepareStep", kinds: KINDS, stops: "nowhere" },
  { name: "stopWhen", kinds: KINDS, stops: "first step" },
];

function reached(reach: Reach, streaming: boolean, isBroken: boolean): ExpectedTree {
  const firstStep = [chatSpan({ streaming, finish: "tool_call" }), toolSpan("searchRooms", "call-1")];
  const both = [...firstStep, chatSpan({ streaming })];
  const children = { nowhere: [], "first step": firstStep, end: both };
  return agentSpan(isBroken ? BROKEN : {}, children[reach]);
}

const inLoops: readonly Exit[] = CALLBACKS.flatMap(({ name, kinds, majors, stops, stopsOnV5 }) =>
  kinds.flatMap((kind) =>
    Object.entries(WAYS).map(([way, callback]): Exit => {
      const streaming = kind === "stream";
      const expected = reached(stops ?? "end", streaming, stops !== undefined);
      const onV5 = stopsOnV5 === undefined ? expected : reached(stopsOnV5, streaming, true);
      return {
        title: `has ${name} that ${way} (${kind})`,
        ...(majors === undefined ? {} : { majors }),
        run: (app) => {
          const steps = [callsTool("searchRooms", "call-1"), says("two")];
          return runCall(app, kind, steps, { ...app.loop(async () => 2), [name]: callback });
        },
        expected,
        forced: { majors: ["v5"], reason: "v5 does not swallow what these callbacks throw", expected: onV5 },
      };
    }),
  ),
);

const failing: ScriptedStep = says("", {
  parts: [{ text: "a " }, { error: new RangeError("no") }],
  finish: "error",
});
const hanging: ScriptedStep = says("", { parts: [{ text: "a " }], hangs: true });

const onFailures: readonly Exit[] = Object.entries(WAYS).flatMap(([way, callback]): Exit[] => [
  {
    title: `has onError that ${way} when the stream fails`,
    run: (app) => runCall(app, "stream", [failing], { onError: callback }),
    expected: agentSpan({ error: "RangeError" }, [
      chatSpan({ streaming: true, error: "RangeError", finish: "error" }),
    ]),
  },
  {
    title: `has onError that ${way} when the provider refuses`,
    run: (app) =>
      runCall(app, "stream", [{ rejections: [new RangeError("no")], onlyRejects: true }], {
        onError: callback,
      }),
    expected: agentSpan({ error: "RangeError" }, [
      chatSpan({
        streaming: true,
        error: "RangeError",
        usage: null,
        finish: null,
        response: null,
        output: false,
      }),
    ]),
  },
  {
    title: `has onError that ${way} for consumeStream`,
    run: (app) => {
      const step = says("", { parts: [{ text: "a " }], streamError: new RangeError("no") });
      return app
        .streamText([step])
        .consumeStream({ onError: callback })
        .catch((error: unknown) => String(error));
    },
    expected: agentSpan({ error: "RangeError" }, [
      chatSpan({ streaming: true, error: "RangeError", usage: null, finish: null }),
    ]),
  },
  {
    title: `has onAbort that ${way}`,
    run: async (app) => {
      const controller = new AbortController();
      const parameters = { abortSignal: controller.signal, onAbort: callback };
      const received: string[] = [];
      try {
        for await (const part of app.streamText([hanging], parameters).fullStream) {
          received.push(part.type);
          if (part.type !== "text-delta") continue;
          // Aborts in a new turn. Within one turn, the order of a part and the abort depends on microtasks.
          await turn();
          controller.abort();
        }
      } catch (error) {
        received.push(String(error));
      }
      return received;
    },
    expected: agentSpan({ canceled: "abort" }, [
      chatSpan({ streaming: true, usage: null, finish: null, canceled: "abort" }),
    ]),
  },
  {
    title: `has onFinish of toUIMessageStream that ${way}`,
    run: async (app) => {
      const received: string[] = [];
      try {
        const stream = app.streamText([says("a room")]).toUIMessageStream({ onFinish: callback });
        for await (const part of stream) received.push(part.type);
      } catch (error) {
        received.push(String(error));
      }
      return received;
    },
    expected: agentSpan({}, [chatSpan({ streaming: true })]),
  },
]);

/** The SDK creates a transform before the result, so its error reaches the caller directly. */
const transforms: readonly Exit[] = [
  {
    title: "has experimental_transform that throws",
    majors: ["v5", "v6"],
    run: (app) => runCall(app, "stream", [says("a room")], { experimental_transform: WAYS["throws"] }),
    expected: agentSpan(BROKEN, []),
  },
  {
    title: "has experimental_transform whose stream fails in the middle",
    run: (app) => {
      const transform = (): TransformStream<{ readonly type: string }> =>
        new TransformStream({
          transform(part, controller) {
            if (part.type === "text-end") throw new RoomServiceError("no");
            controller.enqueue(part);
          },
        });
      return runCall(app, "stream", [says("a room")], { experimental_transform: transform });
    },
    expected: agentSpan(BROKEN, [chatSpan({ streaming: true })]),
  },
  {
    title: "has experimental_transform that stops the stream",
    leavesAtTheEnd: true,
    run: (app) => {
      const transform = ({
        stopStream,
      }: {
        stopStream: () => void;
      }): TransformStream<{ readonly type: string }> =>
        new TransformStream({
          transform(part, controller) {
            controller.enqueue(part);
            if (part.type === "text-delta") stopStream();
          },
        });
      return runCall(app, "stream", [hanging], { experimental_transform: transform });
    },
    // The SDK cancels the model's stream shortly before or after the result ends (Node 24).
    expected: agentSpan({}, [
      chatSpan({
        streaming: true,
        usage: null,
        finish: null,
        canceled: "consumer",
        attributes: { "ai_spans.cancel.cause": expect.stringMatching(/^(consumer|abandoned)$/) },
      }),
    ]),
  },
];

testExits([...inLoops, ...onFailures, ...transforms]);
