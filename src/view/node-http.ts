/**
 * Creates Node's HTTP server, and has types for what the viewer uses of it. `node:http` is loaded without an import, so
 * that the entry loads on every runtime.
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
  /** @returns `false` if the caller must wait for the event `drain` before it writes again */
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
 * Creates a server that no HTTP instrumentation observes. So the program's traces have no spans for the requests of the
 * page.
 *
 * @throws Error on a runtime without `node:http`
 */
export function createHttpServer(): HttpServer {
  const createServer = builtinModule("node:http")?.createServer;
  const server = isFunction(createServer) ? createServer() : undefined;
  if (!asRecord(server))
    throw new Error("ai-spans/view: this runtime has no node:http, so no page is served");
  // Instrumentations replace `emit` on the server's class (`@opentelemetry/instrumentation-http` 0.223, dd-trace 6). So
  // this server gets the `emit` of `EventEmitter`.
  const emit = asRecord(asRecord(builtinModule("node:events")?.EventEmitter)?.prototype)?.emit;
  if (isFunction(emit)) Object.defineProperty(server, "emit", { value: emit });
  // The documentation of `node:http` lists the methods of this type.
  return server as HttpServer;
}
