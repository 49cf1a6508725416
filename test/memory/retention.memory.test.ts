/**
 * However a run ends, ai-spans holds neither its prompt, its parts, its tools' values nor its result. They are
 * collected while spans, model, tools, signal and the wrapped SDK stay alive.
 *
 * Holds: no-leak.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { collectUntil } from "../support/collection.ts";
import { turn } from "../support/gate.ts";
import {
  majors,
  type CallParameters,
  type Major,
  type MajorName,
  type StreamResult,
} from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { forgetfulModel } from "./forgetful-model.ts";

/** Weak references to the values of a run, by name. */
type Traces = Map<string, WeakRef<object>>;

/** Objects of an application that live longer than its runs. */
interface Lasting {
  readonly telemetry: Telemetry;
  readonly controller: AbortController;
  /** Answers with the steps of the current run. */
  readonly model: object;
  steps: Iterator<ScriptedStep | undefined>;
  readonly call: (traces: Traces, parameters: CallParameters) => StreamResult;
  readonly generate: (traces: Traces, parameters: CallParameters) => Promise<object>;
}

function createLasting(major: Major, traced: boolean): Lasting {
  const telemetry = setupTelemetry();
  const sdk = traced ? wrapAISDK(major.ai) : major.ai;
  const controller = new AbortController();
  const steps: ScriptedStep[] = [];
  const inputSchema = sdk.jsonSchema({ type: "object", properties: {} });
  const traces: { current: Traces } = { current: new Map() };
  const searchRooms = sdk.tool({
    inputSchema,
    execute: async (input: object) => {
      const output = { rooms: 2 };
      traces.current.set("tool input", new WeakRef(input));
      traces.current.set("tool output", new WeakRef(output));
      return output;
    },
  });
  const lasting: Lasting = {
    telemetry,
    controller,
    steps: steps.values(),
    model: forgetfulModel(
      major,
      () => lasting.steps.next().value,
      (part) => traces.current.set("part", new WeakRef(part)),
    ),
    call: (own, parameters) => sdk.streamText(parametersOf(own, parameters)),
    generate: (own, parameters) => sdk.generateText(parametersOf(own, parameters)),
  };
  const tools = { searchRooms };
  const stopWhen = major.stepCount(3);
  function parametersOf(own: Traces, parameters: CallParameters): CallParameters {
    const messages = [{ role: "user", content: "a room in Paris" }];
    const callParameters = {
      model: lasting.model,
      messages,
      tools,
      stopWhen,
      maxRetries: 0,
      onError: () => {},
      ...parameters,
    };
    traces.current = own;
    own.set("messages", new WeakRef(messages));
    own.set("message", new WeakRef(messages[0] ?? {}));
    own.set("parameters", new WeakRef(callParameters));
    return callParameters;
  }
  return lasting;
}

const toolCall: ScriptedStep = {
  parts: [{ toolCall: { id: "call-1", name: "searchRooms" } }],
  finish: "tool-calls",
};
const answer: ScriptedStep = { parts: [{ text: "a " }, { text: "room" }] };
const hanging: ScriptedStep = { ...answer, hangs: true };
const failing: ScriptedStep = { parts: [{ text: "a " }, { error: new RangeError("no") }], finish: "error" };

interface End {
  readonly title: string;
  readonly steps: readonly (ScriptedStep | undefined)[];
  /** Runs with a signal that stays alive. */
  readonly signal?: boolean;
  /** On v6 and v7 a left run is still held by the SDK's listeners on its signal. */
  readonly majors?: readonly MajorName[];
  readonly read: (result: StreamResult) => Promise<unknown>;
}

