/** Creates viewers: a span processor keeps the last runs in memory, and a server serves their page. */
import { contain } from "../foundation/containment.ts";
import { wholeNumber } from "../foundation/structure.ts";
import { DEFAULT_MAX_RUNS, TraceStore } from "../traces/trace-store.ts";
import { PageServer } from "./server.ts";
import { readSpan, type ViewedSpan } from "./viewed-span.ts";

/** The options of `createViewer`. */
export interface ViewerOptions {
  /** How many runs are kept, with their traces; 1 or more. The oldest are removed first. Default 1000. */
  readonly maxRuns?: number | undefined;
}

/** The options of `listen`. */
export interface ListenOptions {
  /** A port, or 0 for a free one. Default 0. */
  readonly port?: number | undefined;
}

/** A span processor of any OpenTelemetry SDK. It reads spans, and never changes or ends one. */
export interface ViewerSpanProcessor {
  /** Called by the SDK. */
  onStart(span: ViewedSpan, parentContext?: unknown): void;
  /** Called by the SDK. */
  onEnd(span: ViewedSpan): void;
  /** Called by the SDK. Does nothing, because the viewer buffers no spans. */
  forceFlush(): Promise<void>;
  /** Called by the SDK. Does nothing: the spans stay, and the page is still served. */
  shutdown(): Promise<void>;
}

/** What `createViewer` returns. */
export interface Viewer {
  /** Add it to the `spanProcessors` of a tracer provider. */
  readonly spanProcessor: ViewerSpanProcessor;
  /**
   * Serves the page on 127.0.0.1. The server does not keep the process alive.
   *
   * @returns the address of the page, such as `http://127.0.0.1:4090/`
   * @throws TypeError when `port` is not a whole number from 0 to 65535
   * @throws Error when the port is in use, when the viewer listens already, and on a runtime without `node:http`
   */
  listen(options?: ListenOptions): Promise<string>;
  /** Stops the server and disconnects the pages. The spans are kept, and `listen` can be called again. */
  close(): Promise<void>;
}

export class MemoryViewer implements Viewer {
  readonly spanProcessor: ViewerSpanProcessor;
  readonly #server: PageServer;

  constructor({ maxRuns = DEFAULT_MAX_RUNS }: ViewerOptions = {}) {
    if ((wholeNumber(maxRuns) ?? 0) < 1) {
      throw new TypeError("createViewer: maxRuns must be a whole number, 1 or more");
    }
    const store = new TraceStore(maxRuns, (trace) => server.remove(trace));
    const server = new PageServer(store, { viewer: globalThis.crypto.randomUUID(), maxRuns });
    const keep = (span: ViewedSpan): void => {
      contain("view: span", () => {
        const record = readSpan(span);
        if (store.put(record)) server.send(record);
        else server.sendLimits();
      });
    };
    this.spanProcessor = { onStart: keep, onEnd: keep, forceFlush, shutdown: forceFlush };
    this.#server = server;
  }

  async listen({ port = 0 }: ListenOptions = {}): Promise<string> {
    if (!isPort(port)) throw new TypeError("listen: port must be a whole number from 0 to 65535");
    return this.#server.listen(port);
  }

  /** Whether any page has connected since the viewer was created. */
  get hasBeenOpened(): boolean {
    return this.#server.hasBeenOpened;
  }

  /** Keeps the process alive until the viewer is closed. */
  hold(): void {
    this.#server.hold();
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65_535;
}

async function forceFlush(): Promise<void> {}
