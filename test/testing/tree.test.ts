/**
 * expectSpanTree passes only for the expected spans. For all others its message lists each difference on its own line.
 */
import { wrapAISDK } from "ai-spans";
import {
  expectSpanTree,
  formatSpanTree,
  SpanAssertionError,
  spanTree,
  type ExpectedSpan,
} from "ai-spans/testing";
import { describe, expect, test } from "vitest";
import { majors } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { createRecording, failureOf } from "./recorded.ts";

function recordTree() {
  const recording = createRecording();
  const agent = recording.start("agent", { attributes: { "agent.id": "a-1", "agent.steps": [1, 2] } });
  recording.start("chat", { kind: 2, attributes: { tokens: 12 } }, agent).end();
  recording.start("tool", {}, agent).end();
  const failed = recording.start("chat", { kind: 2 }, agent);
  failed.setStatus({ code: 2 }).end();
  agent.end();
  return recording;
}

const expected = {
  name: "agent",
  attributes: { "agent.id": "a-1", "agent.steps": [1, 2] },
  children: [
    { name: "chat", kind: "CLIENT", attributes: { tokens: 12 } },
    { name: "tool" },
    { name: "chat", kind: "CLIENT", status: "ERROR" },
  ],
} as const satisfies ExpectedSpan;

const [first, tool, last] = expected.children;

/** Wrong expectations, each with the lines of its message. */
const WRONG: Readonly<
  Record<string, readonly [expected: ExpectedSpan | readonly ExpectedSpan[], ...lines: string[]]>
> = {
  "another root": [{ ...expected, name: "run" }, "run is missing", "agent is not expected here"],
  "no root": [[], "agent is not expected here"],
  "a root too many": [[expected, { name: "other" }], "other is missing"],
  "another kind": [
    { ...expected, children: [{ ...first, kind: "INTERNAL" }, tool, last] },
    "agent > chat: kind is CLIENT, expected INTERNAL",
  ],
  "another status": [
    { ...expected, children: [first, tool, { ...last, status: "UNSET" }] },
    "agent > chat: status is ERROR, expected UNSET",
  ],
  "another value": [
    { ...expected, attributes: { ...expected.attributes, "agent.id": "b" } },
    'agent: agent.id is "a-1", expected "b"',
  ],
  "another list": [
    { ...expected, attributes: { ...expected.attributes, "agent.steps": [1] } },
    "agent: agent.steps is [1, 2], expected [1]",
  ],
  "an attribute that is not there": [
    { ...expected, attributes: { ...expected.attributes, plan: "pro" } },
    'agent: plan is absent, expected "pro"',
  ],
  "no word of an attribute": [
    { ...expected, attributes: { "agent.id": "a-1" } },
    "agent: agent.steps is [1, 2], expected none",
  ],
  "an attribute that must not be there": [
    { ...expected, attributes: { ...expected.attributes, "agent.id": undefined } },
    'agent: agent.id is "a-1", expected none',
  ],
  "a missing first child": [{ ...expected, children: [tool, last] }, "agent > chat is not expected here"],
  "a child too many": [
    { ...expected, children: [{ name: "plan" }, ...expected.children] },
    "agent > plan is missing",
  ],
  "another order": [
    { ...expected, children: [tool, first, last] },
    "agent > tool is missing",
    "agent > tool is not expected here",
  ],
};

