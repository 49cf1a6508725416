// Whatever the program, the SDK or the platform calls back must go through a function of `foundation/containment.ts`.
// Work that is not ours is excepted (`boundary-table.ts`). Planted code proves that each rule can fail.
//
// Holds: one-boundary.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { PLAIN } from "./boundary-table.ts";
import { entryPointsOf, type EntryKind, type EntryPoint } from "./entry-points.ts";
import { readSourceFolder } from "./source-graph.ts";

const root = fileURLToPath(new URL("../../src/", import.meta.url));
const used = new Set<string>();
/** It runs in a browser, where nothing but the page itself can fail. */
const PAGE = /^page\//;
const entryPoints = readSourceFolder(root)
  .filter(({ path }) => !PAGE.test(path))
  .flatMap(({ path }) => entryPointsOf(path, readFileSync(`${root}${path}`, "utf8"), used));

/** The least number of entry points of each kind. Otherwise a finder that finds none would pass. */
const LEAST: Readonly<Record<EntryKind, number>> = {
  timer: 2,
  finalizer: 1,
  listener: 1,
  "stream algorithm": 3,
  "promise reaction": 15,
  "proxy trap": 20,
  "defined member": 3,
  "overridden method": 2,
  "replaced function": 12,
  "telemetry callback": 10,
  carrier: 3,
};

function findings(points: readonly EntryPoint[]): string[] {
  return points.flatMap(({ file, line, kind, open }) =>
    open.map(
      (call) => `${file}:${line}: ${kind}: ${call} may throw: put it into contain(), or pass contained()`,
    ),
  );
}

describe("the sources", () => {
  it("contain our work in every function that others call back", () => {
    expect(findings(entryPoints)).toEqual([]);
  });

  it.each(Object.entries(LEAST))("have entry points of the kind %s", (kind, least) => {
    expect(entryPoints.filter((point) => point.kind === kind).length).toBeGreaterThanOrEqual(least);
  });

  it("have every call that the table lists as work of others", () => {
    expect([...PLAIN.keys()].filter((row) => !used.has(row))).toEqual([]);
  });
});

describe("the rules", () => {
  const planted: ReadonlyArray<readonly [kind: EntryKind, code: string]> = [
    ["timer", "setTimeout(() => flush(), 5);"],
    ["timer", "startTimer(() => flush(), 5);"],
    [
      "timer",
      "const { setTimeout: start } = globalThis; start(work.run, 5); const work = { run: 1 }; const run = () => flush();",
    ],
    ["finalizer", "new FinalizationRegistry((held) => held.end());"],
    ["listener", 'signal.addEventListener("abort", () => run.onAbort());'],
    ["stream algorithm", "new ReadableStream({ pull(controller) { observe(controller); } });"],
    ["stream algorithm", "createStream({ cancel: (reason) => tee.cancel(reason) });"],
    ["promise reaction", "promise.then((value) => observer.onValue(value));"],
    ["promise reaction", "promise.then(undefined, (error) => observer.onError(error));"],
    ["promise reaction", "class A { x = () => this.run.end(); start() { promise.then(this.x); } }"],
    ["proxy trap", "new Proxy(target, { get: (_target, key) => show(key) });"],
    [
      "proxy trap",
      "class H implements ProxyHandler<object> { get(target: object, key: string) { return show(key); } }",
    ],
    ["defined member", 'Object.defineProperty(owner, "x", { get: () => current() });'],
    ["overridden method", 'overrideOnce(stream, "tee", () => tee(stream));'],
    ["replaced function", "const f = function (this: unknown, ...args: unknown[]) { return trace(args); };"],
    [
      "replaced function",
      "export function execute<T>(options: ExecuteHookOptions<T>) { return start(options); }",
    ],
    ["telemetry callback", "const adapter: AISDKTelemetry = { onEnd: (event) => end(event) };"],
    ["carrier", "function pair(): CarrierPair { return { getter: { get: (c, k) => access.read(c, k) } }; }"],
  ];

  it.each(planted)("find an open %s in `%s`", (kind, code) => {
    const found = entryPointsOf("planted.ts", code).filter((point) => point.kind === kind);
    expect(findings(found)).not.toEqual([]);
  });

  const good: readonly string[] = [
    'setTimeout(contained("timer", () => flush()), 5);',
    'promise.then(passValue("end", (value) => observer.onValue(value)), passError("end", onError));',
    'class A { x = contained("x", () => this.run.end()); start() { promise.then(this.x); } }',
    'new Proxy(target, { get: (_target, key) => { const value = Reflect.get(target, key); return contain("view", () => show(value)) ?? value; } });',
    'const f = function (this: unknown, ...args: unknown[]) { contain("x", () => trace(args)); return Reflect.apply(original, this, args); };',
    'class H implements ProxyHandler<object> { get(t: object, k: string) { try { return show(k); } catch (error) { report("view", error); } return 1; } }',
    "promise.catch(ignore); function ignore() {}",
  ];

  it.each(good)("leave `%s` alone", (code) => {
    expect(findings(entryPointsOf("planted.ts", code))).toEqual([]);
  });
});
