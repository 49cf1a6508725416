/**
 * Loops of several steps, tools of every kind, and spans below a tool call or a model call.
 */
import { createGate } from "../../support/gate.ts";
import type { ModelCallOptions } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import { emptySchema, type Execute } from "../../support/tools.ts";
import { agentSpan, chatSpan, ownSpan, toolSpan } from "../expected-spans.ts";
import { call, type TreeProgram } from "../program.ts";
import type { ApplicationStage } from "../../harness/stage.ts";
import { callsTool, callsTools, readText, says } from "../script.ts";

/** The parts of a tool definition that all tools here share. */
function definition({ sdk }: ApplicationStage): { description: string; inputSchema: unknown } {
  return {
    description: "looks for rooms",
    inputSchema: emptySchema(sdk),
  };
}

export function roomTool(app: ApplicationStage, execute: Execute): object {
  return app.sdk.tool({ ...definition(app), execute });
}

const KINDS: Readonly<Record<string, (app: ApplicationStage) => object>> = {
  "a promise": (app) => roomTool(app, async () => ({ rooms: 2 })),
  "a plain value": (app) => roomTool(app, () => ({ rooms: 2 })),
  "several values": (app) =>
    roomTool(app, async function* () {
      yield { rooms: 1 };
      yield { rooms: 2 };
      yield { rooms: 3 };
    }),
  "a value, being frozen": (app) => Object.freeze(roomTool(app, async () => ({ rooms: 2 }))),
  "a value, being an instance with private fields": (app) => new RoomTool(app),
  "a value, being an instance with getters of private fields": (app) => new ReservedRoomTool(app),
  "a value, being a dynamic tool": (app) =>
    app.sdk.dynamicTool({ ...definition(app), execute: async () => ({ rooms: 2 }) }),
};

class RoomTool {
  readonly #rooms = 2;
  readonly description = "looks for rooms";
  readonly inputSchema: unknown;

  constructor(app: ApplicationStage) {
    this.inputSchema = definition(app).inputSchema;
  }

  async execute(): Promise<unknown> {
    return { rooms: this.#rooms };
  }
}

/** A tool whose members are on its prototype and use private fields, so the SDK must call them on the instance. */
class ReservedRoomTool {
  readonly #description = "looks for rooms";
  readonly #inputSchema: unknown;

  constructor(app: ApplicationStage) {
    this.#inputSchema = definition(app).inputSchema;
  }

  get description(): string {
    return this.#description;
  }

  get inputSchema(): unknown {
    return this.#inputSchema;
  }

  async execute(): Promise<unknown> {
    return this.#description;
  }

