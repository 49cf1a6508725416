/**
 * An HTTP server on 127.0.0.1 that answers like OpenAI's chat completions. It reads the number of a call from its
 * prompt. The text, the response id and the tokens depend on that number, so no answer can be mistaken for another.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { close, listen } from "../support/loopback.ts";
import { sendEvents } from "./http.ts";
import { answerResponses } from "./model-server-responses.ts";
import { LEFT_CALL, RESPONSE_MODEL, tokensOf } from "./numbered-calls.ts";

export interface ModelServer {
  readonly url: string;
  close(): Promise<void>;
}

interface ChatRequest {
  readonly messages: ReadonlyArray<{ readonly role: string; readonly content: unknown }>;
  readonly tools?: readonly unknown[];
  readonly stream?: boolean;
}

interface ChatPlan {
  readonly number: number;
  readonly step: 1 | 2;
  readonly asksForTool: boolean;
}

export async function startModelServer(): Promise<ModelServer> {
  let held: Array<() => void> = [];
  const server = createServer((request, response) => {
    for (const release of held) release();
    held = [];
    // One connection for each request, because which request reuses a connection depends on time.
    response.setHeader("connection", "close");
    const hold = async (): Promise<void> => new Promise((resolve) => held.push(resolve));
    void answer(request, response, hold);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    close: () => close(server),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  hold: () => Promise<void>,
): Promise<void> {
  const text = await textOf(request);
  if (request.url?.endsWith("/responses")) return answerResponses(response);
  const body = JSON.parse(text) as ChatRequest;
  const number = Number(/call (\d+)/.exec(JSON.stringify(body.messages))?.[1]);
  const step = body.messages.some(({ role }) => role === "tool") ? 2 : 1;
  const plan: ChatPlan = { number, step, asksForTool: step === 1 && body.tools !== undefined };
  if (body.stream) await stream(response, plan, hold);
  else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(completion(plan)));
}

/** The first fields of a response and of each chunk of a stream. */
const head = ({ number, step }: ChatPlan, object: string): object => ({
  id: `chatcmpl-${number}-${step}`,
  object,
  created: 1_760_000_000,
  model: RESPONSE_MODEL,
});

const toolCall = (number: number): object => ({
  id: `call-${number}`,
  type: "function",
  function: { name: "searchRooms", arguments: JSON.stringify({ city: `city ${number}` }) },
});

function completion(plan: ChatPlan): object {
  const { number, asksForTool } = plan;
  const message = asksForTool
    ? { role: "assistant", content: null, tool_calls: [toolCall(number)] }
    : { role: "assistant", content: `answer ${number}` };
  return {
    ...head(plan, "chat.completion"),
    choices: [{ index: 0, message, finish_reason: asksForTool ? "tool_calls" : "stop" }],
    usage: usage(plan),
  };
}

function usage({ number, step }: ChatPlan): object {
  const { input, output } = tokensOf(number, step);
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

async function stream(response: ServerResponse, plan: ChatPlan, hold: () => Promise<void>): Promise<void> {
  const { number, asksForTool } = plan;
  const chunk = (delta: object, finish: string | null = null): object => ({
    ...head(plan, "chat.completion.chunk"),
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const send = sendEvents(response);
  send(chunk({ role: "assistant", content: "" }));
  if (asksForTool) {
    send(chunk({ tool_calls: [{ index: 0, ...toolCall(number) }] }));
  } else {
    send(chunk({ content: "answer" }));
    if (number === LEFT_CALL) await hold();
    send(chunk({ content: ` ${number}` }));
  }
  send(chunk({}, asksForTool ? "tool_calls" : "stop"));
  send({ ...head(plan, "chat.completion.chunk"), choices: [], usage: usage(plan) });
  response.end("data: [DONE]\n\n");
}
