// The table of layers of src: what each is for and what it may import. It has only data. `npm run docs` writes the
// table of docs/why/design.md and the import rules of .oxlintrc.json from it. `layering.test.ts` checks the sources
// against it.

/**
 * The package that any layer may import if its row lists it. Other packages, `ai` and `node:*` included, are forbidden,
 * except for the next two.
 */
export const openTelemetryApi = "@opentelemetry/api";
/** Constants of the core conventions, which the build inlines. Only `semconv` may import them. */
export const openTelemetryConventions = "@opentelemetry/semantic-conventions";
/** The W3C propagators, an optional peer. Only `propagation` may import them. */
export const openTelemetryCore = "@opentelemetry/core";
/** The AI SDK under a name of ours, for the entry that a bundler puts instead of `ai`. */
export const sdkOfAlias = "#ai-spans/sdk";
/** The base class of instrumentations, an optional peer, for the entry `instrumentation` alone. */
export const openTelemetryInstrumentation = "@opentelemetry/instrumentation";

/** Columns of a character on a terminal, which the build inlines: for `console` alone. */
export const characterWidths = "get-east-asian-width";

export interface Layer {
  /** Where the layer is, relative to src: a folder with a trailing slash, or one file. */
  readonly at: string;
  /** What the layer is for. */
  readonly holds: string;
  /** The layers and packages that it may import. It may always import its own files. */
  readonly runtime: readonly string[];
  /** What it may import with `import type` on top of `runtime`. */
  readonly types: readonly string[];
}

/** The layers of an instrumentation of the SDK. Carriers are not among them, so that the root entry stays small. */
const everyLayer = ["foundation", "semconv", "readers", "streams", "metrics", "spans", "runs", "options"];

export const layers: Readonly<Record<string, Layer>> = {
  foundation: {
    at: "foundation/",
    holds: "what every layer uses: containment, type guards, clocks, timers, what a runtime may lack",
    runtime: [openTelemetryApi],
    types: [],
  },
  semconv: {
    at: "semconv/",
    holds: "records to names, attributes and metrics; pure",
    runtime: [openTelemetryConventions],
    types: [openTelemetryApi],
  },
  readers: {
    at: "readers/",
    holds: "values of the AI SDK to records",
    runtime: ["foundation", "semconv"],
    types: [],
  },
  streams: {
    at: "streams/",
    holds: "observation of streams; uses no span",
    runtime: ["foundation", "readers", "semconv"],
    types: [],
  },
  metrics: {
    at: "metrics/",
    holds: "the instruments of a meter provider; records to points",
    runtime: ["foundation", "semconv", openTelemetryApi],
    types: [],
  },
  spans: {
    at: "spans/",
    holds: "the life of a span and its context",
    runtime: ["foundation", "semconv", "metrics", openTelemetryApi],
    types: ["options"],
  },
  options: {
    at: "options.ts",
    holds: "the options of the root entry, checked",
    runtime: ["foundation", "semconv", "readers"],
    types: [openTelemetryApi],
  },
  runs: {
    at: "runs/",
    holds: "a run with its signals, its lifetime and its tool calls",
    runtime: ["foundation", "spans", "streams", "readers", "semconv"],
    types: [openTelemetryApi],
  },
  wrap: {
    at: "wrap/",
    holds: "the wrapper: traced functions, agent classes, models and tools",
    runtime: everyLayer,
    types: [openTelemetryApi],
  },
  adapter: {
    at: "adapter/",
    holds: "the telemetry integration of AI SDK 7",
    runtime: everyLayer,
    types: [openTelemetryApi],
  },
  instrumentation: {
    at: "instrumentation/",
    holds:
      "the tracing of all calls in the process: which instrumentation traces, replaced modules, the registry of v7",
    runtime: ["foundation", "spans", "options", "wrap", "adapter", openTelemetryApi],
    types: [],
  },
  register: {
    at: "register/",
    holds:
      "a program without a change: module hooks, the environment, the SDK's set-up, the end of the process",
    runtime: ["foundation", "spans", "options", "instrumentation", "serverless", openTelemetryApi],
    types: [],
  },
  traces: {
    at: "traces/",
    holds: "spans as plain records, a bounded store of them, a page that has them; pure",
    runtime: [],
    types: [],
  },
  page: {
    at: "page/",
    holds: "the page of the viewer, which runs in a browser",
    runtime: ["traces"],
    types: [],
  },
  view: {
    at: "view/",
    holds: "the viewer: a span processor, the server of the page, the flag",
    runtime: ["foundation", "spans", "instrumentation", "register", "traces", openTelemetryApi],
    types: [],
  },
  mcp: {
    at: "mcp/",
    holds: "the transport of an MCP client, the handlers of an MCP server",
    runtime: ["foundation", "carriers", "wrap", "spans", "readers"],
    types: [openTelemetryApi],
  },
  carriers: {
    at: "carriers/",
    holds: "where a trace context lies in headers, messages and jobs: pairs of getter and setter",
    runtime: ["foundation", "readers", openTelemetryApi],
    types: [],
  },
  propagation: {
    at: "propagation/",
    holds: "a trace carried across requests, queues, sockets, processes and RPC",
    runtime: ["foundation", "carriers", "spans", "readers", "semconv", openTelemetryApi, openTelemetryCore],
    types: [],
  },
  serverless: {
    at: "serverless/",
    holds: "an invocation's open spans, its deadline and the flush",
    runtime: ["foundation", "spans", "readers", openTelemetryApi],
    types: [],
  },
  cloudflare: {
    at: "cloudflare/",
    holds: "a tracer provider whose spans are those of the Workers runtime",
    runtime: ["foundation", "spans", "readers", openTelemetryApi],
    types: [],
  },
  doctor: {
    at: "doctor/",
    holds: "what the doctor observes, its checks and its reports",
    runtime: ["foundation", "spans", "runs", openTelemetryApi],
    types: [],
  },
  console: {
    at: "console/",
    holds: "an exporter that prints runs as trees",
    runtime: ["foundation", "semconv", characterWidths],
    types: [],
  },
  testing: {
    at: "testing/",
    holds: "a span processor that keeps spans, and assertions on them",
    runtime: ["foundation"],
    types: [],
  },
};

/** No entry reaches it: `npm run docs` builds the page from it. */
export const pageEntry = "page/main.ts";

/** The files of `foundation` that import no package. The testing entry may reach only these. */
export const withoutPackages: readonly string[] = ["foundation/structure.ts", "foundation/timers.ts"];

/** The files that package.json exports. No layer lists `entry`, so nobody can import one. */
export const entryLayer: Omit<Layer, "at" | "holds"> = {
  runtime: [
    ...everyLayer,
    "wrap",
    "adapter",
    "instrumentation",
    "register",
    "traces",
    "view",
    "mcp",
    "carriers",
    "propagation",
    "serverless",
    "cloudflare",
    "console",
    "doctor",
    "testing",
  ],
  types: [openTelemetryApi],
};

/** What one entry may import on top of `entryLayer`. */
export const importsOfEntries: Readonly<Record<string, readonly string[]>> = {
  "ai.ts": [sdkOfAlias],
  "instrumentation.ts": [openTelemetryInstrumentation],
};

export const maximumLines = 400;

/** File names that do not say what the file is for. */
export const namelessNames = ["util", "utils", "helper", "helpers", "common", "misc", "shared"];
