/**
 * Serves the page and its events on a loopback address. Refuses requests that pages of other sites make. The check of
 * the `Host` header prevents DNS rebinding. The check of `Sec-Fetch-Site` refuses all other requests from another site.
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
/** The most pages that can be connected at the same time. */
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

  /** Whether any page has connected since the viewer was created. */
  get hasBeenOpened(): boolean {
    return this.#hasBeenOpened;
  }

  /** Sends a span that changed to all connected pages. */
  send(span: StoredSpan): void {
    for (const page of this.#pages) page.add(span);
  }

  /** Drops the spans of a removed trace that still wait to be sent, and sends the new limits. */
  remove(trace: Trace): void {
    for (const page of this.#pages) for (const span of trace.spans.values()) page.remove(span);
    this.sendLimits();
  }

  /** Sends to all pages how many runs and spans are not kept. */
  sendLimits(): void {
    for (const page of this.#pages) page.addLimits();
  }

  /**
   * @returns the address of the page
   * @throws the error of Node if the port is in use
   */
  listen(port: number): Promise<string> {
    if (this.#server) throw new Error("ai-spans/view: the viewer listens already");
    const server = createHttpServer();
    this.#server = server;
    server.on(
      "request",
      contained("view: request", (request, response) => this.#answer(request, response)),
    );
    // A connected page must not keep the program alive.
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
      // Without `exclusive`, the workers of a cluster would share the port. Requests of one page would then reach
      // several workers.
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
