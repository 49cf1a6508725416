/** An OTLP backend on 127.0.0.1 that refuses, or never answers. */
import { once } from "node:events";
import { createServer } from "node:http";

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
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the backend has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The URL of a port on which nothing listens. */
export async function unusedURL(): Promise<string> {
  const backend = await startBackend(200);
  await backend.close();
  return backend.url;
}
