// Reads the command line and the environment variables of the demo. It starts nothing and prints nothing.
import { parseArgs } from "node:util";

import { majorNames, type MajorName } from "./majors.ts";

export interface DemoArguments {
  readonly sdk: MajorName;
  readonly help: boolean;
  /** Set with `--live`: the keys of the real providers, at least one of them. */
  readonly live:
    | { readonly openaiKey: string | undefined; readonly anthropicKey: string | undefined }
    | undefined;
  /** Base URL of an OTLP/HTTP receiver. */
  readonly otlpEndpoint: string | undefined;
  /** Whether the runs are shown in a browser, until the user ends the demo. */
  readonly view: boolean;
}

/** The demo prints the message of this error as its only line. */
export class ArgumentError extends Error {}

export const usage = `Usage: npm run demo -- [--sdk v5|v6|v7] [--live] [--view] [--help]

Runs a booking agent against a local server that speaks the wire formats of OpenAI and Anthropic,
and prints each trace as a tree.

  --sdk <major>  the AI SDK major to use: ${majorNames.join(", ")} (default v7)
  --live         talk to the real providers, with OPENAI_API_KEY or ANTHROPIC_API_KEY
  --view         also show the runs in a browser, until Ctrl+C
  --help         print this text

OTEL_EXPORTER_OTLP_ENDPOINT  also export the spans there, over OTLP/HTTP
NO_COLOR                     print without color on a terminal too
`;

export function readArguments(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): DemoArguments {
  const { sdk, live, view, help } = parseStrictly(argv);
  if (!isMajorName(sdk))
    throw new ArgumentError(`unknown major ${JSON.stringify(sdk)}, expected ${majorNames.join(", ")}`);

  // An empty variable counts as unset, as in the OpenTelemetry specification.
  const openaiKey = environment["OPENAI_API_KEY"] || undefined;
  const anthropicKey = environment["ANTHROPIC_API_KEY"] || undefined;
  if (live && !help && !openaiKey && !anthropicKey) {
    throw new ArgumentError("--live needs OPENAI_API_KEY or ANTHROPIC_API_KEY");
  }

  const otlpEndpoint = environment["OTEL_EXPORTER_OTLP_ENDPOINT"] || undefined;
  if (otlpEndpoint && !/^https?:$/.test(URL.canParse(otlpEndpoint) ? new URL(otlpEndpoint).protocol : "")) {
    throw new ArgumentError(`OTEL_EXPORTER_OTLP_ENDPOINT is no http(s) URL: ${JSON.stringify(otlpEndpoint)}`);
  }

  return { sdk, help, live: live ? { openaiKey, anthropicKey } : undefined, otlpEndpoint, view };
}

function parseStrictly(argv: readonly string[]): {
  sdk: string;
  live: boolean;
  view: boolean;
  help: boolean;
} {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        sdk: { type: "string", default: "v7" },
        live: { type: "boolean", default: false },
        view: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    // Node's message also explains `--`. Its first sentence states the problem.
    const message = error instanceof Error ? error.message : String(error);
    throw new ArgumentError(message.split(/\.\s|\n/, 1)[0]);
  }
}

function isMajorName(name: string): name is MajorName {
  return (majorNames as readonly string[]).includes(name); // The cast lets `includes` take any string.
}
