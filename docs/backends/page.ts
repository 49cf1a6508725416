/** Writes docs/guide/backends.md from the tables beside this file. */
import { OURS, READ_ON, type Backend, type Fact } from "./backend.ts";
import { backends } from "./backends.ts";
import { packages, type BackendPackage } from "./packages.ts";

/** A fact without a source says that it is not verified. */
function factText({ text, source }: Fact): string {
  if (source === OURS || (source === undefined && text.includes("not verified"))) return text;
  return source === undefined ? `${text} *Not verified.*` : `${text} ([source](${source}))`;
}

/** A value in quotes where a shell needs them. */
export function variableLine(name: string, value: string): string {
  return /^[\w:./%=,-]+$/.test(value) ? `${name}=${value}` : `${name}="${value}"`;
}

const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

function overview(): string[] {
  const rows = backends.map(
    ({ name, semconv, runUsage }) =>
      `| [${name}](#${anchor(name)}) | ${semconv === "latest" ? "`latest`, the default" : `\`"${semconv}"\``} | ${runUsage === false ? "`false`" : "`true`, the default"} |`,
  );
  return ["| backend | option `semconv` | option `runUsage` |", "| --- | --- | --- |", ...rows];
}

/** The options in code, and the same as variables of the flag. */
function optionsOf({ semconv, runUsage }: Backend): string {
  const variables = [
    ...(semconv === "latest" ? [] : [`AI_SPANS_SEMCONV=${semconv}`]),
    ...(runUsage === undefined ? [] : [`AI_SPANS_RUN_USAGE=${runUsage}`]),
  ];
  const options = [
    ...(semconv === "latest" ? [] : [`semconv: "${semconv}"`]),
    ...(runUsage === undefined ? [] : [`runUsage: ${runUsage}`]),
  ];
  return options.length === 0
    ? "**Options:** none."
    : `**Options:** \`wrapAISDK(ai, { ${options.join(", ")} })\`; with the flag \`${variables.join(" ")}\`.`;
}

function section(backend: Backend): string[] {
  const { name, variables, setup, semconv, why, shows, empty, tokens, language, queries } = backend;
  const own = packages.filter((entry) => entry.backend === name);
  return [
    `## ${name}`,
    "",
    "```sh",
    ...Object.entries(variables).map(([variable, value]) => variableLine(variable, value)),
    "```",
    "",
    factText(setup),
    "",
    optionsOf(backend),
    "",
    `- **\`semconv\`: ${semconv}.** ${factText(why)}`,
    `- **Tokens.** ${factText(tokens)}`,
    ...shows.map((fact) => `- **Shows.** ${factText(fact)}`),
    `- **Empty without content.** ${factText(empty)}`,
    ...(own.length > 0
      ? [
          `- **Own package.** ${[...new Set(own.map((entry) => `\`${entry.package}\``))].join(", ")}: [below](#packages-of-backends).`,
        ]
      : []),
    "",
    `Queries to start with, for ${language}:`,
    "",
    ...queries.flatMap(({ asks, text }) => [`- ${asks}:`, "", "  ```text", `  ${text}`, "  ```", ""]),
  ];
}

/** Fields that the package fills from attributes of ai-spans, by a key that it adds. */
const OWN_FIELDS: readonly (readonly [field: string, key: RegExp])[] = [
  ["type", /^openinference\.span\.kind$/],
  ["model", /^llm\.model_name$/],
  ["tokens", /^llm\.token_count\./],
  ["finish reason", /^llm\.finish_reason$/],
  ["session", /session/],
  ["user", /user/],
];

function ownFields({ adds }: BackendPackage): string {
  const keys = Object.values(adds).flat();
  // Sentry's `segment` and dd-trace's keys are about the process.
  const fields = OWN_FIELDS.filter(([, key]) => keys.some((added) => key.test(added)));
  return fields.length === 0 ? "none" : fields.map(([field]) => field).join(", ");
}

