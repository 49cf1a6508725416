/**
 * Agent classes: runs by `generate` and `stream`, the names of agents, and calls that agents prepare.
 */
import { wrapAgent } from "ai-spans";
import { agentClassOf, agentsOf, type Agent } from "../../support/agents.ts";
import { apiCallError } from "../../support/failures.ts";
import { createGate, turn } from "../../support/gate.ts";
import { exchangeHttp } from "../../support/http-exchange.ts";
import type { CallParameters } from "../../support/majors.ts";
import { scriptedModel, type ScriptedStep } from "../../support/scripted-model.ts";
import { agentSpan, chatSpan, toolSpan, type AgentExpectation } from "../expected-spans.ts";
import { AGENT_NAME, type TreeProgram } from "../program.ts";
import type { ApplicationStage } from "../../harness/stage.ts";
import { callsTool, drain, rejects, says, swallow } from "../script.ts";
import { withDefaultProvider } from "../../support/default-provider.ts";
import { roomTool } from "./tool-loops.ts";
import { readAll } from "../../support/streams.ts";

const WITH_IDS = { majors: ["v6", "v7"] } as const;

type Make = (app: ApplicationStage, settings: CallParameters) => Agent;

/**
 * Where an agent comes from: the wrapped class, a subclass of it, or an instance of the SDK's class that `wrapAgent`
 * wraps.
 */
const MAKES: Readonly<Record<string, Make>> = {
  "an agent": (app, settings) => new (agentClassOf(app.sdk))(settings),
  "an agent of the experimental name": (app, settings) =>
    new (agentsOf(app.sdk).Experimental_Agent)(settings),
  "an agent of a subclass": (app, settings) => new (deskAgentOf(app))(settings),
  "an agent of the SDK's own class, wrapped": (app, settings) =>
    wrapAgent(new (agentClassOf(app.major.ai))(settings)),
  "an agent of a traced class, wrapped again": (app, settings) =>
    wrapAgent(new (agentClassOf(app.sdk))(settings)),
};

