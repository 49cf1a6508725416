/**
 * Beside OpenTelemetry's auto-instrumentations, which themselves set OpenTelemetry up and send all spans by OTLP.
 */
import { testBeside, V6_ONLY, V7_ONLY, type CallTrees } from "./apm.ts";
import { outline, type Tree } from "./beside.ts";
import { otlpSpans } from "./otlp.ts";
import type { Major, Neighbor, Run, Way } from "./run-beside.ts";

const environment = (url: string): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  OTEL_METRICS_EXPORTER: "none",
  OTEL_LOGS_EXPORTER: "none",
  // The detectors would ask the clouds, at addresses that do not exist here.
  OTEL_NODE_RESOURCE_DETECTORS: "none",
});

const ourSpans = ({ requests }: Run): ReturnType<typeof otlpSpans> => otlpSpans(requests);

const spanOutline = (run: Run): string =>
  outline(
    ourSpans(run).map(({ spanId, parentSpanId, name }) => ({
      id: spanId,
      parentId: parentSpanId,
      text: name,
    })),
  );

const REQUEST: Tree = ["POST"];
const CHAT: Tree = ["chat gpt-4o-mini", REQUEST];
const STREAM: Tree = ["invoke_agent", CHAT];
const TWO_STEPS: Tree = ["invoke_agent", CHAT, ["execute_tool searchRooms"], CHAT];

/** None of them instruments the AI SDK. They record only the program's requests. */
function trees(_major: Major, way: Way): CallTrees {
  const isControl = way === "without";
  const twoSteps = (): Tree[] => (isControl ? [REQUEST, REQUEST] : [TWO_STEPS]);
  const stream = (): Tree[] => (isControl ? [REQUEST] : [STREAM]);
  return { generate: twoSteps, stream, streamWithTool: twoSteps, left: stream };
}

const REGISTER = "@opentelemetry/auto-instrumentations-node/register";
const esm = {
  args: ["--experimental-loader=@opentelemetry/instrumentation/hook.mjs", "--import", REGISTER],
} as const;
const commonjs = { args: ["--require", REGISTER], format: "commonjs" } as const;

const sdk2 = { folder: "auto-instrumentations", environment } as const;
const sdk3 = { folder: "auto-instrumentations-otel-3", environment, node: "node-22" } as const;

const apm = { outline: spanOutline, trees, ourSpans, content: [] } as const;

const control: Neighbor = { ...sdk2, ...esm };

testBeside("OpenTelemetry's SDK 2, an ES module", { ...apm, neighbor: control });
testBeside("OpenTelemetry's SDK 2, a CommonJS module", {
  ...apm,
  neighbor: { ...sdk2, ...commonjs },
  control,
});
testBeside("OpenTelemetry's SDK 3, an ES module", {
  ...apm,
  neighbor: { ...sdk3, ...esm },
  control,
  majors: V7_ONLY,
});
testBeside("OpenTelemetry's SDK 3, a CommonJS module", {
  ...apm,
  neighbor: { ...sdk3, ...commonjs },
  control,
  majors: V6_ONLY,
});
