/**
 * A response of `flushAfter` answers, reads and fails like the bare one. This holds for every source and every way to
 * read it, with and without a span that it waits for.
 */
import { createServer, type Server } from "node:http";
import { flushAfter } from "ai-spans/serverless";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createGate, settle, type Gate } from "../support/gate.ts";
import { v7 } from "../support/majors.ts";
import { close, listen } from "../support/loopback.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { Agent } from "./agent.ts";
import { ExecutionContext } from "./execution-context.ts";

/** A framework's subclass: it has private members, getters and its own `json`. */
class AppResponse extends Response {
  readonly #session = "cookie";

  get cookies(): string {
    return this.#session;
  }

  override async json(): Promise<unknown> {
    return [this.#session, await this.text()];
  }
}

const problem = new Error("the program's own");
let server: Server;
let address = "";

beforeAll(async () => {
  setupTelemetry();
  server = createServer((request, response) => {
    if (request.url === "/moved") response.writeHead(302, { location: "/rooms" }).end();
    else response.writeHead(201, "Made", { "content-type": "application/json" }).end('{"rooms":2}');
  });
  address = `http://127.0.0.1:${await listen(server)}`;
});
afterAll(() => close(server));

interface Source {
  readonly chunks: readonly string[];
  readonly isBytes: boolean;
  readonly fails: boolean;
  /**
   * Whether the body ends in the turn of its last chunk. A body that fails does so one turn later, because otherwise
   * platforms lose the last chunk.
   */
  readonly endsEarly: boolean;
}

/** A stream that notes each pull with what it asked for, and a cancellation. */
function streamOf(
  { chunks, isBytes, fails, endsEarly }: Source,
  requests: unknown[],
): ReadableStream<Uint8Array> {
  const left = chunks.map((text) => new TextEncoder().encode(text));
  const pull = (
    controller: ReadableStreamDefaultController<Uint8Array> | ReadableByteStreamController,
  ): void => {
    const request = "byobRequest" in controller ? controller.byobRequest : null;
    requests.push(["pull", request?.view?.byteLength]);
    const chunk = left.shift();
    if (chunk && request?.view) {
      const view = new Uint8Array(request.view.buffer, request.view.byteOffset, request.view.byteLength);
      view.set(chunk.subarray(0, view.length));
      if (chunk.length > view.length) left.unshift(chunk.subarray(view.length));
      request.respond(Math.min(chunk.length, view.length));
    } else if (chunk) controller.enqueue(chunk);
    if (left.length > 0 || (chunk && (fails || !endsEarly))) return;
    if (fails) return controller.error(problem);
    controller.close();
    request?.respond?.(0);
  };
  const cancel = (reason: unknown): void => void requests.push(["cancel", reason]);
  const respond = (
    work: (controller: ReadableByteStreamController) => void,
  ): ((controller: ReadableByteStreamController) => void) => work;
  return isBytes
    ? new ReadableStream({ type: "bytes", pull: respond(pull), cancel }, { highWaterMark: 0 })
    : new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
}

type Kind = "plain" | "text" | "subclass" | "owned" | "fetched" | "redirected" | "frozen";

async function create(kind: Kind, source: Source, requests: unknown[]): Promise<Response> {
  if (kind === "fetched" || kind === "redirected") {
    const response = await fetch(`${address}/${kind === "fetched" ? "rooms" : "moved"}`);
    // Waits until the body has arrived in one chunk.
    await settle(() => false, 20);
    return response;
  }
  const headers: [string, string][] = [
    ["content-type", "application/json"],
    ["set-cookie", "a=1"],
    ["set-cookie", "b=2"],
  ];
  const init = { status: 201, statusText: "Made", headers };
  if (kind === "text") return new Response(source.chunks.join(""), init);
  const body = streamOf(source, requests);
  if (kind === "subclass") return new AppResponse(body, init);
  const response = new Response(body, init);
  if (kind === "owned") return Object.assign(response, { requestId: "r-1" });
  return kind === "frozen" ? Object.freeze(response) : response;
}

interface Step {
  readonly how: string;
  readonly count: number;
  readonly last: string;
}

function described(value: unknown): unknown {
  if (value === problem) return "the problem itself";
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  return value instanceof ArrayBuffer ? Buffer.from(value).toString() : value;
}

function facts(response: Response): unknown {
  const { status, statusText, ok, type, redirected, url, bodyUsed } = response;
  const [className, own] = [response.constructor.name, Object.keys(response)];
  const extra: unknown[] = [Reflect.get(response, "cookies"), Reflect.get(response, "requestId")];
  const locked = response.body?.locked;
  return { status, statusText, ok, type, redirected, url, bodyUsed, locked, className, own, extra };
}

async function finish(
  reader: ReadableStreamGenericReader & { releaseLock(): void },
  last: string,
): Promise<unknown> {
  if (last === "release") reader.releaseLock();
  else if (last === "cancel") return reader.cancel("enough");
  else if (last === "closed") {
    let state: unknown = "open";
    reader.closed.then(
      () => (state = "closed"),
      (error: unknown) => (state = described(error)),
    );
    await settle(() => false, 20);
    return state;
  }
  return undefined;
}

/** Reads the response in one way. */
async function take({ how, count, last }: Step, response: Response, sink: unknown[]): Promise<unknown> {
  const { body } = response;
  switch (how) {
    case "look":
      return response.body === body;
    case "read": {
      const reader = body?.getReader();
      for (let read = 0; read < count; read++) sink.push(await reader?.read());
      return reader && finish(reader, last);
    }
    case "bytes of a reader": {
      const reader = body?.getReader({ mode: "byob" });
      for (let read = 0; read < count; read++) {
        const chunk = await reader?.read(new Uint8Array(3));
        sink.push(chunk?.done, chunk?.value, chunk?.value?.buffer.byteLength);
      }
      return reader && finish(reader, last);
    }
    case "clone": {
      const copy = response.clone();
      sink.push(facts(copy), last === "cancel" ? await copy.body?.cancel("enough") : await copy.text());
      return undefined;
    }
    case "tee":
      return Promise.all((body?.tee() ?? []).map(async (branch) => new Response(branch).text()));
    case "pipeTo":
      return body?.pipeTo(new WritableStream({ write: (chunk) => void sink.push(chunk) }));
    case "cancel":
      return body?.cancel("enough");
    case "iterate":
      for await (const chunk of body ?? []) if (sink.push(chunk) >= count) break;
      return undefined;
    case "around":
      return new Response(body, response).text();
    default: {
      const result = await (Reflect.get(response, how) as () => Promise<unknown>).call(response);
      if (result instanceof Blob) return [result.type, await result.text()];
      return result;
    }
  }
}

/** Returns all that a program can notice when it reads the response in these steps. */
async function observe(
  response: Response,
  steps: readonly Step[],
  requests: readonly unknown[],
): Promise<unknown[]> {
  const all: unknown[] = [facts(response), response.headers.getSetCookie()];
  for (const step of steps) {
    const sink: unknown[] = [];
    // A canceled branch of a body waits for the other branch. On the bare response it stays pending, too.
    let result: unknown = "pending";
    let isDone = false;
    void take(step, response, sink)
      .catch((error: unknown) => error)
      .then((value) => {
        result = value;
        isDone = true;
      });
    await settle(() => isDone);
    await settle(() => false, 5);
    all.push(step, sink.map(described), described(result), facts(response), [...requests]);
  }
  return JSON.parse(JSON.stringify(all, (_key, value: unknown) => described(value) ?? null)) as unknown[];
}

type Surroundings = "no span" | "a span, kept alive" | "a span, not kept alive";

/** The response that `flushAfter` returns, with or without an open span in the invocation. */
async function flushed(response: Response, surroundings: Surroundings): Promise<Response> {
  const provider = { forceFlush: async () => {} };
  const context = new ExecutionContext();
  const waitUntil = surroundings === "a span, not kept alive" ? undefined : context;
  const gate: Gate = createGate();
  let running: Promise<unknown> | undefined;
  const result = await flushAfter(
    async () => {
      if (surroundings === "no span") return response;
      running = new Agent(v7).loop(() => gate.pass());
      await gate.reached;
      return response;
    },
    { provider, waitUntil },
  );
  gate.open();
  await running;
  return result;
}

const source = fc.record<Source>({
  chunks: fc.array(fc.constantFrom("r", "room", "rooms in Paris"), { minLength: 1, maxLength: 3 }),
  isBytes: fc.boolean(),
  fails: fc.boolean(),
  endsEarly: fc.boolean(),
});
const ways = ["look", "read", "bytes of a reader", "clone", "tee", "pipeTo", "cancel", "iterate", "around"];
const methods = ["text", "json", "arrayBuffer", "blob", "bytes", "formData"];
const steps = fc.array(
  fc.record<Step>({
    how: fc.constantFrom(...ways, ...methods),
    count: fc.nat(4),
    last: fc.constantFrom("release", "cancel", "closed", "keep"),
  }),
  { minLength: 1, maxLength: 3 },
);

/** Cases that this test has found: reads in the turn in which the body ends, and an end that only `closed` reports. */
const FOUND: readonly [Kind, Source, Step[]][] = [
  [
    "plain",
    { chunks: ["r"], isBytes: true, fails: false, endsEarly: true },
    [{ how: "bytes of a reader", count: 1, last: "release" }],
  ],
  [
    "text",
    { chunks: ["r"], isBytes: true, fails: false, endsEarly: true },
    [{ how: "bytes of a reader", count: 2, last: "release" }],
  ],
  [
    "plain",
    { chunks: ["r"], isBytes: false, fails: false, endsEarly: true },
    [{ how: "read", count: 1, last: "closed" }],
  ],
];

test.each<Surroundings>(["no span", "a span, kept alive", "a span, not kept alive"])(
  "reads as without flushAfter, with %s",
  async (surroundings) => {
    const kinds = fc.constantFrom<Kind>(
      "plain",
      "text",
      "subclass",
      "owned",
      "fetched",
      "redirected",
      "frozen",
    );
    await fc.assert(
      fc.asyncProperty(kinds, source, steps, async (kind, from, taken) => {
        const [bareRequests, requests]: [unknown[], unknown[]] = [[], []];
        const bare = await observe(await create(kind, from, bareRequests), taken, bareRequests);
        const made = await create(kind, from, requests);
        const response = await flushed(made, surroundings);
        const isPlain = kind === "plain" || kind === "text";
        expect(response === made).toBe(surroundings === "no span" || !isPlain);
        expect(await observe(response, taken, requests)).toEqual(bare);
      }),
      { numRuns: 120, examples: FOUND.map((each) => [...each]), interruptAfterTimeLimit: 50_000 },
    );
  },
  60_000,
);
