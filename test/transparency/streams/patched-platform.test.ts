/**
 * A program replaces methods of the platform's streams at any moment. The replacements are called as often as with the
 * bare SDK, on the same streams, and the program's streams have the same parts.
 */
import { describe, expect, test } from "vitest";
import { WAYS } from "../../support/ways.ts";
import { outlineOf } from "../../support/outline.ts";
import { modelOf, notices, readSlowly, STREAMING, wordsOf, type Log } from "./foreign-stream.ts";

type Method = (this: object, ...args: unknown[]) => unknown;

interface Patch {
  readonly title: string;
  readonly owner: object;
  readonly name: string;
  readonly replace: (original: Method, log: Log) => Method;
}

const METHODS: readonly (readonly [owner: object, names: readonly string[]])[] = [
  [ReadableStream.prototype, ["tee", "pipeThrough", "pipeTo", "getReader", "cancel"]],
  [ReadableStreamDefaultReader.prototype, ["read", "cancel", "releaseLock"]],
  [WritableStream.prototype, ["getWriter", "abort", "close"]],
  [WritableStreamDefaultWriter.prototype, ["write", "close", "abort", "releaseLock"]],
];

const counters = METHODS.flatMap(([owner, names]) =>
  names.map((name): Patch => ({
    title: `${owner.constructor.name}.prototype.${name} by one that counts`,
    owner,
    name,
    replace: (original) => original,
  })),
);

/** Pipes each part through a stream of the program, which records it. */
function metered(stream: unknown, log: Log): ReadableStream<unknown> {
  const meter = new TransformStream<unknown, unknown>({
    transform(part, controller) {
      log("metered");
      controller.enqueue(part);
    },
  });
  return PIPE_THROUGH.call(stream as ReadableStream<unknown>, meter);
}

const { pipeThrough: PIPE_THROUGH } = ReadableStream.prototype;

const meters: readonly Patch[] = [
  {
    title: "ReadableStream.prototype.tee by one that meters",
    owner: ReadableStream.prototype,
    name: "tee",
    replace: (original, log) =>
      function () {
        const [first, second] = Reflect.apply(original, this, []) as [unknown, unknown];
        return [metered(first, log), second];
      },
  },
  {
    title: "ReadableStream.prototype.pipeThrough by one that meters",
    owner: ReadableStream.prototype,
    name: "pipeThrough",
    replace: (original, log) =>
      function (...args) {
        return Reflect.apply(original, metered(this, log), args);
      },
  },
];

/** When the program replaces the method, and when it restores it. */
const MOMENTS = ["before the call", "in doStream", "right after the call", "before the third read"] as const;
type Moment = (typeof MOMENTS)[number] | "at the end";

const PERIODS: readonly (readonly [from: Moment, to: Moment])[] = [
  ...MOMENTS.map((moment) => [moment, "at the end"] as const),
  ...MOMENTS.slice(1).map((moment) => [MOMENTS[0], moment] as const),
];

function patcher({ owner, name, replace }: Patch, [from, to]: readonly [Moment, Moment], log: Log) {
  const original = Reflect.get(owner, name) as Method;
  const replaced = replace(original, log);
  const noting: Method = function (...args) {
    log(`call ${name} on ${this.constructor.name} with ${args.length}`);
    return Reflect.apply(replaced, this, args);
  };
  return (moment: Moment): void => {
    if (moment === from) Object.assign(owner, { [name]: noting });
    if (moment === to || moment === "at the end") Object.assign(owner, { [name]: original });
  };
}

/**
 * In this case the callbacks and methods that ai-spans added report no end, so the run ends when its result is
 * collected.
 */
function endsByCollection({ name }: Patch, from: Moment, operation: string): boolean {
  return name === "tee" && from === "right after the call" && operation === "streamText";
}

describe.each(WAYS)("$title", (way) => {
  const { major } = way;
  const rows = Object.entries(STREAMING)
    .filter(([, of]) => of(major.ai) !== undefined)
    .flatMap(([operation, of]) =>
      [...counters, ...meters].map((patch) => ({ operation, of, patch, what: patch.title })),
    );

  test.each(rows)("$operation while a program replaces $what", async ({ operation, of, patch }) => {
    for (const period of PERIODS) {
      const telemetry = await notices(way, async (sdk, log) => {
        const reach = patcher(patch, period, log);
        const beforeRead = (read: number): void => {
          if (read === 2) reach("before the third read");
        };
        const model = modelOf(major, [wordsOf()], log, (source) => {
          reach("in doStream");
          return source;
        });
        try {
          reach("before the call");
          const result = of(sdk)!({ model, prompt: "a room", onError: () => {}, maxRetries: 0 });
          reach("right after the call");
          await readSlowly(result.fullStream, log, { beforeRead });
          log(`finish ${await result.finishReason}`);
        } finally {
          reach("at the end");
        }
      });
      const isOpen = way.entry === "wrapper" && endsByCollection(patch, period[0], operation);
      const outline = `invoke_agent ${isOpen ? "OPEN" : "ok 5"} (chat ok 5)`;
      expect(outlineOf(telemetry), period.join(" to ")).toBe(outline);
    }
  });
});
