/** Servers on a free port of 127.0.0.1. */
import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** @returns the port */
export async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** Closes the server and the connections that clients keep open. */
export async function close(server: Server & { closeAllConnections?: () => void }): Promise<void> {
  server.closeAllConnections?.();
  server.close();
  await once(server, "close");
}

/** A port that nothing listens on, for a server that does not say which one it has taken. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await close(server);
  return port;
}
