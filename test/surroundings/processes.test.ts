/**
 * Processes and realms that are not as usual: frozen intrinsics, a vm context, a worker thread. The bundled package loads
 * there and traces.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HUNG_MS, runNode } from "../support/processes.ts";

const PROGRAM = fileURLToPath(new URL("program.ts", import.meta.url));

let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ai-spans-surroundings-"));
  const source = new URL("../../src/index.ts", import.meta.url);
  await build({
    entryPoints: [PROGRAM],
    outfile: join(folder, "program.cjs"),
    bundle: true,
    platform: "node",
    format: "cjs",
    alias: { "ai-spans": fileURLToPath(source) },
    logLevel: "error",
  });
  writeFileSync(
    join(folder, "vm.cjs"),
    `const vm = require("node:vm"); const { readFileSync } = require("node:fs");
     const own = ["AbortController", "AbortSignal", "TextEncoder", "TextDecoder", "URL", "crypto", "performance",
       "setTimeout", "clearTimeout", "setImmediate", "queueMicrotask", "structuredClone", "ReadableStream",
       "WritableStream", "TransformStream", "Headers", "Request", "Response", "fetch", "Buffer", "process", "console",
       "DOMException", "Event", "EventTarget", "TextDecoderStream", "TextEncoderStream", "Blob", "FormData", "atob",
       "btoa", "CompressionStream", "DecompressionStream", "WebSocket", "BroadcastChannel", "MessageChannel", "File"];
     const globals = Object.fromEntries(own.filter((name) => name in globalThis).map((name) => [name, globalThis[name]]));
     const context = vm.createContext({ ...globals, module: { exports: {} }, exports: {}, require, __filename, __dirname });
     context.global = context;
     vm.runInContext(readFileSync(${JSON.stringify(join(folder, "program.cjs"))}, "utf8"), context);`,
  );
  writeFileSync(
    join(folder, "worker.cjs"),
    `const { Worker } = require("node:worker_threads");
     new Worker(${JSON.stringify(join(folder, "program.cjs"))});`,
  );
}, HUNG_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ["plain", ["program.cjs"]],
  ["with frozen intrinsics", ["--frozen-intrinsics", "program.cjs"]],
  ["in a vm context", ["vm.cjs"]],
  ["in a worker thread", ["worker.cjs"]],
] as const)("a program %s is traced", async (_title, args) => {
  const environment = { NODE_OPTIONS: "", NODE_NO_WARNINGS: "1" };
  const { code, said } = await runNode(args, { cwd: folder, environment });
  expect({ code, said: said.trim() }).toEqual({
    code: 0,
    said: "two: chat < invoke_agent, execute_tool < invoke_agent, chat < invoke_agent, invoke_agent",
  });
});
