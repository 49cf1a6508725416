/** Reads the width and the color support of an output stream, and writes to it. */
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, finiteNumber, isFunction, isString } from "../foundation/structure.ts";

/** A stream of Node (`process.stdout`), or any object with a `write` method. */
export interface TextStream {
  /** Gets one or more whole lines. If the write fails, `done` is called with the error. */
  write(text: string, done?: (error?: Error | null) => void): unknown;
  /** Whether the stream is a terminal. */
  readonly isTTY?: boolean | undefined;
  /** The columns of the terminal. They are read for each tree, because a terminal can be resized. */
  readonly columns?: number | undefined;
}

/** The standard output of the process; `undefined` if the runtime has none. */
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
 * Whether to print colors. `FORCE_COLOR` decides if it is set (`0` and `false` mean no color). Otherwise a `NO_COLOR`
 * that is not empty means no color (https://no-color.org). Without both, a terminal gets color unless `TERM` is `dumb`.
 */
export function supportsColor(stream: TextStream): boolean {
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
 * Writes a text. A failed write must not end the process. If the reader of a Node stream has left (`node app.js |
 * head`), the stream emits an error. Without a listener, that error ends the process. So we listen until the write is
 * done, or until its error was emitted. The program's listeners get the error too.
 */
export function writeText(stream: TextStream, text: string): void {
  const { once, removeListener } = asRecord(stream) ?? {};
  const call = (method: unknown): unknown =>
    isFunction(method) ? Reflect.apply(method, stream, ["error", ignoreError]) : undefined;
  const onDone = contained("stream", (error?: Error | null) => {
    call(removeListener);
    // The stream emits the error after this callback.
    if (error) call(once);
  });
  call(removeListener);
  call(once);
  stream.write(text, onDone);
}

function ignoreError(): void {}

/** The columns of a terminal; `undefined` for a pipe or a file, in which a line may have any width. */
export function widthOf(stream: TextStream): number | undefined {
  const columns = stream.isTTY === true ? finiteNumber(stream.columns) : undefined;
  // Some terminals report 0 columns, because they do not know their size.
  return columns !== undefined && columns >= 1 ? Math.floor(columns) : undefined;
}

function processRecord(): ReturnType<typeof asRecord> {
  return asRecord(asRecord(globalThis)?.process);
}
