/** The page and the table of a comparison. `test/docs/comparison-page.test.ts` holds them against `results.json`. */
import { PEERS, PROGRAMS, type Comparison, type Peer, type ProgramName, type Result } from "./results.ts";

/** What each program does, in the words of the tables. */
const PROGRAM_TITLES: Readonly<Record<ProgramName, string>> = {
  loop: "tool and answer",
  retry: "retry",
  read: "stream, read to its end",
  abort: "stream, aborted",
  break: "`break`",
  disconnect: "client leaves",
  unread: "never read",
  failure: "error part",
};

/** A stream that somebody leaves. */
const LEFT: readonly ProgramName[] = ["break", "disconnect", "unread"];

/** The model's stream has this many parts. */
const ALL_PARTS = 54;

/** The table of the README, with the line that ends it. */
export const README_TABLE = /^\| measured .*\n(?:\|.*\n)+/m;

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  return [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
}

function resultsOf(comparison: Comparison, { id }: Peer): Readonly<Record<ProgramName, Result>> {
  const results = comparison.results[id];
  if (!results) throw new Error(`no results of ${id}`);
  return results;
}

const isReadOn = (result: Result): boolean => result.parts === ALL_PARTS;

function leftCell(results: Readonly<Record<ProgramName, Result>>): string {
  const left = LEFT.map((name) => results[name]);
  const outcomes = [...new Set(left.map(({ outcome }) => outcome))].join(", ");
  return left.every(isReadOn) ? `${outcomes}; read to its end` : outcomes;
}

function contentCell(results: Readonly<Record<ProgramName, Result>>): string {
  const content = new Set(PROGRAMS.flatMap((name) => results[name].content));
  return content.size === 0 ? "none" : [...content].toSorted().join(", ");
}

const nameOf = (comparison: Comparison, { title, packageName }: Peer): string =>
  `${title} ${comparison.versions[packageName]}`;

export function readmeTable(comparison: Comparison): string {
  const head = [
    `measured ${comparison.date}, \`ai\` ${comparison.ai}`,
    "content, at its defaults",
    "aborted stream",
    "left stream",
    "error part in a stream",
  ];
  const rows = PEERS.filter(({ isOtherWay }) => !isOtherWay).map((peer) => {
    const results = resultsOf(comparison, peer);
    return [
      nameOf(comparison, peer),
      contentCell(results),
      results.abort.outcome,
      leftCell(results),
      results.failure.outcome,
    ];
  });
  return `${table(head, rows)}\n`;
}

export function comparisonPage(comparison: Comparison): string {
  const all = PEERS.map((peer) => ({ peer, results: resultsOf(comparison, peer) }));
  const byProgram = (cell: (result: Result) => string): string =>
    table(
      ["instrumentation", ...PROGRAMS.map((name) => PROGRAM_TITLES[name])],
      all.map(({ peer, results }) => [peer.title, ...PROGRAMS.map((name) => cell(results[name]))]),
    );
  return `# Comparison with other instrumentations

<!-- Written by \`npm run compare\`. Do not edit. -->

*Why. For someone who chooses an instrumentation of the AI SDK, or checks what the README says of the others. After it you know what each one recorded of the same programs, and how to repeat the measurement.*

Measured on ${comparison.date} with \`ai\` ${comparison.ai} on Node ${comparison.node}. Each package is the real one, in the version of the table. It is switched on as its documentation says, with all options at their defaults, and sends to a server on the same machine. The model is the mock model of \`ai/test\`. Repeat it, on Node 22 or newer:

\`\`\`sh
npm ci --prefix bench/compare --ignore-scripts && npm run compare
\`\`\`

\`bench/compare\` has the programs and one entry for each package. If an entry does not do what its documentation says, please open an issue.

## What they are for

ai-spans records when and how calls ran, and never what was said. Most of the others record what was said, because they exist for reading and rating it. ai-spans can run [beside them](../guide/beside.md).

${table(
  ["instrumentation", "version", "switched on by", "change in the program", "what else it does"],
  all.map(({ peer }) => [
    peer.title,
    comparison.versions[peer.packageName] ?? "",
    peer.switchedOn,
    peer.change,
    peer.more,
  ]),
)}

## The programs

- **tool and answer:** \`generateText\` calls the model, a tool, and the model again.
- **retry:** the first attempt of \`generateText\` fails with status 429, and the second one succeeds.
- **stream, read to its end:** \`streamText\`, all ${ALL_PARTS} parts.
- **stream, aborted:** the abort signal fires after the first text.
- **\`break\`:** the program leaves the loop over \`textStream\` after the first text.
- **client leaves:** the body of \`toTextStreamResponse()\` is canceled after the first text.
- **never read:** nobody reads the result of \`streamText\`.
- **error part:** the model's stream has an error part, and the program reads to its end.

After each program the process waits until the model has sent nothing for two seconds. Meanwhile its garbage is collected.

## How the run ended, by its root span

*open*: the span has not ended, so most of these packages do not send it. *error*: it has the status or a field of an error. *canceled*: an attribute says so. *as complete*: it ended, and none of these says anything. The right entries are three times *as complete*, four times *canceled* (or a word for it), and *error*. On Workers the runtime closes what is open at the end of the invocation. A span that was closed only then counts as open. LangSmith's record of the aborted stream has the abort in its outputs, which are no field of an error.

${byProgram(({ outcome }) => outcome)}

## Spans that never ended

Of all spans of the program.

${byProgram(({ open, spans }) => `${open} of ${spans}`)}

## Parts that the model sent

The model's stream has ${ALL_PARTS} parts and sends one when it is asked. The AI SDK itself reads some parts ahead. A number of ${ALL_PARTS} in the columns from \`break\` on means that the instrumentation has read the rest of a stream that the program left. A provider counts those tokens.

${byProgram(({ parts }) => String(parts))}

## Content

Each kind of content has its mark, and the receiver looks for it in all that arrives. *error* is the message of an error. On Workers only the spans were searched. There, whichever instrumentation is used, the runtime also sends a tail Worker the messages of AI SDK 7's diagnostics channel, which hold prompts and answers.

${table(
  ["instrumentation", "content that arrived"],
  all.map(({ peer, results }) => [peer.title, contentCell(results)]),
)}

## Token counts

Of the program *tool and answer*, which used 30 input tokens. A backend that adds up all spans counts 60 if both columns say 30. \`runUsage: false\` leaves the sum off the root span of ai-spans.

${table(
  ["instrumentation", "root span", "spans below it, in sum"],
  all.map(({ peer, results: { loop } }) => [peer.title, String(loop.rootTokens), String(loop.lowerTokens)]),
)}
`;
}
