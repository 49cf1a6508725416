// The table of who may import whom in src. It owns the data only: amend a line here (and the import patterns in
// .oxlintrc.json) when a layer's job changes. `layering.test.ts` holds the sources to it.

/** The package every layer may be allowed. Nothing else that is not ours is, `ai` and `node:*` included, but for: */
export const openTelemetryApi = "@opentelemetry/api";
/** The W3C propagators, an optional peer, for `propagation` alone. */
export const openTelemetryCore = "@opentelemetry/core";

export interface Layer {
  /** Where the layer lives, relative to src: a folder with a trailing slash, or one file. */
  readonly at: string;
  /** What it may import, as a layer's name or `@opentelemetry/api`. Its own files are always allowed. */
  readonly runtime: readonly string[];
  /** What it may import with `import type` on top of `runtime`. */
  readonly types: readonly string[];
}

/** All that an instrumentation of the SDK is made of: no carrier, so that the root entry pays nothing for them. */
const everyLayer = [
  "semconv",
  "readers",
  "streams",
  "metrics",
  "spans",
  "runs",
  "options",
  "containment",
  "weak-ref",
  "process-state",
];

export const layers: Readonly<Record<string, Layer>> = {
  semconv: { at: "semconv/", runtime: [], types: [openTelemetryApi] },
  readers: { at: "readers/", runtime: ["semconv"], types: [] },
  streams: {
    at: "streams/",
    runtime: ["readers", "semconv", "containment", "weak-ref", "builtin"],
    types: [],
  },
  metrics: { at: "metrics/", runtime: ["semconv", "containment", openTelemetryApi], types: [] },
  spans: {
    at: "spans/",
    runtime: ["semconv", "metrics", "containment", "weak-ref", "builtin", openTelemetryApi],
    types: ["options"],
  },
  carriers: { at: "carriers/", runtime: ["readers", "containment", openTelemetryApi], types: [] },
  propagation: {
    at: "propagation/",
    runtime: ["carriers", "spans", "readers", "semconv", "containment", openTelemetryApi, openTelemetryCore],
    types: [],
  },
  options: { at: "options.ts", runtime: ["semconv", "readers", "containment"], types: [openTelemetryApi] },
  "weak-ref": { at: "weak-ref.ts", runtime: ["containment"], types: [] },
  "process-state": { at: "process-state.ts", runtime: ["containment"], types: [] },
  containment: { at: "containment.ts", runtime: [openTelemetryApi], types: [] },
  runs: {
    at: "runs/",
    runtime: ["spans", "streams", "readers", "semconv", "containment", "weak-ref"],
    types: [openTelemetryApi],
  },
  mcp: {
    at: "mcp/",
    runtime: ["carriers", "wrap", "spans", "readers", "containment"],
    types: [openTelemetryApi],
  },
  wrap: { at: "wrap/", runtime: [...everyLayer, "builtin"], types: [openTelemetryApi] },
  adapter: { at: "adapter/", runtime: everyLayer, types: [openTelemetryApi] },
  builtin: { at: "builtin-module.ts", runtime: ["readers", "containment"], types: [] },
  cloudflare: {
    at: "cloudflare/",
    runtime: ["spans", "readers", "containment", "builtin", openTelemetryApi],
    types: [],
  },
  serverless: {
    at: "serverless/",
    runtime: ["spans", "readers", "containment", "builtin", openTelemetryApi],
    types: [],
  },
  testing: { at: "testing/", runtime: ["readers"], types: [] },
};

/** The files that package.json exports. No layer lists `entry`, so nobody can import one. */
export const entryLayer: Omit<Layer, "at"> = {
  runtime: [
    ...everyLayer,
    "wrap",
    "adapter",
    "mcp",
    "carriers",
    "propagation",
    "serverless",
    "cloudflare",
    "testing",
  ],
  types: [openTelemetryApi],
};

export const maximumLines = 400;

/** File names that tell nothing of what the file owns. */
export const namelessNames = ["util", "utils", "helper", "helpers", "common", "misc", "shared"];
