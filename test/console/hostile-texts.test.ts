/**
 * Names and values that come from outside reach the terminal as text: it obeys none of them, and each takes the columns
 * that were counted for it.
 *
 * Holds: plain-terminals.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createPrinting } from "./printed.ts";
import { makeSpans } from "./timed-spans.ts";

/** The name and the outcome that are printed for a span of this name and this `error.type`. */
function printedNames(name: string, errorType = "429"): string {
  const printing = createPrinting({ color: false });
  makeSpans(printing, {
    name,
    operation: "chat",
    error: true,
    attributes: { "error.type": errorType },
  });
  const [, line = ""] = printing.text().split("\n");
  return line.replace(/ +0 ms {2}━+$/, "");
}

test.each([
  ["an escape sequence", "\u001b[31mred\u001b[0m", "�[31mred�[0m"],
  ["a sequence of one character", "\u009b2J clear", "�2J clear"],
  ["a title of the window", "\u001b]0;title\u0007", "�]0;title�"],
  ["a link", "\u001b]8;;https://evil.example\u001b\\here", "�]8;;https://evil.example�\\here"],
  ["line breaks", "one\ntwo\r\nthree\u2028four\u0085five", "one�two��three�four�five"],
  ["tabs, backspaces and bells", "a\tb\bc\u0007\u007f", "a�b�c��"],
  ["reversed text", "abc\u202Edef\u2066\u200F", "abc�def��"],
  ["characters of no width", "a\u200Bb\u200Dc\uFEFFd\u00ADe", "a�b�c�d�e"],
  ["half a surrogate pair", "half \uD800b", "half �b"],
  ["code points without a character", "a\u0378b\uFFFFc\uE000", "a�b�c�"],
])("%s is replaced in names and values", (_title, hostile, printed) => {
  expect(printedNames(hostile, hostile)).toBe(`${printed}  error ${printed}`);
});

test.each([
  ["letters of other languages", "Größe Ωμέγα Привет", "Größe Ωμέγα Привет"],
  ["wide characters", "部屋を予約", "部屋を予約"],
  ["emoji", "🏨 ok", "🏨 ok"],
  ["combining marks", "e\u0301te\u0301 2027", "e\u0301te\u0301 2027"],
])("%s stay", (_title, name, printed) => {
  expect(printedNames(name)).toBe(`${printed}  error 429`);
});

/** Each name takes eight columns. */
const EIGHT_COLUMNS = [
  "12345678",
  "部屋を予",
  "🏨🏨🏨🏨",
  "e\u0301".repeat(8),
  "🇨🇦123456",
  "\u26A0\uFE0F123456",
  "ｱｲｳｴ1234",
];

test("columns stand below each other, whatever the width of the characters", () => {
  const printing = createPrinting({ color: false });
  makeSpans(printing, {
    name: "12345678",
    operation: "chat",
    below: EIGHT_COLUMNS.map((name) => ({ name, operation: "chat" })),
  });
  const ends = printing
    .lines()
    .slice(2)
    .map((line) => line.replace(/ {2}━+$/, ""));
  expect(ends).toEqual(
    EIGHT_COLUMNS.map((name, index) => {
      const branch = index === EIGHT_COLUMNS.length - 1 ? "└── " : "├── ";
      return `${branch}${name}  ok           0 ms`;
    }),
  );
});

test("wide characters are cut at the columns of the terminal", () => {
  const printing = createPrinting({ color: false }, { isTTY: true, columns: 10 });
  makeSpans(printing, { name: "部屋を予約する人", operation: "chat" });
  expect(printing.lines()).toEqual(["span", "部屋を予…"]);
});

test("a megabyte is cut", () => {
  const printing = createPrinting({ color: false });
  makeSpans(printing, {
    name: "x".repeat(1_000_000),
    operation: "chat",
    error: true,
    attributes: { "error.type": "y".repeat(1_000_000) },
  });
  expect(printing.lines()[1]?.replace(/ +0 ms.*/, "")).toBe(`${"x".repeat(256)}…  error ${"y".repeat(33)}…`);
});

test("values that are no numbers and no texts are left out", () => {
  const printing = createPrinting({ color: false });
  makeSpans(printing, {
    name: "chat",
    operation: "chat",
    error: true,
    attributes: {
      "error.type": ["429"],
      "gen_ai.usage.input_tokens": "\u001b[2J",
      "gen_ai.usage.output_tokens": -1,
      "gen_ai.response.time_to_first_chunk": "soon",
      "ai_spans.retry.count": "many",
    },
  });
  expect(printing.text()).toMatch(/^span {2}outcome {2}duration {2}time\nchat {2}error {8}0 ms {2}━+\n\n$/);
});

test("no text of any characters brings a control character to the terminal", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (name, errorType) => {
      const printing = createPrinting({ color: false });
      makeSpans(printing, { name, operation: "chat", error: true, attributes: { "error.type": errorType } });
      expect(printing.text()).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*\n[^\p{C}\p{Zl}\p{Zp}]*\n\n$/u);
    }),
    { numRuns: 300 },
  );
});
