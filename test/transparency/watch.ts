/**
 * Shared functions that record what a program observes: the outcome of a call, the parts of a stream, every member of a
 * result, and every callback with its arguments.
 */
import type { CallParameters, SDK } from "../support/majors.ts";
import type { WatchedStage } from "./stage.ts";

/** Adds entries to a channel. */
export type Watcher = Pick<WatchedStage, "log">;

type Members = Readonly<Record<PropertyKey, unknown>>;

/** Callbacks of all majors, stable and experimental; a major that does not know one ignores it. */
const CALLBACKS = [
  ..."onStart onStepStart onToolExecutionStart onToolExecutionEnd onToolCallStart onToolCallFinish".split(
    " ",
  ),
  ..."onLanguageModelCallStart onLanguageModelCallEnd onChunk onStepFinish onStepEnd onStepError".split(" "),
  ..."onFinish onEnd onAbort onError prepareStep".split(" "),
].flatMap((name) => [name, `experimental_${name}`]);

/** Returns callbacks, each of which records how it was called. */
export function callbacks(stage: WatchedStage, names: readonly string[] = CALLBACKS): CallParameters {
  const noted = (name: string) =>
    function (this: unknown, ...input: unknown[]): void {
      stage.log(name, this === undefined ? "no receiver" : typeOf(this), ...input);
      // This channel omits `onChunk`, because its place among the other callbacks depends on microtasks. With the pace
      // `in turns`, the order of all entries is compared.
      if (name !== "onChunk") stage.log("callbacks", name);
    };
  return Object.fromEntries(names.map((name) => [name, stage.name(name, noted(name))]));
}

/** Runs a function and records what it returns or throws, and how a returned promise settles. */
export async function logOutcome(stage: Watcher, channel: string, run: () => unknown): Promise<unknown> {
  let returned: unknown;
  try {
    returned = run();
  } catch (error) {
    stage.log(channel, "throws", error);
    return undefined;
  }
  if (!isThenable(returned)) {
    stage.log(channel, "returns", returned);
    return returned;
  }
  stage.log(channel, "returns a promise", returned instanceof Promise, Object.keys(returned));
  try {
    const value: unknown = await returned;
    stage.log(channel, "resolves", value);
    return value;
  } catch (error) {
    stage.log(channel, "rejects", error);
    return undefined;
  }
}

/** Records each part of a stream, and its end. It leaves the stream after `most` parts. */
export async function logStream(
  stage: Watcher,
  channel: string,
  stream: unknown,
  most = Infinity,
): Promise<void> {
  let count = 0;
  try {
    // Programs pass any value that the SDK returns as a stream.
    for await (const part of stream as AsyncIterable<unknown>) {
      stage.log(channel, part);
      if ((count += 1) === most) break;
    }
    stage.log(channel, "end");
  } catch (error) {
    stage.log(channel, "fails", error);
  }
}

/** Records every member of a result: its properties and those of its class, read as any program reads them. */
export async function logMembers(stage: WatchedStage, result: unknown): Promise<void> {
  stage.log("result", result);
  const members = result as Members;
  for (const key of membersOf(result)) {
    const first = tryRead(() => members[key]);
    stage.log(`member ${String(key)}`, isThenable(first) ? "a promise" : first);
    if (isThenable(first)) void logPromise(stage, `member ${String(key)}`, first);
    stage.log("same at every read", key, first === tryRead(() => members[key]));
  }
  await stage.rest();
}

/** The keys of all properties of a result and of its classes. */
export function membersOf(result: unknown): PropertyKey[] {
  const keys: PropertyKey[] = [];
  let level: unknown = result;
  while (typeof level === "object" && level !== null && level !== Object.prototype) {
    keys.push(...Reflect.ownKeys(level).filter((key) => !keys.includes(key)));
    level = Object.getPrototypeOf(level);
  }
  return keys;
}

/** Records how a promise settles. A promise that never settles leaves no entry. */
export async function logPromise(
  stage: Watcher,
  channel: string,
  promise: PromiseLike<unknown>,
): Promise<void> {
  await promise.then(
    (value) => stage.log(channel, "resolves", value),
    (error: unknown) => stage.log(channel, "rejects", error),
  );
}

/** The two functions that every major has, for programs that run with both. */
export const OPERATIONS = ["generateText", "streamText"] as const;
export type OperationName = (typeof OPERATIONS)[number];

/** Runs a call of either function to its end, and records its value or its parts. */
export async function logCall(
  stage: WatchedStage,
  operation: OperationName,
  parameters: CallParameters,
): Promise<void> {
  const sdk: SDK = stage.sdk;
  if (operation === "generateText") {
    await logOutcome(stage, "generateText", () => sdk.generateText(parameters));
    return;
  }
  const result = sdk.streamText(parameters);
  await logStream(stage, "parts", result.fullStream);
  for (const name of ["text", "finishReason", "steps", "usage", "response"] as const) {
    void logPromise(stage, name, (result as unknown as Record<string, PromiseLike<unknown>>)[name]!);
  }
  await stage.rest();
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "then") === "function";
}

function tryRead(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error;
  }
}

function typeOf(value: unknown): string {
  return typeof value === "object" && value !== null ? Reflect.ownKeys(value).join() : typeof value;
}
