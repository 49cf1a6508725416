/**
 * Programs with abort signals: aborted before, during and after a call, with any reason, shared between calls, and of
 * any type.
 */
import { callsTool, says } from "../../conformance/script.ts";
import { rejectOnAbort } from "../../support/gate.ts";
import type { CallParameters } from "../../support/majors.ts";
import { toStreamParts } from "../../support/model-shapes.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { callbacks, OPERATIONS, logCall, logMembers, logOutcome, logStream } from "../watch.ts";

const REASONS: Readonly<Record<string, () => readonly unknown[]>> = {
  "no reason": () => [],
  undefined: () => [undefined],
  null: () => [null],
  "a string": () => ["enough"],
  "an error": () => [new RangeError("enough")],
  "a deadline": () => [new DOMException("too late", "TimeoutError")],
  "an object without a prototype": () => [Object.create(null)],
  "a frozen object": () => [Object.freeze({ code: 7 })],
  "an object whose name throws": () => [
    {
      get name() {
        throw new RangeError("no name");
      },
    },
  ],
  zero: () => [0],
};

/** When the program aborts. Each function returns the call's parameters. */
const MOMENTS: Readonly<
  Record<
    string,
    (stage: WatchedStage, operation: (typeof OPERATIONS)[number], abort: () => void) => CallParameters
  >
> = {
  "before the call": (stage, _operation, abort) => {
    abort();
    return stage.call(stage.model([says("a room")]));
  },
  "inside the model's call": (stage, _operation, abort) =>
    stage.call(stage.model([says("", { parts: [{ text: "a " }], hangs: true, onCall: abort })])),
  "inside a tool": (stage, _operation, abort) => {
    const execute = async (_input: unknown, { abortSignal }: { abortSignal: AbortSignal }): Promise<void> => {
      abort();
      await rejectOnAbort(abortSignal);
    };
    const inputSchema = stage.sdk.jsonSchema({ type: "object" });
    const model = stage.model([callsTool("searchRooms", "call-1"), says("two")]);
    return stage.call(model, {
      tools: { searchRooms: { inputSchema, execute } },
      stopWhen: stage.major.stepCount(5),
    });
  },
  "between two steps": (stage, _operation, abort) => {
    const inputSchema = stage.sdk.jsonSchema({ type: "object" });
    const model = stage.model([callsTool("searchRooms", "call-1"), says("two")]);
    return stage.call(model, {
      tools: { searchRooms: { inputSchema, execute: () => 2 } },
      stopWhen: stage.major.stepCount(5),
      onStepFinish: abort,
    });
  },
  "after the end": (stage, _operation, abort) =>
    stage.call(stage.model([says("a room")]), { onFinish: abort }),
};

const moments = OPERATIONS.flatMap((operation) =>
  Object.entries(MOMENTS).flatMap(([moment, toParameters]) =>
    Object.entries(REASONS).map(([what, reason]): WatchedProgram => ({
      title: `aborts ${operation} ${moment} with ${what}`,
      run: async (stage) => {
        const controller = new AbortController();
        const abortArgs = reason();
        if (abortArgs.length > 0) stage.name("the reason", abortArgs[0]);
        const abort = (): void => controller.abort(...abortArgs);
        const parameters = {
          ...callbacks(stage, ["onAbort", "onError"]),
          ...toParameters(stage, operation, abort),
          abortSignal: stage.name("the signal", controller.signal),
        };
        await Promise.race([logCall(stage, operation, parameters), stage.rest()]);
      },
    })),
  ),
);

const members: readonly WatchedProgram[] = [
  {
    title: "reads every member of a stream that is aborted",
    run: async (stage) => {
      const controller = new AbortController();
      const model = stage.model([says("", { parts: [{ text: "a " }], hangs: true })]);
      const result = stage.sdk.streamText(stage.call(model, { abortSignal: controller.signal }));
      const logged = logMembers(stage, result);
      await stage.rest();
      controller.abort(stage.name("the reason", new RangeError("enough")));
      await logged;
      await stage.rest();
    },
  },
  {
    title: "aborts in the loop of a reader",
    run: async (stage) => {
      const controller = new AbortController();
      const parts = Array.from({ length: 12 }, () => ({ text: "room " }));
      const parameters = { abortSignal: controller.signal, ...callbacks(stage) };
      const result = stage.sdk.streamText(
        stage.call(stage.model([says("", { parts, hangs: true })]), parameters),
      );
      for await (const part of result.fullStream) {
        if (part.type === "text-delta") controller.abort();
        // The number of parts before the abort depends on single microtasks.
        if (part.type !== "text-delta" && !part.type.startsWith("text-")) stage.log("parts", part);
      }
    },
  },
];

