/**
 * Programs with agents whose `stream` returns something other than the SDK's result. Their runs last until the work is
 * over.
 */
import { says } from "../../conformance/script.ts";
import { RoomServiceError } from "../../support/failures.ts";
import { createGate, rest, turn } from "../../support/gate.ts";
import type { StreamResult } from "../../support/majors.ts";
import { memberOf, promptOf, type ClassOf, type AgentWithSettings } from "./makings.ts";
import { ONCE, SUBCLASS, type Row } from "./rows.ts";
import { readAll } from "../../support/streams.ts";

/** An agent whose `stream` returns `shape(result)` instead of the SDK's result. */
function streaming(shape: (result: StreamResult) => unknown): ClassOf {
  return (Base) =>
    class Streaming extends Base {
      override async stream(...args: Parameters<AgentWithSettings["stream"]>) {
        return shape(await super.stream(...args)) as StreamResult;
      }
    };
}

/** An agent whose `stream` returns a generator of the texts. The generator calls `atEnd` after the last one. */
function generating(atEnd: () => void): ClassOf {
  return (Base) =>
    class Generating extends Base {
      override stream(...args: Parameters<AgentWithSettings["stream"]>) {
        const start = async (): Promise<StreamResult> => super.stream(...args);
        async function* parts(): AsyncGenerator {
          yield* (await start()).textStream;
          atEnd();
        }
        return parts() as unknown as StreamResult;
      }
    };
}

const GENERATING: Pick<Row, "steps" | "run"> = {
  steps: [says("two")],
  run: async ({ agent, log }) => {
    for await (const part of agent.stream(promptOf()) as unknown as AsyncIterable<unknown>) log(part);
  },
};

const SHAPES: Readonly<
  Record<
    string,
    readonly [shape: (result: StreamResult) => unknown, read: (shaped: never) => Promise<unknown>]
  >
> = {
  "a response": [
    (result) => (memberOf(result, "toTextStreamResponse") as () => Response)(),
    async (response: Response) => response.text(),
  ],
  "an object around the result": [
    (result) => ({ result, startedAt: 1 }),
    async ({ result }: { result: StreamResult }) => result.text,
  ],
  "a stream for a browser": [
    (result) => (memberOf(result, "toUIMessageStream") as () => ReadableStream)(),
    async (stream: ReadableStream) => (await readAll(stream)).length > 0,
  ],
};

export const STREAMS: readonly Row[] = [
  ...Object.entries(SHAPES).flatMap(([what, [shape, read]]): Row[] => [
    {
      title: `streams ${what}`,
      steps: [says("two")],
      classOf: streaming(shape),
      run: async ({ agent, log }) => log(await read((await agent.stream(promptOf())) as never)),
      outline: ONCE,
    },
    {
      title: `streams ${what} that is aborted`,
      steps: [says("", { parts: [{ text: "a " }], hangs: true })],
      classOf: streaming(shape),
      run: async (stage) => {
        const controller = new AbortController();
        const started = createGate();
        stage.inModel = () => void started.open();
        const parameters = promptOf({ abortSignal: controller.signal, onError: () => {} });
        const reading = read((await stage.agent.stream(parameters)) as never).then(
          () => "read",
          () => "failed",
        );
        await turn();
        controller.abort();
        await Promise.race([reading, rest()]);
      },
      outline: "invoke_agent abort (chat abort)",
    },
  ]),
  {
    title: "streams by a generator",
    ...GENERATING,
    classOf: generating(() => {}),
    outline: ONCE,
  },
  {
    title: "streams by a generator that fails after the answer",
    ...GENERATING,
    classOf: generating(() => {
      throw new RoomServiceError("no");
    }),
    outline: "invoke_agent RoomServiceError 5 (chat ok 5)",
    outlines: { [SUBCLASS]: ONCE },
  },
];
