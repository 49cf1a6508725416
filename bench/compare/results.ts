/** The figures of a comparison, as `results.json` holds them, and the peers in the order of the tables. */

export const PROGRAMS = [
  "loop",
  "retry",
  "read",
  "abort",
  "break",
  "disconnect",
  "unread",
  "failure",
] as const;
export type ProgramName = (typeof PROGRAMS)[number];

export interface Peer {
  /** A name in peers.mjs, or the module for a Worker. */
  readonly id: string;
  readonly title: string;
  /** The package whose version is shown. */
  readonly packageName: string;
  /** How its documentation switches it on. */
  readonly switchedOn: string;
  /** What a program that already runs has to change. */
  readonly change: string;
  /** What else it is for, as its own documentation says. */
  readonly more: string;
  readonly isWorker?: true;
  /** Another way to use ai-spans, which the table of the README leaves out. */
  readonly isOtherWay?: true;
  readonly arguments?: readonly string[];
}

export const PEERS: readonly Peer[] = [
  {
    id: "ai-spans",
    title: "ai-spans",
    packageName: "ai-spans",
    switchedOn: "`wrapAISDK(ai)`",
    change: "nothing with the flag, else one import",
    more: "no content, so no view of prompts",
  },
  {
    id: "ai-spans-adapter",
    title: "ai-spans, adapter",
    packageName: "ai-spans",
    switchedOn: "`registerTelemetry(createAISDKTelemetry())`",
    change: "one call at the start",
    more: "no content, so no view of prompts",
    isOtherWay: true,
  },
  {
    id: "ai-sdk-otel",
    title: "`@ai-sdk/otel`",
    packageName: "@ai-sdk/otel",
    switchedOn: "`registerTelemetry(new OpenTelemetry())`",
    change: "one call at the start",
    more: "records prompts and answers for reading. Comes from the makers of the AI SDK",
  },
  {
    id: "sentry",
    title: "Sentry",
    packageName: "@sentry/node",
    switchedOn: "`Sentry.init`, with `--import @sentry/node/import`",
    change: "one call at the start, or a flag",
    more: "records prompts and answers for reading. Reports errors and traces the rest of the program",
    arguments: ["--import", "@sentry/node/import"],
  },
  {
    id: "langfuse",
    title: "Langfuse",
    packageName: "@langfuse/otel",
    switchedOn: "`LangfuseSpanProcessor` and `LangfuseVercelAiSdkIntegration`",
    change: "two calls at the start",
    more: "records prompts and answers for reading. Scores, datasets, prompt management",
  },
  {
    id: "langsmith",
    title: "LangSmith",
    packageName: "langsmith",
    switchedOn: "its `wrapAISDK(ai)`",
    change: "one import",
    more: "records prompts and answers for reading. Evaluations, datasets",
  },
  {
    id: "braintrust",
    title: "Braintrust",
    packageName: "braintrust",
    switchedOn: "`initLogger` and its `wrapAISDK(ai)`",
    change: "one import, or a flag",
    more: "records prompts and answers for reading. Scores, experiments, datasets",
  },
  {
    id: "openinference",
    title: "OpenInference",
    packageName: "@arizeai/openinference-vercel",
    switchedOn: "`OpenInferenceSimpleSpanProcessor` with `@ai-sdk/otel`",
    change: "two calls at the start",
    more: "records prompts and answers for reading, in the form of Phoenix and Arize",
  },
  {
    id: "traceloop",
    title: "Traceloop",
    packageName: "@traceloop/node-server-sdk",
    switchedOn: "`traceloop.initialize` with `@ai-sdk/otel`",
    change: "two calls at the start",
    more: "records prompts and answers for reading. Instruments other model SDKs and vector stores too",
  },
  {
    id: "agents/observability/ai",
    title: "Cloudflare `agents/observability`",
    packageName: "agents",
    switchedOn: "its `wrapAISDK(ai)`, on Workers only",
    change: "one import",
    more: "can record prompts and answers, if an option is set. Events of Cloudflare's agents: schedules, state, MCP",
    isWorker: true,
  },
  {
    id: "ai-spans/cloudflare",
    title: "ai-spans, on Workers",
    packageName: "ai-spans",
    switchedOn: "`wrapAISDK(ai)` of `ai-spans/cloudflare`",
    change: "one import",
    more: "no content, so no view of prompts",
    isWorker: true,
    isOtherWay: true,
  },
];

/**
 * - `open`: the run's span never ended.
 * - `error`: it has the status, or a field, of an error.
 * - `canceled`: an attribute says that it was canceled, aborted or abandoned.
 * - `as complete`: it ended, and says nothing of the three.
 */
export type RecordedOutcome = "open" | "error" | "canceled" | "as complete";

export interface Result {
  readonly spans: number;
  readonly open: number;
  readonly outcome: RecordedOutcome;
  /** Which content arrived at the receiver. */
  readonly content: readonly string[];
  readonly rootTokens: number;
  readonly lowerTokens: number;
  /** How many parts the model has sent. */
  readonly parts: number;
}

export interface Comparison {
  readonly date: string;
  readonly node: string;
  readonly ai: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly results: Readonly<Record<string, Readonly<Record<ProgramName, Result>>>>;
}