const ENDS: readonly End[] = [
  {
    title: "is read to its end",
    steps: [toolCall, answer],
    signal: true,
    read: (result) => result.consumeStream(),
  },
  {
    title: "is left",
    steps: [hanging],
    read: async (result) => {
      for await (const _text of result.textStream) break;
    },
  },
  {
    title: "is left in its second step",
    steps: [toolCall, hanging],
    read: async (result) => {
      for await (const _text of result.textStream) break;
    },
  },
  { title: "fails in-band", steps: [failing], signal: true, read: (result) => result.consumeStream() },
  { title: "is refused", steps: [undefined], signal: true, read: (result) => result.consumeStream() },
  { title: "is dropped unread", steps: [hanging], read: async () => {} },
  {
    title: "is dropped unread, and whose signal lives on",
    majors: ["v5"],
    steps: [answer],
    signal: true,
    read: async () => {},
  },
  {
    title: "is dropped after one part, and whose signal lives on",
    majors: ["v5"],
    steps: [toolCall, answer],
    signal: true,
    read: (result) => result.fullStream.getReader().read(),
  },
  {
    title: "is dropped after one part",
    steps: [hanging],
    read: (result) => result.fullStream.getReader().read(),
  },
  {
    title: "is dropped with a response that was not sent",
    steps: [answer],
    read: async (result) => void result.toUIMessageStreamResponse(),
  },
  {
    title: "is read and left by two",
    steps: [answer],
    read: async ({ textStream, fullStream }) => {
      for await (const _text of textStream) break;
      for await (const _part of fullStream);
    },
  },
];

/** Its own function, so that nothing on the caller's stack keeps the run's values alive. */
async function live(lasting: Lasting, { steps, signal, read }: End): Promise<Traces> {
  const traces: Traces = new Map();
  lasting.steps = steps.values();
  const result = lasting.call(traces, signal === true ? { abortSignal: lasting.controller.signal } : {});
  traces.set("result", new WeakRef(result));
  await read(result);
  for (let count = 0; count < 20; count++) await turn();
  return traces;
}

async function survivors(traces: Traces): Promise<string[]> {
  const alive = (): string[] =>
    [...traces].filter(([, trace]) => trace.deref() !== undefined).map(([name]) => name);
  await collectUntil(() => alive().length === 0);
  return alive();
}

for (const major of majors)
  describe(`a run that (${major.name})`, () => {
    const ends = ENDS.filter(({ majors: only }) => only?.includes(major.name) ?? true);
    test.each(ends.map((end) => [end.title, end] as const))(
      "%s is collected but for what lasts",
      async (_title, end) => {
        const bare = await survivors(await live(createLasting(major, false), end));
        const lasting = createLasting(major, true);
        const traces = await live(lasting, end);
        expect(await survivors(traces)).toEqual(bare);
        expect(bare, "what the SDK itself keeps").toEqual([]);
        await collectUntil(() => lasting.telemetry.open.length === 0);
        expect(lasting.telemetry.started.length).toBeGreaterThan(1);
        expect(lasting.telemetry.open).toEqual([]);
        expect(lasting.controller.signal.aborted).toBe(false);
      },
    );

    test("has ended and whose result is held keeps as much alive as on the bare SDK", async () => {
      const kept: StreamResult[] = [];
      const end: End = {
        title: "",
        steps: [toolCall, answer],
        signal: true,
        read: (result) => {
          kept.push(result);
          return result.consumeStream();
        },
      };
      const bare = await survivors(await live(createLasting(major, false), end));
      expect(bare).not.toContain("parameters");
      expect(await survivors(await live(createLasting(major, true), end))).toEqual(bare);
      expect(kept.length).toBe(2);
    });

    test("is aborted is collected, except for the lasting objects and the signal", async () => {
      const lasting = createLasting(major, true);
      const end: End = {
        title: "",
        steps: [hanging],
        signal: true,
        read: async (result) => {
          for await (const _text of result.textStream) lasting.controller.abort();
        },
      };
      expect(await survivors(await live(lasting, end))).toEqual([]);
      expect(lasting.telemetry.open).toEqual([]);
    });

    test("generates a text is collected, except for the lasting objects", async () => {
      const lasting = createLasting(major, true);
      const traces: Traces = new Map();
      lasting.steps = [toolCall, answer].values();
      traces.set(
        "result",
        new WeakRef(await lasting.generate(traces, { abortSignal: lasting.controller.signal })),
      );
      expect(await survivors(traces)).toEqual([]);
      expect(lasting.telemetry.open).toEqual([]);
    });
  });
