/**
 * Sends server-sent events.
 */
import type { ServerResponse } from "node:http";

/** Starts a stream of server-sent events. Returns a function that sends one. */
export function sendEvents(response: ServerResponse): (event: object) => void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  return (event) => void response.write(`data: ${JSON.stringify(event)}\n\n`);
}
