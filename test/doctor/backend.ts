/** An OTLP backend on 127.0.0.1 that refuses, or never answers. */
import { once } from "node:events";
import { createServer } from "node:http";

export interface Backend {
  readonly url: string;
  /** Resolves when a request has come. */
  readonly requested: Promise<void>;
  close(): Promise<void>;
}

/** @param status of each answer; `undefined`: no answer */
export async function startBackend(status: number | undefined): Promise<Backend> {
  let onRequest = (): void => {};
  const requested = new Promise<void>((resolve) => (onRequest = resolve));
  const server = createServer((request, response) => {
    onRequest();
    request.resume();
    if (status !== undefined) response.writeHead(status, { "content-type": "application/json" }).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the backend has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    requested,
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
