/**
 * A server on 127.0.0.1 that answers like OpenAI, from the fixtures: a call of the tool, and then a text. A prompt about
 * a tour gets a text that never ends.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { readRequestFacts } from "../../fixtures/request-script.ts";
import { readAnswer } from "../../fixtures/scripted-answer.ts";
import { sendAnswer } from "../../fixtures/send-answer.ts";
import { close, listen } from "../support/loopback.ts";

export interface ModelServer {
  /** For the variable `OPENAI_BASE_URL`. */
  readonly url: string;
  /** How many clients have left before the end of an answer. */
  readonly leaves: number;
  close(): Promise<void>;
}

/** The answer to a prompt about a tour. */
const ENDLESS = "endless-tour";

export async function startModelServer(): Promise<ModelServer> {
  let leaves = 0;
  const server = createServer((request, response) => {
    answer(request, response).catch(() => (leaves += 1));
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    get leaves() {
      return leaves;
    },
    close: () => close(server),
  };
}

/** Rejects if the client leaves before the end. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const body = await json(request);
  const { step } = readRequestFacts("openai-responses", request.url ?? "", body);
  const last = JSON.stringify(body).includes("tour of") ? ENDLESS : "booking-confirmed";
  const scripted = await readAnswer("openai-responses", step === 1 ? "search-rooms" : last, true);
  if (!scripted) throw new Error("the fixture is missing");
  await sendAnswer(response, scripted, { signal: gone.signal, timeScale: 1, onEventSent: () => {} });
}
