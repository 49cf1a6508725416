/**
 * The HTTP server of Node, with the types of what the viewer uses of it. It is loaded without an import, so that the entry
 * loads on every runtime.
 */
import { builtinModule } from "../foundation/builtin-module.ts";
import { asRecord, isFunction } from "../foundation/structure.ts";

export interface HttpRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface HttpResponse {
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  /** @returns `false` where the caller must wait for the event `drain` */
  write(text: string): boolean;
  end(text?: string): unknown;
  on(event: "drain" | "close", listener: () => void): unknown;
}

export interface HttpServer {
  on(event: "error", listener: (error: unknown) => void): unknown;
  on(event: "request", listener: (request: HttpRequest, response: HttpResponse) => void): unknown;
  on(event: "connection", listener: (socket: { unref(): unknown }) => void): unknown;
  on(event: "listening" | "close", listener: () => void): unknown;
  listen(options: { readonly port: number; readonly host: string; readonly exclusive: boolean }): unknown;
  address(): unknown;
  close(): unknown;
  closeAllConnections(): void;
  ref(): unknown;
  unref(): unknown;
}

/**
 * Creates a server that no instrumentation of HTTP observes, so that the requests of the page are in no trace.
 *
 * @throws Error on a runtime without `node:http`
 */
export function createHttpServer(): HttpServer {
  const createServer = builtinModule("node:http")?.createServer;
  const server = isFunction(createServer) ? createServer() : undefined;
  if (!asRecord(server))
    throw new Error("ai-spans/view: this runtime has no node:http, so no page is served");
  // Instrumentations patch `emit` of the class of servers (`@opentelemetry/instrumentation-http` 0.223, dd-trace 6).
  const emit = asRecord(asRecord(builtinModule("node:events")?.EventEmitter)?.prototype)?.emit;
  if (isFunction(emit)) Object.defineProperty(server, "emit", { value: emit });
  // `node:http` documents these methods.
  return server as HttpServer;
}
