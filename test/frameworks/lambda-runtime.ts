/**
 * The part of Lambda that a function uses: a function URL, and the runtime API that AWS's runtime interface client asks for
 * events. When the client asks for the next event, its process is stopped until there is one, as Lambda freezes it.
 *
 * The client has a native part, which is compiled when it is installed. A streamed response with the client's JavaScript
 * client does not use that part, so a module that only fails is in its place.
 */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { kill } from "../runtime/printed.ts";
import { listen } from "../support/loopback.ts";
import { findNode } from "./projects.ts";
import type { Service, Start } from "./service.ts";

const DEADLINE_MS = 600_000;

interface Invocation {
  readonly id: string;
  readonly event: object;
  /** Where its response goes. */
  readonly client: ServerResponse;
}

export interface Lambda extends Service {
  /** Resolves when the process is stopped. */
  frozen(): Promise<void>;
}

export async function startLambda({ folder, args, environment }: Omit<Start, "command">): Promise<Lambda> {
  const queue: Invocation[] = [];
  const open = new Map<string, Invocation>();
  let waiting: ServerResponse | undefined;
  const frozen: Array<() => void> = [];

  function deliver(): void {
    const invocation = waiting && queue.shift();
    if (!waiting || !invocation) return;
    open.set(invocation.id, invocation);
    child.kill("SIGCONT");
    const headers = {
      "lambda-runtime-aws-request-id": invocation.id,
      "lambda-runtime-deadline-ms": String(Date.now() + DEADLINE_MS),
      "lambda-runtime-invoked-function-arn": "arn:aws:lambda:eu-west-1:000000000000:function:bookings",
    };
    waiting.writeHead(200, headers).end(JSON.stringify(invocation.event));
    waiting = undefined;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    if (path.endsWith("/invocation/next")) {
      waiting = response;
      child.kill("SIGSTOP");
      for (const resolve of frozen.splice(0)) resolve();
      deliver();
      return;
    }
    const [, id = ""] = /\/invocation\/([^/]+)\/response$/.exec(path) ?? [];
    const invocation = open.get(id);
    if (!invocation) throw new Error(`Lambda got a request for ${path}: ${await text(request)}`);
    invocation.client.writeHead(200);
    for await (const chunk of request) invocation.client.write(chunk);
    invocation.client.end();
    response.writeHead(202).end();
  }

  async function invoke(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const event = {
      version: "2.0",
      rawPath: request.url,
      headers: request.headers,
      requestContext: { http: { method: request.method, path: request.url } },
      body: await text(request),
      isBase64Encoded: false,
    };
    queue.push({ id: crypto.randomUUID(), event, client: response });
    deliver();
  }

  const runtime = createServer((request, response) => void answer(request, response));
  const url = createServer((request, response) => void invoke(request, response));
  const [runtimePort, urlPort] = [await listen(runtime), await listen(url)];
  replaceNativePart(folder);
  const child = spawn(findNode(), ["node_modules/aws-lambda-ric/index.mjs", ...args], {
    cwd: folder,
    env: {
      ...environment,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${runtimePort}`,
      AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1: "true",
      AWS_LAMBDA_FUNCTION_NAME: "bookings",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
      AWS_LAMBDA_LOG_GROUP_NAME: "bookings",
      AWS_LAMBDA_LOG_STREAM_NAME: "bookings",
      LAMBDA_TASK_ROOT: folder,
      _HANDLER: args[0],
    },
    stdio: ["ignore", "inherit", "inherit"],
  });

  // A request fails if the client has ended by itself.
  child.once("close", () => url.closeAllConnections());

  async function end(): Promise<void> {
    await kill(child);
    for (const server of [runtime, url]) {
      server.closeAllConnections();
      server.close();
    }
  }
  return {
    url: `http://127.0.0.1:${urlPort}`,
    frozen: () => (waiting ? Promise.resolve() : new Promise((resolve) => frozen.push(resolve))),
    // Lambda removes a frozen process.
    stop: end,
    kill: end,
  };
}

function replaceNativePart(folder: string): void {
  const path = `${folder}node_modules/aws-lambda-ric/rapid-client.node`;
  mkdirSync(path, { recursive: true });
  writeFileSync(`${path}/package.json`, '{ "type": "commonjs" }\n');
  const failing = 'const fail = () => { throw new Error("there is no native client"); };\n';
  writeFileSync(`${path}/index.js`, `${failing}module.exports = { next: fail, done: fail, error: fail };\n`);
}