  toModelOutput(): object {
    return { type: "text", value: this.#description };
  }
}

function loopOf(streaming: boolean): TreeProgram[] {
  const word = streaming ? "streams" : "generates";
  const run = async (app: ApplicationStage, model: object, tools: object): Promise<void> => {
    const parameters = call(app, model, { tools, stopWhen: app.major.stepCount(5) });
    if (streaming) await readText(app.major, app.sdk.streamText(parameters));
    else await app.sdk.generateText(parameters);
  };
  const toolChat = chatSpan({ streaming, finish: "tool_call" });
  return [
    {
      title: `${word} in three steps with a tool in each but the last`,
      run: async (app) => {
        const { model } = scriptedModel(app.major, [
          callsTool("searchRooms", "call-1"),
          callsTool("bookRoom", "call-2"),
          says("booked"),
        ]);
        const searchRooms = roomTool(app, async () => ({ rooms: 2 }));
        await run(app, model, { searchRooms, bookRoom: roomTool(app, async () => "booked") });
      },
      expected: agentSpan({ usage: { input: 30, output: 15 } }, [
        toolChat,
        toolSpan("searchRooms", "call-1"),
        toolChat,
        toolSpan("bookRoom", "call-2"),
        chatSpan({ streaming }),
      ]),
    },
    {
      title: `${word} with two tools at once`,
      run: async (app) => {
        const { model } = scriptedModel(app.major, [
          callsTools([
            { name: "searchRooms", id: "call-1" },
            { name: "searchFlights", id: "call-2" },
          ]),
          says("done"),
        ]);
        const gate = createGate();
        const searchRooms = roomTool(app, () => gate.pass());
        const searchFlights = roomTool(app, async () => gate.open());
        await run(app, model, { searchRooms, searchFlights });
      },
      expected: agentSpan({}, [
        toolChat,
        toolSpan("searchRooms", "call-1"),
        toolSpan("searchFlights", "call-2"),
        chatSpan({ streaming }),
      ]),
    },
    ...Object.entries(KINDS).map(([kind, create]): TreeProgram => ({
      title: `${word} with a tool that gives ${kind}`,
      run: async (app) => {
        const { model } = scriptedModel(app.major, [callsTool("searchRooms", "call-1"), says("two")]);
        await run(app, model, { searchRooms: create(app) });
      },
      expected: agentSpan({}, [toolChat, toolSpan("searchRooms", "call-1"), chatSpan({ streaming })]),
    })),
    {
      title: `${word} with spans of the application inside a tool, a generator's pulls and the model call`,
      needsContextManager: true,
      run: async (app) => {
        const { tracer } = app;
        const work = (name: string): void => tracer.startActiveSpan(name, (span) => span.end());
        const onCall = async (_options: ModelCallOptions): Promise<void> => {
          await Promise.resolve();
          work("POST");
        };
        const { model } = scriptedModel(app.major, [
          callsTools(
            [
              { name: "searchRooms", id: "call-1" },
              { name: "watchRooms", id: "call-2" },
            ],
            { onCall },
          ),
          says("two", { onCall }),
        ]);
        const searched = createGate();
        const searchRooms = roomTool(app, async () => {
          work("SELECT");
          await Promise.resolve();
          work("COMMIT");
          searched.open();
        });
        const watchRooms = roomTool(app, async function* () {
          await searched.pass();
          for (const pull of ["first pull", "second pull", "third pull"]) {
            work(pull);
            yield pull;
          }
          work("last pull");
        });
        await run(app, model, { searchRooms, watchRooms });
      },
      expected: agentSpan({}, [
        { ...toolChat, children: [ownSpan("POST")] },
        toolSpan("searchRooms", "call-1", {}, [ownSpan("SELECT"), ownSpan("COMMIT")]),
        toolSpan("watchRooms", "call-2", {}, [
          ownSpan("first pull"),
          ownSpan("second pull"),
          ownSpan("third pull"),
          ownSpan("last pull"),
        ]),
        chatSpan({ streaming }, [ownSpan("POST")]),
      ]),
    },
    {
      title: `${word} with a nested agent inside a tool`,
      needsContextManager: true,
      run: async (app) => {
        const nested = scriptedModel(app.major, [says("sunny")], { modelId: "weather-model" });
        const askWeather = roomTool(app, async () => {
          const parameters = call(
            app,
            nested.model,
            app.major.telemetryOptions({ functionId: "weather-agent" }),
          );
          const { text } = await app.sdk.generateText(parameters);
          return text;
        });
        const { model } = scriptedModel(app.major, [callsTool("askWeather", "call-1"), says("sunny")]);
        await run(app, model, { askWeather });
      },
      expected: agentSpan({}, [
        toolChat,
        toolSpan("askWeather", "call-1", {}, [
          agentSpan({ name: "weather-agent", model: "weather-model" }, [
            chatSpan({ model: "weather-model" }),
          ]),
        ]),
        chatSpan({ streaming }),
      ]),
    },
    {
      title: `${word} twice at once with the same tools`,
      needsContextManager: true,
      run: async (app) => {
        const gates = [createGate(), createGate()];
        let executions = 0;
        const searchRooms = roomTool(app, async () => {
          await gates[executions++]?.pass();
          return app.tracer.startActiveSpan("SELECT", (span) => span.end());
        });
        const runs = ["first-agent", "second-agent"].map((functionId) => {
          const { model } = scriptedModel(app.major, [callsTool("searchRooms", functionId), says("two")]);
          const parameters = call(app, model, {
            tools: Object.freeze({ searchRooms }),
            stopWhen: app.major.stepCount(5),
            ...app.major.telemetryOptions({ functionId }),
          });
          return streaming
            ? readText(app.major, app.sdk.streamText(parameters))
            : app.sdk.generateText(parameters);
        });
        await Promise.all(gates.map((gate) => gate.reached));
        for (const gate of gates.toReversed()) gate.open();
        await Promise.all(runs);
      },
      expected: ["first-agent", "second-agent"].map((name) =>
        agentSpan({ name }, [
          toolChat,
          toolSpan("searchRooms", name, { agent: name }, [ownSpan("SELECT")]),
          chatSpan({ streaming }),
        ]),
      ),
    },
  ];
}

export const toolLoops: readonly TreeProgram[] = [...loopOf(false), ...loopOf(true)];
