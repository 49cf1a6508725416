/**
 * One request of a real client to a real HTTP server on 127.0.0.1.
 */
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import { turn, turns } from "./gate.ts";
import { listen } from "./loopback.ts";

export interface Client {
  /** The client disconnects when the body contains this text. Without it the client reads to the end. */
  readonly leavesAfter?: string;
}

const TURNS_TO_CLOSE = 50;

/**
 * Resolves with the part of the body that the client has read, when the client is done and the server has noticed it.
 */
export async function exchangeHttp(
  respond: (response: ServerResponse) => unknown,
  { leavesAfter }: Client = {},
): Promise<string> {
  let responding: Promise<unknown> = Promise.resolve();
  let closed: Promise<unknown> = Promise.resolve();
  const server = createServer((_request, response) => {
    closed = once(response, "close");
    responding = (async () => respond(response))();
  });
  const port = await listen(server);
  try {
    const request = get({ host: "127.0.0.1", port, agent: false });
    // The event has one argument: the response.
    const [message] = (await once(request, "response")) as [IncomingMessage];
    const body = await readBody(message, leavesAfter);
    if (leavesAfter !== undefined) request.destroy();
    await closed;
    // An SDK that ignores the client's leaving would write for ever.
    await (leavesAfter === undefined ? responding : Promise.race([responding, turns(TURNS_TO_CLOSE)]));
    // The server's work at the end of its response takes some microtasks.
    await turn();
    return body;
  } finally {
    server.close();
  }
}

async function readBody(message: IncomingMessage, until: string | undefined): Promise<string> {
  let body = "";
  message.setEncoding("utf8");
  for await (const chunk of message.iterator({ destroyOnReturn: false })) {
    body += String(chunk);
    if (until !== undefined && body.includes(until)) break;
  }
  return body;
}
