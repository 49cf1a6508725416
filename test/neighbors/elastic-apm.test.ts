/**
 * Beside Elastic's agent, whose bridge takes the place of OpenTelemetry's SDK. These tests have a server that replaces the
 * APM server.
 */
import { expect, test } from "vitest";
import { testBeside, type CallTrees } from "./apm.ts";
import { outline, render, type Tree } from "./beside.ts";
import { ourText, ourTrees } from "./our-trees.ts";
import { FLAGS, runBeside, type Major, type Neighbor, type Run, type Way } from "./run-beside.ts";

const environment = (url: string): Record<string, string> => ({
  ELASTIC_APM_SERVER_URL: url,
  ELASTIC_APM_OPENTELEMETRY_BRIDGE_ENABLED: "true",
  // Two equal requests one after another would be one span.
  ELASTIC_APM_SPAN_COMPRESSION_ENABLED: "false",
  // Turns off requests that do not go to the server or that the tests do not use.
  ELASTIC_APM_CENTRAL_CONFIG: "false",
  ELASTIC_APM_CLOUD_PROVIDER: "none",
  ELASTIC_APM_METRICS_INTERVAL: "0s",
  ELASTIC_APM_LOG_LEVEL: "off",
});

const asModule = {
  args: [
    "--require",
    "elastic-apm-node/start.js",
    "--experimental-loader=elastic-apm-node/loader.mjs",
    // Node's own, about the option before.
    "--disable-warning=ExperimentalWarning",
  ],
} as const;
const asCommonJS = { args: ["--require", "elastic-apm-node/start.js"], format: "commonjs" } as const;

const ELASTIC: Neighbor = { folder: "elastic-apm", environment, ...asModule };

/** A span in the form of the server's intake API. A transaction is the first span of a process in its trace. */
interface ElasticSpan {
  readonly id: string;
  readonly parent_id?: string;
  readonly name: string;
  /** Of a span that was made through the bridge. */
  readonly otel?: { readonly attributes?: Readonly<Record<string, unknown>> };
}

function elasticSpans({ requests }: Run): ElasticSpan[] {
  return requests
    .filter(({ path }) => path === "/intake/v2/events")
    .flatMap(({ body }) => body.toString().trim().split("\n"))
    .map((line) => JSON.parse(line) as { readonly transaction?: ElasticSpan; readonly span?: ElasticSpan })
    .flatMap(({ transaction, span }) => transaction ?? span ?? []);
}

const elasticOutline = (run: Run): string =>
  outline(elasticSpans(run).map((span) => ({ id: span.id, parentId: span.parent_id, text: textOf(span) })));

function textOf({ name, otel: { attributes = {} } = {} }: ElasticSpan): string {
  if (!("gen_ai.operation.name" in attributes)) return name;
  const { "gen_ai.usage.input_tokens": input, "gen_ai.usage.output_tokens": output } = attributes;
  const cause = attributes["ai_spans.cancel.cause"];
  return ourText(name, { input: numberOf(input), output: numberOf(output) }, cause?.toString());
}

const numberOf = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

/** The agent takes a chat, of kind CLIENT, for the request itself. It records no span of a request below it. */
const ours = ourTrees();

/** Outside of a transaction the agent records nothing. A run of ai-spans is a transaction. */
function trees(_major: Major, way: Way): CallTrees {
  const sent = (tree: () => Tree): Tree[] => (way === "without" ? [] : [tree()]);
  return {
    generate: (number) => sent(() => ours.twoSteps(number)),
    stream: (number) => sent(() => ours.stream(number)),
    streamWithTool: (number) => sent(() => ours.twoSteps(number)),
    left: () => sent(() => ours.left(way)),
  };
}

const apm = { outline: elasticOutline, ourSpans: "in outline", trees, content: [] } as const;

const byFlag = ["flag before", "flag after"] as const;

// The agent's loader is of another copy of import-in-the-middle. The loader that a program registers for the
// instrumentation is then never called.
testBeside("Elastic's bridge, an ES module", { ...apm, flags: byFlag, neighbor: ELASTIC });
testBeside("Elastic's bridge on Node 24", {
  ...apm,
  flags: byFlag,
  majors: [
    ["v6", []],
    ["v7", []],
  ],
  neighbor: { ...ELASTIC, node: "node-24" },
  control: ELASTIC,
});
testBeside("Elastic's bridge, a CommonJS module", {
  ...apm,
  flags: FLAGS,
  neighbor: { ...ELASTIC, ...asCommonJS },
  control: ELASTIC,
});

test.each(["wrapper", "adapter"] as const)("in a transaction of Elastic's: %s", async (way) => {
  const run = await runBeside(ELASTIC, "v7", way, "callInSpan");
  expect(elasticOutline(run)).toBe(render([["request", ours.twoSteps(1)]]));
});