describe("expectSpanTree", () => {
  test("passes for the expected spans, of a recorder, a list and an exporter", async () => {
    const { recorder, exporter } = recordTree();
    await expectSpanTree(recorder, expected);
    await expectSpanTree(recorder.finished, [expected]);
    await expectSpanTree(exporter.getFinishedSpans(), expected);
  });

  test.each(Object.entries(WRONG))("fails where %s is expected", async (_name, [wrong, ...lines]) => {
    const failure = await failureOf(() => expectSpanTree(recordTree().recorder, wrong));
    expect(failure).toBeInstanceOf(SpanAssertionError);
    expect(failure.message.split("\n  ")).toEqual([
      "expectSpanTree: the spans are not the expected ones",
      ...lines,
    ]);
  });

  test("passes two texts to runners that differ only in the differences", async () => {
    const chat = { ...first, attributes: { tokens: 13, model: /^gpt/ } };
    const failure = await failureOf(() =>
      expectSpanTree(recordTree().recorder, {
        name: /^ag/,
        attributes: { "agent.id": expect.any(String), "agent.steps": [1, Number.isInteger] },
        children: [chat, tool, last],
      }),
    );
    expect(failure).toMatchObject({
      name: "AssertionError",
      code: "ERR_ASSERTION",
      operator: "expectSpanTree",
    });
    const above = ["agent  INTERNAL", '│ agent.id: "a-1"', "│ agent.steps: [1, 2]", "├── chat  CLIENT"];
    const below = ["├── tool  INTERNAL", "└── chat  CLIENT  ERROR"];
    expect(String(failure.actual).split("\n")).toEqual([...above, "│     tokens: 12", ...below]);
    expect(String(failure.expected).split("\n")).toEqual([
      ...above,
      "│     model: /^gpt/",
      "│     tokens: 13",
      ...below,
    ]);
  });

  test("ignores other attributes in the mode `subset`", async () => {
    const some = { ...expected, attributes: { "agent.id": /^a-/ } };
    await expectSpanTree(
      recordTree().recorder,
      { ...some, children: [{ ...first, attributes: {} }, tool, last] },
      {
        attributes: "subset",
      },
    );
    const failure = await failureOf(() =>
      expectSpanTree(
        recordTree().recorder,
        { ...some, attributes: { "agent.id": /^b-/, "agent.steps": undefined } },
        {
          attributes: "subset",
        },
      ),
    );
    expect(failure.message.split("\n  ").slice(1)).toEqual([
      'agent: agent.id is "a-1", expected /^b-/',
      "agent: agent.steps is [1, 2], expected none",
    ]);
  });

  test.each([
    ["a matcher", expect.any(Number), "Any<Number>"],
    ["a matcher that is inverted", expect.not.stringContaining("a"), 'StringNotContaining "a"'],
    ["a pattern", /^b/, "/^b/"],
    ["a pattern that remembers where it was", /a-1/y.exec("xa-1") ? /x/ : /b/g, "/b/g"],
    ["a named predicate", Number.isFinite, "what isFinite accepts"],
    [
      "a predicate without a name",
      (
        (): ((value: unknown) => boolean) => () =>
          false
      )(),
      "what the predicate accepts",
    ],
    ["a predicate that promises an answer", async () => true, "what the predicate accepts"],
    ["a class, which makes something of every value,", String, "what String accepts"],
    ["a number for a text", 1, "1"],
    ["NaN", Number.NaN, "NaN"],
    ["a list for a scalar", ["a-1"], '["a-1"]'],
  ])("says what %s asked for", async (_name, value, described) => {
    const attributes = { ...expected.attributes, "agent.id": value };
    const failure = await failureOf(() => expectSpanTree(recordTree().recorder, { ...expected, attributes }));
    expect(failure.message.split("\n  ").slice(1)).toEqual([
      `agent: agent.id is "a-1", expected ${described}`,
    ]);
  });

  test("matches a pattern with the flag `g` twice with the same result", async () => {
    const pattern = /a-\d/g;
    const attributes = { ...expected.attributes, "agent.id": pattern };
    await expectSpanTree(recordTree().recorder, { ...expected, attributes });
    await expectSpanTree(recordTree().recorder, { ...expected, attributes });
  });

  test("waits for the ends of a recorder's spans, and names spans that do not end", async () => {
    const { recorder, start } = createRecording();
    const run = start("run");
    setTimeout(() => run.setAttribute("done", true).end(), 1);
    await expectSpanTree(recorder, { name: "run", attributes: { done: true } });
    start("left open");
    await expect(expectSpanTree(recorder, [], { timeoutMs: 1 })).rejects.toThrow(
      "expectSpanTree: a span has not ended after 1 ms\n  left open",
    );
  });

  test("counts the differences that it does not list", async () => {
    const names = Array.from({ length: 30 }, (_, index) => ({ name: `span ${index}` }));
    const failure = await failureOf(() => expectSpanTree([], names));
    expect(failure.message.split("\n")).toHaveLength(22);
    expect(failure.message).toMatch(/\n {2}span 19 is missing\n {2}and 10 more$/);
  });

  test("shortens a long value in its line, and nowhere else", async () => {
    const { recorder, start } = createRecording();
    start("run", { attributes: { text: "x".repeat(1_000) } }).end();
    const failure = await failureOf(() => expectSpanTree(recorder, { name: "run" }));
    expect(failure.message).toMatch(/text is "x{199}… \(1002 characters\), expected none$/);
    expect(failure.actual).toContain("x".repeat(1_000));
  });

  test("refuses an unknown option", async () => {
    // JavaScript callers can pass such a value.
    const options = { attributes: "some" } as unknown as { attributes: "exact" };
    await expect(expectSpanTree([], [], options)).rejects.toThrow(TypeError);
  });

  test("finds the one wrong span among thousands", async () => {
    const { recorder, start } = createRecording();
    const root = start("root");
    for (let count = 0; count < 1_000; count++) start(`span ${count % 7}`, {}, root).end();
    root.end();
    const children = Array.from({ length: 1_000 }, (_, count) => ({ name: `span ${count % 7}` }));
    await expectSpanTree(recorder, { name: "root", children });
    const failure = await failureOf(() =>
      expectSpanTree(recorder, { name: "root", children: children.slice(1) }),
    );
    expect(failure.message.split("\n")).toHaveLength(2);
  });
});

test("formatSpanTree writes one span, several and none", () => {
  const tree = spanTree(recordTree().recorder);
  const text = [
    "agent  INTERNAL",
    '│ agent.id: "a-1"',
    "│ agent.steps: [1, 2]",
    "├── chat  CLIENT",
    "│     tokens: 12",
    "├── tool  INTERNAL",
    "└── chat  CLIENT  ERROR",
  ].join("\n");
  expect(formatSpanTree(tree)).toBe(text);
  expect(tree.map((root) => formatSpanTree(root))).toEqual([text]);
  expect(formatSpanTree([...tree, ...tree])).toBe(`${text}\n${text}`);
  expect(formatSpanTree([])).toBe("");
});

test.each(majors)("passes for the spans of a real agent on $name", async (major) => {
  const { recorder, provider } = createRecording();
  const { generateText } = wrapAISDK(major.ai, { tracerProvider: provider });
  const { model } = scriptedModel(major, [{ parts: [{ text: "a room" }], usage: { input: 3, output: 2 } }]);
  await generateText({ model, prompt: "a room?" });
  const usage = { "gen_ai.usage.input_tokens": 3, "gen_ai.usage.output_tokens": 2 };
  await expectSpanTree(
    recorder,
    {
      name: "invoke_agent",
      attributes: usage,
      children: [{ name: /^chat/, kind: "CLIENT", attributes: usage }],
    },
    { attributes: "subset" },
  );
});
