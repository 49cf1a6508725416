/** Parses the options of a command line. It starts nothing and prints nothing. */
import { parseArgs, type ParseArgsConfig } from "node:util";

/** The programs print the message of this error as their only line. */
export class ArgumentError extends Error {}

export type OptionsConfig = NonNullable<ParseArgsConfig["options"]>;

/** @throws ArgumentError for an unknown option, an option without its value, or a word that is no option */
export function parseOptions<T extends OptionsConfig>(argv: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...argv], strict: true, allowPositionals: false, options }).values;
  } catch (error) {
    // Node's message also explains `--`. Its first sentence states the problem.
    const message = error instanceof Error ? error.message : String(error);
    throw new ArgumentError(message.split(/\.\s|\n/, 1)[0]);
  }
}
