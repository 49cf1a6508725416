// Builds the table of docs/why/design.md and the import rules of .oxlintrc.json from the table of layers. It reads and
// writes no file.
import {
  characterWidths,
  layers,
  openTelemetryApi,
  openTelemetryConventions,
  openTelemetryCore,
} from "./layers.ts";

const DESIGN_MARKS = [
  "<!-- Layers, written by `npm run docs` from test/package/layers.ts. -->\n",
  "\n<!-- -->",
];
const LINTER_MARKS = [
  "    // Layers, written by `npm run docs` from test/package/layers.ts.\n",
  "    // End of the layers.\n",
];

/** Returns the page docs/why/design.md with the table of `layers.ts`. */
export function withLayerTable(page: string): string {
  const lines = Object.values(layers).map(({ at, holds, runtime, types }) => {
    const allowed = [...runtime.map(nameOf), ...types.map((type) => `types of ${nameOf(type)}`)];
    return `| \`${at}\` | ${holds} | ${allowed.join(", ") || "nothing"} |`;
  });
  const table = ["", "| where | holds | may import |", "| --- | --- | --- |", ...lines].join("\n");
  return replaced(page, DESIGN_MARKS, `${table}\n`);
}

/** Returns the config .oxlintrc.json with the import rules of `layers.ts`. */
export function withImportRules(config: string): string {
  const overrides = Object.entries(layers).map(([name, { at, runtime, types }]) => {
    const others = [
      ...Object.keys(layers),
      openTelemetryApi,
      openTelemetryConventions,
      openTelemetryCore,
      characterWidths,
    ];
    const refused = others.filter((other) => ![name, ...runtime, ...types].includes(other));
    const groups = [{ group: ["ai", "@ai-sdk/**", "node:*", "**/index.*", ...refused.map(pathOf)] }];
    const allowed = types.length > 0 ? [{ group: types.map(pathOf), allowTypeImports: true }] : [];
    const files = at.endsWith("/") ? `src/${at}**` : `src/${at}`;
    const patterns = [...groups, ...allowed].map((group) => `        ${JSON.stringify(group)}`);
    return [
      "    {",
      `      "files": ["${files}"],`,
      `      "rules": { "no-restricted-imports": ["error", { "patterns": [`,
      patterns.join(",\n"),
      "      ] }] }",
      "    }",
    ].join("\n");
  });
  return replaced(config, LINTER_MARKS, `${overrides.join(",\n")}\n`);
}

function nameOf(name: string): string {
  return `\`${layers[name]?.at ?? name}\``;
}

function pathOf(name: string): string {
  const at = layers[name]?.at;
  if (at === undefined) return name;
  return at.endsWith("/") ? `**/${at}**` : `../${at.replace(/ts$/, "*")}`;
}

function replaced(text: string, [start = "", end = ""]: readonly string[], content: string): string {
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`there is no ${start.trim()}`);
  return `${before}${start}${content}${end}${after}`;
}
