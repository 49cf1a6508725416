/**
 * Beside New Relic's agent, whose bridge takes the place of OpenTelemetry's SDK.
 */
import { expect, test } from "vitest";
import { testBeside, type CallTrees } from "./apm.ts";
import { outline, render, type Tree } from "./beside.ts";
import { ourText, ourTrees } from "./our-trees.ts";
import { runBeside, withFlag, type Major, type Neighbor, type Run, type Way } from "./run-beside.ts";

const environment = (): Record<string, string> => ({
  NEW_RELIC_APP_NAME: "bookings",
  NEW_RELIC_NO_CONFIG_FILE: "true",
  NEW_RELIC_LOG_ENABLED: "false",
  NEW_RELIC_OPENTELEMETRY_ENABLED: "true",
  NEW_RELIC_OPENTELEMETRY_TRACES_ENABLED: "true",
  // As in a function, so that the agent asks no server for its settings. It makes span events only with the three keys.
  NEW_RELIC_SERVERLESS_MODE_ENABLED: "true",
  NEW_RELIC_ACCOUNT_ID: "1",
  NEW_RELIC_TRUSTED_ACCOUNT_KEY: "1",
  NEW_RELIC_PRIMARY_APPLICATION_ID: "1",
});

const asModule = { args: ["--import", "newrelic/esm-loader.mjs", "--require", "newrelic"] } as const;
const asCommonJS = { args: ["--require", "newrelic"], format: "commonjs" } as const;

const NEW_RELIC: Neighbor = { folder: "new-relic", environment, ...asModule };

type SpanEvent = readonly [
  intrinsics: { readonly guid: string; readonly parentId?: string; readonly name: string },
  custom: object,
  attributes: Readonly<Record<string, string | number | undefined>>,
];

/** Without the spans of connections, because a connection may be kept from call to call. */
function newRelicOutline({ requests }: Run): string {
  const events = requests
    .filter(({ path }) => path === "/span-events")
    .flatMap(({ body }) => JSON.parse(body.toString()) as SpanEvent[])
    .filter(([{ name }]) => !name.startsWith("net."));
  return outline(
    events.map((event) => ({ id: event[0].guid, parentId: event[0].parentId, text: textOf(event) })),
  );
}

function textOf([{ name }, , attributes]: SpanEvent): string {
  const operation = attributes["gen_ai.operation.name"];
  if (operation === undefined)
    return name.replace(/^External\/.*/, "request").replace(/^OtherTransaction\/.*/, "transaction");
  const input = Number(attributes["gen_ai.usage.input_tokens"]);
  const output = Number(attributes["gen_ai.usage.output_tokens"]);
  // The agent names a span of kind CLIENT itself.
  const ownName = operation === "chat" ? `chat ${attributes["gen_ai.request.model"]}` : name;
  return ourText(ownName, Number.isNaN(input) ? {} : { input, output });
}

/** Outside of a transaction the agent records nothing, and so nothing of ai-spans. */
const noTrees = (): CallTrees => {
  const none = (): Tree[] => [];
  return { generate: none, stream: none, streamWithTool: none, left: none };
};

const apm = {
  outline: newRelicOutline,
  ourSpans: "in outline",
  trees: noTrees,
  content: [],
} as const;

testBeside("New Relic's bridge, an ES module", { ...apm, neighbor: NEW_RELIC });
testBeside("New Relic's bridge, a CommonJS module", {
  ...apm,
  neighbor: { ...NEW_RELIC, ...asCommonJS },
  control: NEW_RELIC,
});

const REQUEST: Tree = ["request"];
const RUN = ourTrees(REQUEST).twoSteps(1);

/** The agent takes the active span for the parent and not the one that a start names. The adapter makes no span active. */
const [run, ...children] = RUN;
const BESIDE_THE_RUN: readonly Tree[] = [[run], ...children];

test.each<readonly [Major, Way, readonly Tree[]]>([
  ["v6", "without", [REQUEST, REQUEST]],
  ["v6", "wrapper", [RUN]],
  ["v7", "wrapper", [RUN]],
  ["v7", "adapter", BESIDE_THE_RUN],
])("in a transaction of New Relic's, AI SDK %s: %s", async (major, way, trees) => {
  const result = await runBeside(NEW_RELIC, major, way, "callInSpan");
  expect(newRelicOutline(result)).toBe(render([["transaction", ...trees]]));
  expect(result.reports, "reports to diag").toEqual([]);
});

// The loader of the agent is of another copy of import-in-the-middle.

test.each<Major>(["v6", "v7"])("in a transaction of New Relic's, AI SDK %s: flag after", async (major) => {
  const result = await runBeside(withFlag(NEW_RELIC, "flag after"), major, "without", "callInSpan");
  expect(newRelicOutline(result)).toBe(render([["transaction", RUN]]));
  expect(result.errors, "what the process wrote to standard error").toBe("");
});

// A loader that is registered later comes first, except on Node 24, where that of ai-spans is synchronous.
test.each([
  ["on Node 20 hides the import of ai", undefined, [REQUEST, REQUEST]],
  ["on Node 24 traces", "node-24", [RUN]],
] as const)("in a transaction of New Relic's: flag before %s", async (_title, node, trees) => {
  const neighbor = { ...NEW_RELIC, ...(node === undefined ? {} : { node }) };
  const result = await runBeside(withFlag(neighbor, "flag before"), "v6", "without", "callInSpan");
  expect(newRelicOutline(result)).toBe(render([["transaction", ...trees]]));
});
