/**
 * The same run on terminals of several widths, in a pipe, and with colors or without. Its spans have times of their own,
 * so each character is known.
 *
 * Holds: printed-runs, plain-terminals.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createPrinting, type ColorVariables } from "./printed.ts";
import { makeSpans, RUN, type TimedSpan } from "./timed-spans.ts";

function linesAt(columns: number | undefined): string[] {
  const printing = createPrinting({ color: false }, columns === undefined ? {} : { isTTY: true, columns });
  makeSpans(printing, RUN);
  return printing.text().split("\n");
}

describe("the width", () => {
  const whole = [
    "span                          outcome              duration        tokens  first chunk  time",
    "invoke_agent booking-agent    ok                 1 min 15 s  12,345 → 678               ━━━━━━━━━━━━━━━━",
    "├── chat gpt-4o               ok (2 retries)        30.00 s  12,345 → 678       400 ms  ━━━━━━",
    "│   └── POST                  ok                    20.00 s                               ━━━━",
    "├── execute_tool searchRooms  error RangeError      30.00 s                                   ━━━━━━━",
    "├── execute_tool payRoom      pending approval         0 ms                                         ━",
    "├── execute_tool openDoor     pending                  0 ms                                         ━",
    "└── chat gpt-4o               canceled consumer     15.30 s         9 → ?                           ━━━━",
    "",
    "",
  ];

  test("of a pipe has no limit", () => {
    expect(linesAt(undefined)).toEqual(whole);
  });

  test("of a terminal that does not know its size has no limit", () => {
    expect(linesAt(0)).toEqual(whole);
    expect(linesAt(Number.NaN)).toEqual(whole);
  });

  test("of 85 columns has no place for first chunks", () => {
    expect(linesAt(85)).toEqual([
      "span                          outcome              duration        tokens  time",
      "invoke_agent booking-agent    ok                 1 min 15 s  12,345 → 678  ━━━━━━━━━━",
      "├── chat gpt-4o               ok (2 retries)        30.00 s  12,345 → 678  ━━━━",
      "│   └── POST                  ok                    20.00 s                 ━━━",
      "├── execute_tool searchRooms  error RangeError      30.00 s                   ━━━━━",
      "├── execute_tool payRoom      pending approval         0 ms                       ━",
      "├── execute_tool openDoor     pending                  0 ms                       ━",
      "└── chat gpt-4o               canceled consumer     15.30 s         9 → ?         ━━━",
      "",
      "",
    ]);
  });

  test("of 60 columns has place for durations", () => {
    expect(linesAt(60)).toEqual([
      "span                          outcome              duration",
      "invoke_agent booking-agent    ok                 1 min 15 s",
      "├── chat gpt-4o               ok (2 retries)        30.00 s",
      "│   └── POST                  ok                    20.00 s",
      "├── execute_tool searchRooms  error RangeError      30.00 s",
      "├── execute_tool payRoom      pending approval         0 ms",
      "├── execute_tool openDoor     pending                  0 ms",
      "└── chat gpt-4o               canceled consumer     15.30 s",
      "",
      "",
    ]);
  });

  test("of 40 columns has cut names", () => {
    expect(linesAt(40)).toEqual([
      "span                   outcome",
      "invoke_agent booking…  ok",
      "├── chat gpt-4o        ok (2 retries)",
      "│   └── POST           ok",
      "├── execute_tool sea…  error RangeError",
      "├── execute_tool pay…  pending approval",
      "├── execute_tool ope…  pending",
      "└── chat gpt-4o        canceled consumer",
      "",
      "",
    ]);
  });

  test("of 10 columns has names only", () => {
    expect(linesAt(10).slice(0, 3)).toEqual(["span", "invoke_ag…", "├── chat …"]);
  });

  test("is read for each run, because a terminal is resized", () => {
    const terminal = { isTTY: true, columns: 40 };
    const printed: string[] = [];
    const stream = Object.assign(terminal, { write: (text: string) => printed.push(text) });
    const printing = createPrinting({ stream, color: false });
    makeSpans(printing, RUN);
    terminal.columns = 10;
    makeSpans(printing, RUN);
    expect(printed.map((text) => text.split("\n")[1])).toEqual(["invoke_agent booking…  ok", "invoke_ag…"]);
  });

  test("is the option's, in a pipe too", () => {
    const printing = createPrinting({ color: false, width: 40.9 });
    makeSpans(printing, RUN);
    expect(printing.text().split("\n")).toEqual(linesAt(40));
  });

  test("is never exceeded, at any width and depth", () => {
    const nested = (names: readonly string[]): TimedSpan => {
      const [name = "", ...rest] = names;
      return { name: `chat ${name}`, operation: "chat", below: rest.length > 0 ? [nested(rest)] : [] };
    };
    const anyName = fc.string({ unit: fc.constantFrom("a", "Z", "0", " ", "_", "-") });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 160 }),
        fc.array(anyName, { maxLength: 40 }),
        fc.boolean(),
        (columns, names, hasRun) => {
          const printing = createPrinting({ color: false }, { isTTY: true, columns });
          makeSpans(printing, nested(names));
          if (hasRun) makeSpans(printing, RUN);
          const lines = printing.lines();
          expect(lines.length).toBeGreaterThan(1);
          // All characters here take one column each.
          expect(lines.filter((line) => line.length > columns)).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("of a chain of a thousand spans is that of its last levels", () => {
    let chain: TimedSpan = { name: "chat deepest", operation: "chat" };
    for (let level = 0; level < 1000; level += 1) chain = { name: "step", operation: "chat", below: [chain] };
    const printing = createPrinting({ color: false });
    makeSpans(printing, chain);
    const lines = printing.lines();
    expect(lines).toHaveLength(1002);
    expect(lines.at(-1)).toMatch(/^… {93,97}└── chat deepest {2}ok {11}0 ms {2}━+$/);
  });
});

describe("colors", () => {
  const terminal = { isTTY: true, columns: 30 };
  const short: TimedSpan = {
    name: "invoke_agent a",
    operation: "invoke_agent",
    below: [{ name: "chat b", operation: "chat", error: true, attributes: { "error.type": "429" } }],
  };
  const plain = "span            outcome\ninvoke_agent a  ok\n└── chat b      error 429\n\n";
  const colored =
    "\u001b[2mspan            outcome\u001b[0m\n" +
    "invoke_agent a  \u001b[32mok\u001b[0m\n" +
    "\u001b[2m└── \u001b[0mchat b      \u001b[31merror 429\u001b[0m\n\n";

  interface Case {
    readonly where: string;
    readonly isTerminal: boolean;
    readonly variables: ColorVariables;
    readonly color?: boolean;
  }
  const cases: readonly Case[] = [
    { where: "on a terminal", isTerminal: true, variables: {} },
    { where: "where FORCE_COLOR is set, in a pipe", isTerminal: false, variables: { FORCE_COLOR: "1" } },
    { where: "where FORCE_COLOR is empty, in a pipe", isTerminal: false, variables: { FORCE_COLOR: "" } },
    {
      where: "where both variables are set: FORCE_COLOR decides, as in Node",
      isTerminal: true,
      variables: { FORCE_COLOR: "1", NO_COLOR: "1" },
    },
    { where: "where NO_COLOR is empty", isTerminal: true, variables: { NO_COLOR: "" } },
    { where: "where the option says so", isTerminal: false, variables: { NO_COLOR: "1" }, color: true },
  ];
  test.each(cases)("are printed $where", (each) => {
    expect(printedWith(each)).toBe(colored);
  });

  const without: readonly Case[] = [
    { where: "in a pipe", isTerminal: false, variables: {} },
    { where: "where NO_COLOR is set", isTerminal: true, variables: { NO_COLOR: "1" } },
    { where: "where NO_COLOR is 0, because any text counts", isTerminal: true, variables: { NO_COLOR: "0" } },
    { where: "where FORCE_COLOR is 0", isTerminal: true, variables: { FORCE_COLOR: "0" } },
    { where: "where FORCE_COLOR is false", isTerminal: true, variables: { FORCE_COLOR: "false" } },
    { where: "on a dumb terminal", isTerminal: true, variables: { TERM: "dumb" } },
    { where: "where the option says so", isTerminal: true, variables: { FORCE_COLOR: "1" }, color: false },
  ];
  test.each(without)("are not printed $where", (each) => {
    expect(printedWith(each)).toBe(plain);
  });

  function printedWith({ isTerminal, variables, color }: Case): string {
    const printing = createPrinting(
      { color, width: 30 },
      isTerminal ? terminal : { isTTY: false },
      variables,
    );
    makeSpans(printing, short);
    return printing.text();
  }

  test("are never needed: without them the text is the same", () => {
    const [painted, unpainted] = [true, false].map((color) => {
      const printing = createPrinting({ color }, terminal);
      makeSpans(printing, RUN);
      return printing.text();
    });
    // oxlint-disable-next-line no-control-regex
    expect(painted?.replaceAll(/\u001b\[\d+m/g, "")).toBe(unpainted);
    expect(painted).not.toBe(unpainted);
  });
});
