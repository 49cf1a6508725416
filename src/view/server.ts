/**
 * Serves the page and its events on a loopback address. Refuses requests that a page of another site makes: by the `Host`
 * header, against DNS rebinding, and by `Sec-Fetch-Site`.
 */
import { contained } from "../foundation/containment.ts";
import { asRecord, finiteNumber } from "../foundation/structure.ts";
import type { Hello, StoredSpan } from "../traces/span-record.ts";
import type { Trace, TraceStore } from "../traces/trace-store.ts";
import { PAGE, PAGE_POLICY } from "./built-page.ts";
import { EventStream } from "./event-stream.ts";
import { createHttpServer, type HttpRequest, type HttpResponse, type HttpServer } from "./node-http.ts";

const HOST = "127.0.0.1";
const HOST_NAMES = [HOST, "localhost", "[::1]"];
/** Pages that are connected at the same time. */
const MOST_PAGES = 16;

const HEADERS = {
  "Content-Security-Policy": `${PAGE_POLICY}; frame-ancestors 'none'`,
  "Cache-Control": "no-store",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

export class PageServer {
  readonly #store: TraceStore;
  readonly #hello: Hello;
  readonly #pages = new Set<EventStream>();
  #server: HttpServer | undefined;
  #port = 0;
  #hasBeenOpened = false;

  constructor(store: TraceStore, hello: Hello) {
    this.#store = store;
    this.#hello = hello;
  }

  /** Whether a page has connected so far. */
  get hasBeenOpened(): boolean {
    return this.#hasBeenOpened;
  }

  /** Sends a span that changed to the pages that are connected. */
  send(span: StoredSpan): void {
    for (const page of this.#pages) page.add(span);
  }

  /** Sends nothing of a trace that is no longer kept, except that it is not. */
  remove(trace: Trace): void {
    for (const page of this.#pages) for (const span of trace.spans.values()) page.remove(span);
    this.sendLimits();
  }

  /** Sends what is not kept. */
  sendLimits(): void {
    for (const page of this.#pages) page.addLimits();
  }

  /**
   * @returns the address of the page
   * @throws what Node throws where the port is in use
   */
  listen(port: number): Promise<string> {
    if (this.#server) throw new Error("ai-spans/view: the viewer listens already");
    const server = createHttpServer();
    this.#server = server;
    server.on(
      "request",
      contained("view: request", (request, response) => this.#answer(request, response)),
    );
    // The page must not keep the program alive.
    server.on(
      "connection",
      contained("view: connection", (socket) => socket.unref()),
    );
    return new Promise((resolve, reject) => {
      server.on("error", (error) => {
        this.#server = undefined;
        reject(error);
      });
      server.on("listening", () => {
        this.#port = finiteNumber(asRecord(server.address())?.port) ?? port;
        resolve(`http://${HOST}:${this.#port}/`);
      });
      // The workers of a cluster would share one server, and a page its parts of several workers.
      server.listen({ port, host: HOST, exclusive: true });
      server.unref();
    });
  }

  /** Keeps the process alive until `close`. */
  hold(): void {
    this.#server?.ref();
  }

  close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const page of this.#pages) page.close();
    this.#pages.clear();
    if (!server) return Promise.resolve();
    return new Promise((resolve) => {
      server.on("close", resolve);
      server.close();
      server.closeAllConnections();
    });
  }

  #answer(request: HttpRequest, response: HttpResponse): void {
    const [path] = (request.url ?? "").split("?");
    if (!this.#isFromHere(request)) return refuse(response, 403, "this address serves its own page only");
    if (request.method !== "GET") return refuse(response, 405, "only GET is answered");
    if (path === "/") {
      response.writeHead(200, { ...HEADERS, "Content-Type": "text/html; charset=utf-8" });
      response.end(PAGE);
      return;
    }
    if (path !== "/events") return refuse(response, 404, "there is nothing at this path");
    if (this.#pages.size >= MOST_PAGES) return refuse(response, 503, "too many pages are open");
    this.#connect(response);
  }

  #isFromHere({ headers }: HttpRequest): boolean {
    const { host, "sec-fetch-site": site = "none" } = headers;
    const isHost = HOST_NAMES.some((name) => host === `${name}:${this.#port}`);
    return isHost && (site === "none" || site === "same-origin");
  }

  #connect(response: HttpResponse): void {
    response.writeHead(200, { ...HEADERS, "Content-Type": "text/event-stream" });
    const page = new EventStream(response, this.#hello, () => this.#store.limits);
    this.#pages.add(page);
    this.#hasBeenOpened = true;
    response.on(
      "close",
      contained("view: close", () => {
        this.#pages.delete(page);
        page.close();
      }),
    );
    for (const { spans } of this.#store.traces.values()) for (const span of spans.values()) page.add(span);
    page.addLimits();
  }
}

function refuse(response: HttpResponse, status: number, reason: string): void {
  response.writeHead(status, { ...HEADERS, "Content-Type": "text/plain; charset=utf-8" });
  response.end(`${reason}\n`);
}
