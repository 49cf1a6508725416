/**
 * Runs the entry in a realm that has the web's globals and nothing of Node: no `process`, no `Buffer`, no modules.
 */
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { SENT } from "./sent-spans.ts";

const PROGRAM = `
  import { carriers, injectContext, withLinkedTrace, withRemoteContext } from "./src/propagation.ts";
  const source = new Headers(sent);
  const message = { value: "v" };
  const result = withRemoteContext(source, () => {
    // No context manager is registered, so withLinkedTrace reads the context from the carrier again.
    const linked = withLinkedTrace({ name: "work", source }, () => "done");
    return { linked, fields: carriers.headers.getter.keys(source), message: injectContext(message) };
  });
  globalThis.result = JSON.stringify({ ...result, hasNode: "process" in globalThis || "Buffer" in globalThis });
`;

test("loads and works without a global of Node", async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: PROGRAM, resolveDir: fileURLToPath(new URL("../../", import.meta.url)), loader: "ts" },
    bundle: true,
    write: false,
    metafile: true,
    format: "iife",
    platform: "browser",
    logLevel: "error",
  });
  const imported = Object.values(metafile.inputs).flatMap(({ imports }) => imports);
  expect(imported.filter(({ external }) => external === true)).toEqual([]);
  const realm = createContext({ Headers, TextDecoder, TextEncoder, sent: SENT });
  runInContext(outputFiles[0]?.text ?? "", realm);
  expect(JSON.parse(String(runInContext("result", realm)))).toEqual({
    linked: "done",
    fields: ["traceparent", "tracestate"],
    message: { value: "v" },
    hasNode: false,
  });
});