function addedKeys({ adds, drops = [] }: BackendPackage): string[] {
  const byKeys = new Map<string, string[]>();
  for (const [operation, keys] of Object.entries(adds)) {
    const list = keys.map((key) => `\`${key}\``).join(", ");
    byKeys.set(list, [...(byKeys.get(list) ?? []), `\`${operation}\``]);
  }
  return [
    ...[...byKeys].map(([keys, operations]) => `- Adds to ${operations.join(", ")}: ${keys}.`),
    ...(drops.length > 0 ? [`- Drops ${drops.map((key) => `\`${key}\``).join(", ")}.`] : []),
  ];
}

function packageSections(): string[] {
  return [
    "## Packages of backends",
    "",
    "Some backends have a span processor, an exporter or a provider on npm. You need none of them: OpenTelemetry's exporter with the variables above sends every span. `test/backends` runs each package with a program of two runs inside a span of its own, and compares what arrives at a server with this table.",
    "",
    "| package | sends | fields of its own that it fills |",
    "| --- | --- | --- |",
    ...packages.map(
      (entry) =>
        `| [${entry.variant}](#${anchor(`${entry.variant}: ${entry.package} ${entry.version}`)}) | ${entry.sends} | ${ownFields(entry)} |`,
    ),
    "",
    "All attributes of ai-spans arrive with every package that sends the span, but for those that its section says it drops. Where a package fills no fields, the backend does it from the attributes: its section above says which.",
    "",
    ...packages.flatMap((entry) => [
      `### ${entry.variant}: ${entry.package} ${entry.version}`,
      "",
      entry.note,
      "",
      ...addedKeys(entry),
      ...(addedKeys(entry).length > 0 ? [""] : []),
      "```ts backends",
      entry.snippet,
      "```",
      "",
    ]),
    "Packages that trace the SDK by themselves, `@vercel/otel` and newer releases of Datadog's tracer are in [beside.md](beside.md). New Relic's agent and Axiom's package, which wraps models, were not run.",
  ];
}

export function backendsPage(): string {
  return [
    "# Backends",
    "",
    "<!-- Made by `npm run docs` from docs/backends/. Do not edit. -->",
    "",
    "*Guide. For someone who sends the spans to a backend. After it you know its variables, which options of ai-spans fit it, what it shows and how it counts tokens.*",
    "",
    `A fact with a source was read there on ${READ_ON}, in a stored copy. One without a source follows from what ai-spans records, or says that it is not verified. No account of any backend was used: nobody has looked at its pages with these spans. A test sends a span with the variables of each section, and checks address and headers. Another checks that the queries name attributes that ai-spans records, but no query was run in its backend.`,
    "",
    "The variables are for OpenTelemetry's exporter by HTTP. Words in capitals are yours. Set `OTEL_SERVICE_NAME` too.",
    "",
    "`OTEL_METRICS_EXPORTER=none` is in a section if its variables name the address of traces only, or if the backend takes traces only. Without it the flag and `NodeSDK` send metrics too. That Jaeger, Tempo, Langfuse, Phoenix, Braintrust and LangSmith take traces only is not verified.",
    "",
    ...overview(),
    "",
    "- **`semconv`.** An option that renames attributes for backends that read older names: [metrics.md](../reference/metrics.md#older-names). It renames metrics too. If you use the dashboard of [operate/](../../operate/README.md) as well, choose the same version with `/dup`, which records both names.",
    "- **`runUsage`.** The span of a run has the sum of its model calls. `false` leaves it out, for backends that add up every span. Where the table says `true`, select `gen_ai.operation.name` = `chat` before you add up.",
    "- **Content.** No backend gets any. Views of prompts, answers, arguments and results stay empty, and so does what is made from them: playgrounds, evaluations, datasets.",
    "",
    ...backends.flatMap(section),
    ...packageSections(),
    "",
  ].join("\n");
}
