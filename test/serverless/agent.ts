/**
 * The agent that the tests of serverless functions run: a loop over a tool, or one answer as a response or a text.
 */
import { wrapAISDK } from "ai-spans";
import { AGENT_NAME } from "../conformance/program.ts";
import { callsTool, rejects, says } from "../conformance/script.ts";
import { createGate, type Gate } from "../support/gate.ts";
import type { CallParameters, Major, SDK } from "../support/majors.ts";
import { scriptedModel, type ScriptedStep } from "../support/scripted-model.ts";

export class Agent {
  readonly #major: Major;
  readonly #sdk: SDK;

  /** @param sdk the SDK to use; by default the wrapped one */
  constructor(major: Major, sdk: SDK = wrapAISDK(major.ai)) {
    this.#major = major;
    this.#sdk = sdk;
  }

  /** A streamed answer. If there is a gate, the model waits at it in the middle of the answer. */
  stream(gate?: Gate): Response {
    const parts = gate
      ? [{ text: "a room" }, { gate }, { text: " in Paris" }]
      : [{ text: "a room in Paris" }];
    return this.#respond(says("", { parts }));
  }

  /** A streamed answer as messages for a user interface. The first message comes before the model is called. */
  uiStream(): Response {
    const step = says("", { parts: [{ text: "a room in Paris" }] });
    return this.#sdk.streamText(this.#parameters([step], {})).toUIMessageStreamResponse();
  }

  /** A streamed answer of so many words that nobody reads it to its end. */
  endless(parameters: CallParameters = {}): Response {
    const gate = {
      ...createGate(),
      pass: async () => new Promise<void>((resolve) => setTimeout(resolve, 10)),
    };
    const parts = Array.from({ length: 5_000 }, () => [{ text: "room " }, { gate }]).flat();
    return this.#respond(says("", { parts }), parameters);
  }

  /** A loop of two model calls around one tool call. */
  async loop(execute: () => unknown = () => ({ rooms: 2 })): Promise<string> {
    const inputSchema = this.#sdk.jsonSchema({ type: "object", properties: {} });
    const searchRooms = this.#sdk.tool({ inputSchema, execute });
    const { text } = await this.#sdk.generateText(
      this.#parameters([callsTool("searchRooms", "call-1"), says("two rooms")], {
        tools: { searchRooms },
        stopWhen: this.#major.stepCount(5),
      }),
    );
    return text;
  }

  /** A call that the provider refuses. */
  async fail(): Promise<string> {
    const refused = this.#parameters([rejects(new TypeError("refused"))], { maxRetries: 0 });
    const { text } = await this.#sdk.generateText(refused);
    return text;
  }

  #respond(step: ScriptedStep, parameters: CallParameters = {}): Response {
    const { textStream } = this.#sdk.streamText(this.#parameters([step], parameters));
    return new Response(textStream.pipeThrough(new TextEncoderStream()), { headers: { "x-agent": "1" } });
  }

  #parameters(steps: readonly ScriptedStep[], parameters: CallParameters): CallParameters {
    return {
      model: scriptedModel(this.#major, steps).model,
      prompt: "a room in Paris",
      onError: () => {},
      ...this.#major.telemetryOptions({ functionId: AGENT_NAME }),
      ...parameters,
    };
  }
}