/** A stream with the first parts of an answer, one part per pull and without a delay. The next pull aborts. */
function abortingSource(stage: WatchedStage, abort: () => void): ReadableStream<object> {
  const items = toStreamParts(stage.major, { parts: [{ text: "a room" }] }).slice(0, 3);
  return new ReadableStream({
    pull(controller) {
      const item = items.shift();
      if (item && "part" in item) {
        controller.enqueue(item.part);
        return;
      }
      abort();
      controller.error(new DOMException("aborted", "AbortError"));
    },
  });
}

const pulls = (["fullStream", "toUIMessageStream"] as const).map((way): WatchedProgram => ({
  title: `aborts inside the model's stream after its first text and reads its ${way}`,
  // The number of parts before the abort depends on single microtasks. The AI SDK's tests of v7 count them.
  majors: ["v7"],
  paces: ["at once"],
  run: async (stage) => {
    const controller = new AbortController();
    const doStream = async (): Promise<unknown> => ({
      stream: abortingSource(stage, () => controller.abort()),
    });
    const model = stage.major.mockModel({ provider: "p", modelId: "m", doGenerate: doStream, doStream });
    const parameters = { abortSignal: controller.signal, ...callbacks(stage, ["onAbort", "onError"]) };
    const result = stage.sdk.streamText(stage.call(model, parameters));
    await logStream(stage, way, way === "fullStream" ? result.fullStream : result.toUIMessageStream());
  },
}));

/** A signal behind a proxy, which records each read of `reason`. */
function watchedSignal(stage: WatchedStage, signal: AbortSignal): AbortSignal {
  return new Proxy(signal, {
    get: (target, key) => {
      if (key === "reason") stage.log("signal", "reason");
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const signals: readonly WatchedProgram[] = OPERATIONS.flatMap((operation): WatchedProgram[] => [
  {
    title: `passes a signal to ${operation} that is a Proxy`,
    run: (stage) => {
      const { signal } = new AbortController();
      return logCall(
        stage,
        operation,
        stage.call(stage.model([says("a room")]), { abortSignal: watchedSignal(stage, signal) }),
      );
    },
  },
  ...(
    [
      ["null", null],
      ["an object", {}],
      ["a string", "signal"],
      [
        "an object that looks like one",
        { aborted: false, addEventListener: () => {}, removeEventListener: () => {} },
      ],
      ["one whose methods throw", throwingSignal()],
    ] as const
  ).map(([what, abortSignal]): WatchedProgram => ({
    title: `passes ${what} as the signal of ${operation}`,
    run: (stage) =>
      logOutcome(stage, "call", () =>
        logCall(stage, operation, stage.call(stage.model([says("a room")]), { abortSignal, maxRetries: 0 })),
      ),
  })),
  {
    title: `reads the signal inside ${operation}`,
    run: (stage) => {
      const { signal } = new AbortController();
      stage.name("the signal", signal);
      const onCall = ({ abortSignal }: { abortSignal?: AbortSignal }): void =>
        stage.log("model", abortSignal);
      const parameters = { abortSignal: signal, ...callbacks(stage) };
      return logCall(stage, operation, stage.call(stage.model([says("a room", { onCall })]), parameters));
    },
  },
  {
    title: `gives ${operation} a timeout that does not pass`,
    run: (stage) => {
      const { signal } = new AbortController();
      const parameters = { abortSignal: signal, timeout: 60_000, ...callbacks(stage, ["onFinish"]) };
      return logCall(stage, operation, stage.call(stage.model([says("a room")]), parameters));
    },
  },
]);

function throwingSignal(): object {
  const fail = (): never => {
    throw new RangeError("no listeners");
  };
  return { aborted: false, addEventListener: fail, removeEventListener: fail, throwIfAborted: () => {} };
}

const listeners: WatchedProgram = {
  title: "leaves no listener on a signal after its calls",
  run: async (stage) => {
    const { signal } = new AbortController();
    for (let count = 0; count < 12; count++) {
      const parameters = stage.call(stage.model([says("a room", { deaf: true })]), { abortSignal: signal });
      if (count % 2 === 0) await stage.sdk.generateText(parameters);
      else await logStream(stage, "text", stage.sdk.streamText(parameters).textStream);
    }
  },
};

export const aborts: readonly WatchedProgram[] = [...moments, ...members, ...pulls, ...signals, listeners];
