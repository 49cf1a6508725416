/** A port of the loopback that nothing listens on, for a server that does not say which one it has taken. */
import { createServer } from "node:net";

export async function freePort(): Promise<string> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(String(typeof address === "object" && address?.port)));
    });
  });
}