/** A subclass that has private members, overrides both methods and calls its superclass. */
function deskAgentOf({ sdk }: ApplicationStage): new (settings: CallParameters) => Agent {
  return class DeskAgent extends agentClassOf(sdk) {
    readonly #extra = { temperature: 0.5 };
    #calls = 0;

    override generate(parameters: CallParameters): ReturnType<Agent["generate"]> {
      this.#calls += 1;
      return super.generate(this.#with(parameters));
    }

    override stream(parameters: CallParameters): ReturnType<Agent["stream"]> {
      this.#calls += 1;
      return super.stream(this.#with(parameters));
    }

    #with(parameters: CallParameters): CallParameters {
      if (this.#calls !== 1) throw new Error("was called twice");
      return "temperature" in parameters ? { ...this.#extra, ...parameters } : parameters;
    }
  };
}

interface Run {
  readonly streaming?: boolean;
  readonly steps?: readonly ScriptedStep[];
  readonly settings?: CallParameters;
  readonly parameters?: CallParameters;
  readonly make?: Make;
}

const NO_ID = "no event carries an agent's id";

const LOOP: readonly ScriptedStep[] = [callsTool("searchRooms", "call-1"), says("two")];

/** Runs the agent to its end, and swallows a failure. */
async function run(app: ApplicationStage, how: Run = {}): Promise<void> {
  const { streaming = false, steps = LOOP, make = MAKES["an agent"], parameters } = how;
  const { model } = scriptedModel(app.major, steps);
  const agent = make?.(app, {
    model,
    tools: { searchRooms: roomTool(app, async () => 2) },
    stopWhen: app.major.stepCount(5),
    onError: () => {},
    ...app.major.telemetryOptions({ functionId: AGENT_NAME }),
    ...how.settings,
  });
  const callParameters = { prompt: "a room in Paris", ...parameters };
  if (agent === undefined) throw new Error("no agent");
  if (streaming) await swallow(Promise.resolve(agent.stream(callParameters)).then(drain));
  else await swallow(agent.generate(callParameters));
}

function loopSpan(streaming: boolean, expected: AgentExpectation = {}) {
  const agent = expected.name === undefined ? {} : { agent: expected.name };
  return agentSpan(expected, [
    chatSpan({ streaming, finish: "tool_call" }),
    toolSpan("searchRooms", "call-1", agent),
    chatSpan({ streaming }),
  ]);
}

function programsOf(streaming: boolean): TreeProgram[] {
  const word = streaming ? "streams" : "generates";
  const id = (agentId: string) => ({ attributes: { "gen_ai.agent.id": agentId } });
  const settings = { "gen_ai.request.temperature": 0.25 };
  const prepared = [
    chatSpan({ streaming, model: "mock-2", finish: "tool_call" }),
    toolSpan("bookRoom", "call-1"),
    chatSpan({ streaming, model: "mock-2" }),
  ];
  return [
    ...Object.entries(MAKES).map(([name, make]): TreeProgram => ({
      title: `${word} with ${name}`,
      run: (app) => run(app, { streaming, make }),
      expected: loopSpan(streaming),
    })),
    {
      title: `${word} with an agent that has an id and no other name`,
      ...WITH_IDS,
      run: (app) => run(app, { streaming, settings: { id: "desk-1", ...app.major.telemetryOptions({}) } }),
      expected: loopSpan(streaming, { name: "desk-1", ...id("desk-1") }),
      adapted: { reason: NO_ID, expected: loopSpan(streaming, { name: null }) },
    },
    {
      title: `${word} with an agent that names its call as it prepares it`,
      ...WITH_IDS,
      run: (app) =>
        run(app, {
          streaming,
          settings: {
            ...app.major.telemetryOptions({}),
            prepareCall: (call: object) => ({
              ...call,
              ...app.major.telemetryOptions({ functionId: AGENT_NAME }),
            }),
          },
        }),
      expected: loopSpan(streaming),
    },
    {
      title: `${word} with an agent that has an id and a function id`,
      ...WITH_IDS,
      run: (app) => run(app, { streaming, settings: { id: "desk-1" } }),
      expected: loopSpan(streaming, id("desk-1")),
      adapted: { reason: NO_ID, expected: loopSpan(streaming) },
    },
    {
      title: `${word} with an agent that has an id, within a turn of another agent`,
      ...WITH_IDS,
      needsContextManager: true,
      run: (app) =>
        app.withTurn({ agentName: "front-desk", agentId: "desk-0", requestId: "r-1" }, () =>
          run(app, { streaming, settings: { id: "desk-1", ...app.major.telemetryOptions({}) } }),
        ),
      expected: loopSpan(streaming, {
        name: "desk-1",
        attributes: { "gen_ai.agent.id": "desk-1", "ai_spans.turn.request_id": "r-1" },
      }),
      adapted: {
        reason: NO_ID,
        expected: loopSpan(streaming, {
          name: "front-desk",
          attributes: { "gen_ai.agent.id": "desk-0", "ai_spans.turn.request_id": "r-1" },
        }),
      },
    },
    {
      title: `${word} with an agent that nobody names`,
      run: (app) => run(app, { streaming, settings: { telemetry: {}, experimental_telemetry: {} } }),
      expected: loopSpan(streaming, { name: null }),
    },
    {
      title: `${word} with an agent that has settings`,
      run: (app) => run(app, { streaming, steps: [says("two")], settings: { temperature: 0.25 } }),
      expected: agentSpan({ attributes: settings }, [chatSpan({ streaming, attributes: settings })]),
    },
    {
      title: `${word} with an agent that has metadata`,
      run: (app) =>
        run(app, {
          streaming,
          steps: [says("two")],
          settings: app.major.telemetryOptions({
            functionId: AGENT_NAME,
            metadata: { conversationId: "c-42", plan: "pro" },
          }),
        }),
      expected: agentSpan(
        { attributes: { "gen_ai.conversation.id": "c-42", "ai_spans.metadata.plan": "pro" } },
        [chatSpan({ streaming, attributes: { "gen_ai.conversation.id": "c-42" } })],
      ),
    },
    {
      title: `${word} with an agent whose model is an id`,
      run: async (app) => {
        const { model } = scriptedModel(app.major, [says("two")], {
          provider: "openai.chat",
          modelId: "gpt-4o",
        });
        await withDefaultProvider(app.major.mockProvider({ "gpt-4o": model }), () =>
          run(app, { streaming, settings: { model: "gpt-4o" } }),
        );
      },
      expected: agentSpan({ model: "gpt-4o" }, [
        chatSpan({ streaming, provider: "openai", model: "gpt-4o" }),
      ]),
    },
    {
      title: `${word} with an agent that prepares a step with another model`,
      run: (app) => {
        const { model } = scriptedModel(app.major, [says("two")], { modelId: "mock-2" });
        return run(app, { streaming, steps: [], settings: { prepareStep: () => ({ model }) } });
      },
      expected: agentSpan({}, [chatSpan({ streaming, model: "mock-2" })]),
    },
    {
      title: `${word} with an agent that prepares its call with another model and other tools`,
      ...WITH_IDS,
      run: (app) => {
        const { model } = scriptedModel(app.major, [callsTool("bookRoom", "call-1"), says("two")], {
          modelId: "mock-2",
        });
        const tools = { bookRoom: roomTool(app, async () => 2) };
        const prepareCall = (call: CallParameters): CallParameters => ({ ...call, model, tools });
        return run(app, { streaming, steps: [], settings: { prepareCall } });
      },
      expected: agentSpan({}, prepared),
      adapted: {
        reason: "the SDK reports a run when its agent has prepared the call",
        expected: agentSpan({ model: "mock-2" }, prepared),
      },
    },
    {
      title: `${word} with an agent that prepares its call and returns it unchanged`,
      ...WITH_IDS,
      run: (app) =>
        run(app, { streaming, settings: { prepareCall: async (call: CallParameters) => ({ ...call }) } }),
      expected: loopSpan(streaming),
    },
    {
      title: `${word} with an agent whose provider refuses`,
      run: (app) => run(app, { streaming, steps: [rejects(apiCallError(app.major, { status: 401 }))] }),
      expected: agentSpan({ error: "401" }, [
        chatSpan({ streaming, error: "401", usage: null, finish: null, response: null, output: false }),
      ]),
    },
    {
      title: `${word} with an agent that fails to prepare its call`,
      ...WITH_IDS,
      run: (app) =>
        run(app, { streaming, settings: { prepareCall: () => Promise.reject(new RangeError("no")) } }),
      expected: agentSpan({ error: "RangeError" }),
      adapted: { reason: "no event: the run has not begun", expected: [] },
    },
    {
      title: `${word} with an agent whose caller aborts`,
      run: async (app) => {
        const controller = new AbortController();
        const gate = createGate();
        const running = run(app, {
          streaming,
          steps: [says("", { parts: [{ text: "a room" }, { gate }] })],
          parameters: { abortSignal: controller.signal },
        });
        await gate.reached;
        controller.abort();
        await running;
      },
      expected: agentSpan({ canceled: "abort" }, [
        chatSpan({
          streaming,
          usage: null,
          finish: null,
          canceled: "abort",
          ...(streaming ? {} : { response: null }),
        }),
      ]),
    },
    {
      title: `${word} with an agent inside a tool of another`,
      needsContextManager: true,
      run: (app) => {
        const searchRooms = roomTool(app, async () => {
          await run(app, { streaming, steps: [says("two")] });
          return 2;
        });
        return run(app, { streaming, settings: { tools: { searchRooms } } });
      },
      expected: agentSpan({}, [
        chatSpan({ streaming, finish: "tool_call" }),
        toolSpan("searchRooms", "call-1", {}, [agentSpan({}, [chatSpan({ streaming })])]),
        chatSpan({ streaming }),
      ]),
    },
  ];
}

const messages = [{ id: "m-1", role: "user", parts: [{ type: "text", text: "a room" }] }];
const streamed = loopSpan(true);

/** The ways in which the SDK sends an agent's answer to a browser. */
function sentTo(
  title: string,
  send: (app: ApplicationStage, agent: Agent) => Promise<unknown>,
): TreeProgram[] {
  return ["an agent", "an agent of the SDK's own class, wrapped"].map((name) => ({
    title: `${title} with ${name}`,
    ...WITH_IDS,
    run: (app) =>
      run(app, {
        streaming: true,
        make: (_app, settings) => {
          const agent = MAKES[name]?.(app, settings);
          if (agent === undefined) throw new Error("no agent");
          // The only run of the agent goes through the function that sends it.
          return { ...agent, tools: {}, stream: () => send(app, agent) as ReturnType<Agent["stream"]> };
        },
      }),
    expected: streamed,
  }));
}

export const agents: readonly TreeProgram[] = [
  ...programsOf(false),
  ...programsOf(true),
  ...sentTo("creates a stream for a browser", async ({ sdk }, agent) =>
    readAll(await agentsOf(sdk).createAgentUIStream({ agent, uiMessages: messages })),
  ),
  ...sentTo("creates a response for a browser", async ({ sdk }, agent) =>
    (await agentsOf(sdk).createAgentUIStreamResponse({ agent, uiMessages: messages })).text(),
  ),
  ...sentTo("pipes to a response for a browser", ({ sdk }, agent) =>
    exchangeHttp((response) =>
      agentsOf(sdk).pipeAgentUIStreamToResponse({ response, agent, uiMessages: messages }),
    ),
  ),
  ...["an agent", "an agent of a subclass", "an agent of the SDK's own class, wrapped"].map(
    (name): TreeProgram => ({
      title: `responds to a browser with ${name}`,
      majors: ["v5"],
      run: (app) =>
        run(app, {
          make: (_app, settings) => {
            const agent = MAKES[name]?.(app, settings);
            const respond = async (): Promise<unknown> => agent?.respond({ messages }).text();
            return { generate: respond } as unknown as Agent;
          },
        }),
      expected: streamed,
    }),
  ),
  {
    title: "runs an agent twice at once",
    run: async (app) => {
      const { model } = scriptedModel(app.major, [says("one"), says("two")]);
      const agent = new (agentClassOf(app.sdk))({
        model,
        ...app.major.telemetryOptions({ functionId: AGENT_NAME }),
      });
      await Promise.all([agent.generate({ prompt: "a room" }), agent.generate({ prompt: "a suite" })]);
    },
    expected: [agentSpan({}, [chatSpan()]), agentSpan({}, [chatSpan()])],
  },
  {
    title: "leaves the stream of an agent",
    run: async (app) => {
      const gate = createGate();
      const { model } = scriptedModel(app.major, [says("", { parts: [{ text: "a " }, { gate }] })]);
      const agent = new (agentClassOf(app.sdk))({
        model,
        ...app.major.telemetryOptions({ functionId: AGENT_NAME }),
      });
      const { textStream } = await agent.stream({ prompt: "a room" });
      await gate.reached;
      for await (const _text of textStream) break;
      // The stream reports the leave some microtasks later.
      await turn();
      gate.open();
    },
    expected: agentSpan({ canceled: "consumer" }, [
      chatSpan({ streaming: true, usage: null, finish: null, canceled: "consumer" }),
    ]),
    adapted: {
      reason: "no event reports that a consumer left",
      byCollection: true,
      expected: agentSpan({ canceled: "abandoned" }, [chatSpan({ streaming: true })]),
    },
  },
];
