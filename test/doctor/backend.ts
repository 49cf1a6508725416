/** An OTLP backend on 127.0.0.1 that refuses, or never answers. */
import { createServer } from "node:http";
import { close, freePort, listen } from "../support/loopback.ts";

export interface Backend {
  readonly url: string;
  close(): Promise<void>;
}

/** @param status of each answer; `undefined`: no answer */
export async function startBackend(status: number | undefined): Promise<Backend> {
  const server = createServer((request, response) => {
    request.resume();
    // An exporter that is to wait for longer than it may does not repeat its request.
    const headers = { "content-type": "application/json", "retry-after": "3600" };
    if (status !== undefined) response.writeHead(status, headers).end("{}");
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, close: () => close(server) };
}

/** The URL of a port on which nothing listens. */
export async function unusedURL(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`;
}
