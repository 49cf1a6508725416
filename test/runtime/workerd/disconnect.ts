/** A client that disconnects while it reads a response. */
import { get } from "node:http";

/** Resolves after the client has got the first chunk and has disconnected. */
export function disconnectAfterFirstChunk(url: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(url, (response) => {
      response.once("data", () => {
        request.destroy();
        resolve();
      });
    });
    request.on("error", reject);
  });
}
