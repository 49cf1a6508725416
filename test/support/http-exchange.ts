/**
 * One request between a real HTTP server and a real client on 127.0.0.1, and what each of them saw.
 */
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import { turn } from "./gate.ts";

export interface Client {
  /** The client disconnects once the body contains this; otherwise it reads to the end. */
  readonly leavesAfter?: string;
}

const TURNS_TO_NOTICE = 50;

/** Resolves with the body as far as the client read it, when the client is done and the server knows. */
export async function exchangeHttp(
  respond: (response: ServerResponse) => unknown,
  { leavesAfter }: Client = {},
): Promise<string> {
  let responding: Promise<unknown> = Promise.resolve();
  let noticed: Promise<unknown> = Promise.resolve();
  const server = createServer((_request, response) => {
    noticed = once(response, "close");
    responding = (async () => respond(response))();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    const request = get({ host: "127.0.0.1", port: address.port, agent: false });
    // The event has one argument: the response.
    const [message] = (await once(request, "response")) as [IncomingMessage];
    const body = await readBody(message, leavesAfter);
    if (leavesAfter !== undefined) request.destroy();
    await noticed;
    // An SDK that takes no notice of a client that has left writes for it for ever.
    await (leavesAfter === undefined ? responding : Promise.race([responding, turns()]));
    // What the server does on its response's end goes a way of microtasks.
    await turn();
    return body;
  } finally {
    server.close();
  }
}

async function turns(): Promise<void> {
  for (let count = 0; count < TURNS_TO_NOTICE; count++) await turn();
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
