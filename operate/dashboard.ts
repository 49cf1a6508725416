/**
 * The Grafana dashboard of ai-spans: rows of panels over the queries of queries.ts. Built with Grafana's own library,
 * whose types are made from Grafana's schema. `npm run dashboard` writes it to dashboard.json.
 */
import { ReduceDataOptionsBuilder, type DataSourceRef } from "@grafana/grafana-foundation-sdk/common";
import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  type Dashboard,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as GraphBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { CountsPerMinute, PercentUnit, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { queries, services } from "./queries.ts";

const DATA_SOURCE: DataSourceRef = { type: "prometheus", uid: "${datasource}" };

/** The grid of a dashboard is 24 units wide. */
const STAT = { width: 4, height: 4 };
const GRAPH = { width: 8, height: 8 };

const AGENT = "{{gen_ai_agent_name}}";
const MODEL = "{{gen_ai_request_model}}";
const TOOL = "{{gen_ai_tool_name}}";
const ERROR = "{{error_type}}";

interface Panel {
  readonly title: string;
  readonly description: string;
  readonly query: string;
  readonly unit: string;
  /** Default: the panel has one line. */
  readonly legend?: string;
}

/** One number over the time range of the dashboard. */
function stat({ title, description, query, unit }: Panel): StatBuilder {
  return new StatBuilder()
    .title(title)
    .description(description)
    .datasource(DATA_SOURCE)
    .unit(unit)
    .span(STAT.width)
    .height(STAT.height)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .withTarget(new DataqueryBuilder().refId("A").datasource(DATA_SOURCE).expr(query).instant());
}

function graph({ title, description, query, unit, legend = "all" }: Panel): GraphBuilder {
  return new GraphBuilder()
    .title(title)
    .description(description)
    .datasource(DATA_SOURCE)
    .unit(unit)
    .min(0)
    .span(GRAPH.width)
    .height(GRAPH.height)
    .withTarget(
      new DataqueryBuilder().refId("A").datasource(DATA_SOURCE).expr(query).range().legendFormat(legend),
    );
}

interface Row {
  readonly title: string;
  readonly panels: readonly (StatBuilder | GraphBuilder)[];
}

const rows: readonly Row[] = [
  {
    title: "Runs",
    panels: [
      stat({
        title: "All runs",
        description: "Agent runs that ended in the time range, with any outcome.",
        query: queries.runs,
        unit: Short,
      }),
      stat({
        title: "Failed",
        description: "Share of runs that ended with an error.",
        query: queries.failedShare,
        unit: PercentUnit,
      }),
      stat({
        title: "Canceled",
        description:
          "Share of runs that ended before their end: aborted, left by their reader, or never read.",
        query: queries.canceledShare,
        unit: PercentUnit,
      }),
      stat({
        title: "Thrown away",
        description: "Share of runs that failed or were canceled. Nobody got a full answer.",
        query: queries.thrownAwayShare,
        unit: PercentUnit,
      }),
      stat({
        title: "Abandoned",
        description: "Runs whose result nobody read.",
        query: queries.abandoned,
        unit: Short,
      }),
      stat({
        title: "Tokens of a run",
        description: "Input and output tokens of all chat calls, over the number of runs.",
        query: queries.tokensOfRun,
        unit: Short,
      }),
      graph({
        title: "Runs by agent",
        description: "Runs a minute.",
        query: queries.runsByAgent,
        unit: CountsPerMinute,
        legend: AGENT,
      }),
      graph({
        title: "Error rate by type",
        description:
          "Share of all runs that failed with each error type: an HTTP status, an error class, or timeout.",
        query: queries.failedShareByType,
        unit: PercentUnit,
        legend: ERROR,
      }),
      graph({
        title: "Failed runs by agent and error type",
        description: "Failed runs a minute.",
        query: queries.failedByAgent,
        unit: CountsPerMinute,
        legend: `${AGENT} ${ERROR}`,
      }),
      graph({
        title: "Canceled runs by cause",
        description:
          "Canceled runs a minute. abort: a signal fired. consumer: the reader left. abandoned: nobody read the result.",
        query: queries.canceledByCause,
        unit: CountsPerMinute,
        legend: "{{ai_spans_cancel_cause}}",
      }),
      graph({
        title: "Abandoned runs by agent",
        description: "Runs a minute whose result nobody read.",
        query: queries.abandonedByAgent,
        unit: CountsPerMinute,
        legend: AGENT,
      }),
    ],
  },
  {
    title: "Models",
    panels: [
      graph({
        title: "p95 run duration by model",
        description: "95 of 100 runs took at most this long.",
        query: queries.runDuration,
        unit: Seconds,
        legend: MODEL,
      }),
      graph({
        title: "p95 model call duration by model",
        description: "95 of 100 model calls took at most this long, over all attempts.",
        query: queries.callDuration,
        unit: Seconds,
        legend: MODEL,
      }),
      graph({
        title: "p95 time to first chunk by model",
        description: "95 of 100 streamed model calls gave their first output within this time.",
        query: queries.firstChunk,
        unit: Seconds,
        legend: MODEL,
      }),
      graph({
        title: "Failed model calls by model and error type",
        description: "Model calls a minute whose last attempt failed. 429: the provider's rate limit.",
        query: queries.failedCalls,
        unit: CountsPerMinute,
        legend: `${MODEL} ${ERROR}`,
      }),
      graph({
        title: "Retries by model",
        description: "Attempts a minute beyond the first of each model call.",
        query: queries.retries,
        unit: CountsPerMinute,
        legend: MODEL,
      }),
    ],
  },
  {
    title: "Tokens",
    panels: [
      graph({
        title: "Input tokens by model",
        description: "Input tokens a minute, cached ones included.",
        query: queries.inputTokens,
        unit: CountsPerMinute,
        legend: MODEL,
      }),
      graph({
        title: "Output tokens by model",
        description: "Output tokens a minute, reasoning included.",
        query: queries.outputTokens,
        unit: CountsPerMinute,
        legend: MODEL,
      }),
      graph({
        title: "Tokens per run",
        description: "Input and output tokens of all chat calls, over the number of runs.",
        query: queries.tokensPerRun,
        unit: Short,
      }),
      graph({
        title: "Input tokens from the cache by model",
        description: "Share of the input tokens that the provider read from its cache.",
        query: queries.cachedShare,
        unit: PercentUnit,
        legend: MODEL,
      }),
      graph({
        title: "Tokens by agent",
        description: "Input and output tokens a minute of runs that ended, with any outcome.",
        query: queries.tokensByAgent,
        unit: CountsPerMinute,
        legend: AGENT,
      }),
      graph({
        title: "Tokens thrown away by outcome",
        description:
          "Input and output tokens a minute of runs that failed or were canceled. A call that was cut short may not have reported its tokens.",
        query: queries.thrownAwayTokens,
        unit: CountsPerMinute,
        legend: `${ERROR} {{ai_spans_cancel_cause}}`,
      }),
      stat({
        title: "Tokens thrown away",
        description: "Share of all runs' tokens that failed or canceled runs took.",
        query: queries.thrownAwayTokensShare,
        unit: PercentUnit,
      }),
    ],
  },
  {
    title: "Tools",
    panels: [
      graph({
        title: "Tool executions by tool",
        description: "Executions a minute.",
        query: queries.executions,
        unit: CountsPerMinute,
        legend: TOOL,
      }),
      graph({
        title: "Tool failures by tool and error type",
        description: "Executions a minute that ended with an error.",
        query: queries.failedExecutions,
        unit: CountsPerMinute,
        legend: `${TOOL} ${ERROR}`,
      }),
      graph({
        title: "Failed share of executions by tool",
        description: "Share of the tool's executions that ended with an error.",
        query: queries.failedExecutionsShare,
        unit: PercentUnit,
        legend: TOOL,
      }),
      graph({
        title: "p95 execution duration by tool",
        description: "95 of 100 executions took at most this long.",
        query: queries.toolDuration,
        unit: Seconds,
        legend: TOOL,
      }),
    ],
  },
];

export function dashboard(): Dashboard {
  const builder = new DashboardBuilder("AI SDK runs (ai-spans)")
    .uid("ai-spans")
    .description("Agent runs, models, tokens and tools, from the metrics of ai-spans.")
    .tags(["ai-spans", "opentelemetry", "genai"])
    .time({ from: "now-6h", to: "now" })
    .refresh("1m")
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"))
    .withVariable(
      new QueryVariableBuilder("job")
        .label("Service")
        .datasource(DATA_SOURCE)
        .query(services)
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .multi(true)
        .includeAll(true)
        .allValue(".*"),
    );
  let id = 0;
  for (const { title, panels } of rows) {
    builder.withRow(new RowBuilder(title).id(++id));
    for (const panel of panels) builder.withPanel(panel.id(++id));
  }
  return builder.build();
}

export function dashboardFile(): string {
  return `${JSON.stringify(dashboard(), null, 2)}\n`;
}
