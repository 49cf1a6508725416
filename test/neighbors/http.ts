/**
 * Small functions for HTTP servers.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // The body of a request consists of buffers.
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** Starts a stream of server-sent events. Returns a function that sends one. */
export function sendEvents(response: ServerResponse): (event: object) => void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  return (event) => void response.write(`data: ${JSON.stringify(event)}\n\n`);
}
