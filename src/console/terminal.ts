/**
 * What is known of the place that the text goes to: whether it shows colors, and its width.
 */
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, finiteNumber, isFunction, isString } from "../foundation/structure.ts";

/** A stream of Node (`process.stdout`), or any object with a `write` method. */
export interface TextStream {
  /** Gets whole lines, several in one text. `done` is called with the error of a write that failed. */
  write(text: string, done?: (error?: Error | null) => void): unknown;
  /** Whether it is a terminal. */
  readonly isTTY?: boolean | undefined;
  /** The columns of the terminal. Read for each tree, because a terminal may be resized. */
  readonly columns?: number | undefined;
}

/** The standard output of the process, where the runtime has one. */
export function standardOutput(): TextStream | undefined {
  return contain("standard output", () => {
    const stream = processRecord()?.stdout;
    return isTextStream(stream) ? stream : undefined;
  });
}

export function isTextStream(value: unknown): value is TextStream {
  return isFunction(asRecord(value)?.write);
}

/**
 * `FORCE_COLOR` decides first (`0` and `false`: no color), then a `NO_COLOR` that is not empty (https://no-color.org).
 * Else a terminal gets color, unless `TERM` is `dumb`.
 */
export function showsColor(stream: TextStream): boolean {
  const environment = contain("environment", () => asRecord(processRecord()?.env));
  const variable = (name: string): string | undefined =>
    contain("environment", () => {
      const value = environment?.[name];
      return isString(value) ? value : undefined;
    });
  const forced = variable("FORCE_COLOR");
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (variable("NO_COLOR")) return false;
  return stream.isTTY === true && variable("TERM") !== "dumb";
}

/**
 * Writes, and keeps a failed write from ending the process. A stream of Node whose reader has left (`node app.js | head`)
 * emits an error, which ends the process if nobody listens. So we listen until the write is done, or until its error
 * was emitted. Listeners of the program get the error, too.
 */
export function writeText(stream: TextStream, text: string): void {
  const { once, removeListener } = asRecord(stream) ?? {};
  const call = (method: unknown): unknown =>
    isFunction(method) ? Reflect.apply(method, stream, ["error", ignoreError]) : undefined;
  const onDone = contained("stream", (error?: Error | null) => {
    call(removeListener);
    // The error is emitted after this callback.
    if (error) call(once);
  });
  call(removeListener);
  call(once);
  stream.write(text, onDone);
}

function ignoreError(): void {}

/** The columns of a terminal. `undefined` for a pipe or a file, where a line may have any width. */
export function widthOf(stream: TextStream): number | undefined {
  const columns = stream.isTTY === true ? finiteNumber(stream.columns) : undefined;
  // Some terminals that do not know their size state 0.
  return columns !== undefined && columns >= 1 ? Math.floor(columns) : undefined;
}

function processRecord(): ReturnType<typeof asRecord> {
  return asRecord(asRecord(globalThis)?.process);
}
