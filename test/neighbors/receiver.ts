/**
 * An HTTP server on 127.0.0.1 to which a neighbor sends. It keeps every request, and answers 200 with an empty object.
 */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { close, listen } from "../support/loopback.ts";

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The decompressed body. */
  readonly body: Buffer;
}

export interface Receiver {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  close(): Promise<void>;
}

/** The answer to a request with this path, if the neighbor needs more than an empty object. */
export type AnswerTo = (path: string, url: string) => object | undefined;

export async function startReceiver(answer?: AnswerTo): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const sent = await buffer(request);
      const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
      const path = request.url ?? "";
      requests.push({ path, headers: request.headers, body });
      const type = request.headers["content-type"];
      // An empty protobuf message has no bytes.
      if (type === "application/x-protobuf") response.writeHead(200, { "content-type": type }).end();
      else respond(response, answer?.(path, url) ?? {});
    })();
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  return {
    url,
    requests,
    close: () => close(server),
  };
}

function respond(response: ServerResponse, answered: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answered));
}
