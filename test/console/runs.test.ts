/**
 * Each kind of run on the real SDK, and the whole text that is printed for it: a tool loop, a failure, an aborted
 * stream, nested agents, parallel tools, spans of others, a retry.
 *
 * Holds: printed-runs.
 */
import { beforeEach, describe, expect, test } from "vitest";
import { createGate, turn } from "../support/gate.ts";
import { majors, type CallParameters, type SDK } from "../support/majors.ts";
import { scriptedModel, type ScriptedStep } from "../support/scripted-model.ts";
import { createPrinting, tracedBy, type Printing } from "./printed.ts";

describe.each(majors)("on $name", (major) => {
  let printing: Printing;
  let ai: SDK;
  beforeEach(() => {
    printing = createPrinting();
    ai = tracedBy(printing, major);
  });

  const named = (name: string): CallParameters => major.telemetryOptions({ functionId: name });
  const modelOf = (...steps: ScriptedStep[]): object => scriptedModel(major, steps).model;
  const calls = (...names: string[]): ScriptedStep => ({
    parts: names.map((name) => ({ toolCall: { id: `call-${name}`, name } })),
    usage: { input: 1200, output: 20 },
    finish: "tool-calls",
  });
  const answers: ScriptedStep = { parts: [{ text: "a room" }], usage: { input: 1300, output: 30 } };
  const toolOf = (execute: () => unknown): object =>
    ai.tool({
      description: "a tool",
      inputSchema: ai.jsonSchema({ type: "object", properties: {} }),
      execute,
    });

  const expectPrinted = (...lines: string[]): void =>
    expect(printing.timeless()).toBe([...lines, "", ""].join("\n"));

  /** An agent that calls all of these tools at once, and then answers. */
  const book = (tools: Readonly<Record<string, () => unknown>>): PromiseLike<unknown> =>
    ai.generateText({
      model: modelOf(calls(...Object.keys(tools)), answers),
      prompt: "a room?",
      tools: Object.fromEntries(Object.entries(tools).map(([name, execute]) => [name, toolOf(execute)])),
      stopWhen: major.stepCount(3),
      ...named("booking-agent"),
    });

  test("a loop of tools, with the span of somebody else inside", async () => {
    const insertBooking = (): string => {
      printing.provider.getTracer("database").startSpan("insert booking").end();
      return "booked";
    };
    await book({ bookRoom: insertBooking });
    expectPrinted(
      "span                        outcome  duration      tokens  time",
      "invoke_agent booking-agent  ok              #  2,500 → 50  ━",
      "├── chat mock-model         ok              #  1,200 → 20  ━",
      "├── execute_tool bookRoom   ok              #  ━",
      "│   └── insert booking      ok              #  ━",
      "└── chat mock-model         ok              #  1,300 → 30  ━",
    );
  });

  test("an error, after a retry", async () => {
    const overloaded = new ai.APICallError({
      message: "overloaded",
      url: "https://provider.example",
      requestBodyValues: {},
      statusCode: 529,
      responseHeaders: { "retry-after-ms": "1" },
      isRetryable: true,
    });
    const model = modelOf({ rejections: [overloaded, overloaded], onlyRejects: true });
    const run = ai.generateText({ model, prompt: "a room?", maxRetries: 1, ...named("booking-agent") });
    await expect(run).rejects.toThrow("overloaded");
    expectPrinted(
      "span                        outcome              duration  time",
      "invoke_agent booking-agent  error 529                   #  ━",
      "└── chat mock-model         error 529 (1 retry)         #  ━",
    );
  });

  test("a stream that is aborted, with its first chunk", async () => {
    const gate = createGate();
    const user = new AbortController();
    const model = modelOf({ parts: [{ text: "first" }, { gate }, { text: "never" }] });
    const { textStream } = ai.streamText({
      model,
      prompt: "a tour?",
      abortSignal: user.signal,
      onError: () => {},
      ...named("tour-agent"),
    });
    void gate.reached.then(() => user.abort());
    for await (const _ of textStream);
    gate.open();
    expectPrinted(
      "span                     outcome         duration  first chunk  time",
      "invoke_agent tour-agent  canceled abort         #  ━",
      "└── chat mock-model      canceled abort         #            #  ━",
    );
  });

  test("an agent in a tool of another", async () => {
    const askGuide = async (): Promise<string> => {
      const { text } = await ai.generateText({
        model: modelOf(answers),
        prompt: "sights?",
        ...named("guide"),
      });
      return text;
    };
    await book({ askGuide });
    expectPrinted(
      "span                         outcome  duration      tokens  time",
      "invoke_agent booking-agent   ok              #  2,500 → 50  ━",
      "├── chat mock-model          ok              #  1,200 → 20  ━",
      "├── execute_tool askGuide    ok              #  ━",
      "│   └── invoke_agent guide   ok              #  1,300 → 30  ━",
      "│       └── chat mock-model  ok              #  1,300 → 30  ━",
      "└── chat mock-model          ok              #  1,300 → 30  ━",
    );
  });

  test("tools in parallel, one of which fails", async () => {
    const weather = createGate();
    await book({
      checkWeather: async () => {
        // Both run at once: the other one opens the gate.
        await weather.pass();
        throw new RangeError("no forecast");
      },
      checkVisa: async () => {
        await weather.reached;
        weather.open();
        // Ends after the other.
        await turn();
        return "none";
      },
    });
    expectPrinted(
      "span                           outcome           duration      tokens  time",
      "invoke_agent booking-agent     ok                       #  2,500 → 50  ━",
      "├── chat mock-model            ok                       #  1,200 → 20  ━",
      "├── execute_tool checkWeather  error RangeError         #  ━",
      "├── execute_tool checkVisa     ok                       #  ━",
      "└── chat mock-model            ok                       #  1,300 → 30  ━",
    );
  });

  test("a run below the span of a request, which alone is printed of what is outside", async () => {
    const tracer = printing.provider.getTracer("http");
    tracer.startSpan("GET /health").end();
    await tracer.startActiveSpan("POST /chat", async (request) => {
      tracer.startSpan("SELECT user").end();
      await ai.generateText({ model: modelOf(answers), prompt: "a room?", ...named("booking-agent") });
      expect(printing.text()).toBe("");
      request.end();
    });
    expectPrinted(
      "span                            outcome  duration      tokens  time",
      "POST /chat                      ok              #  ━",
      "└── invoke_agent booking-agent  ok              #  1,300 → 30  ━",
      "    └── chat mock-model         ok              #  1,300 → 30  ━",
    );
  });

  test("two runs, each as it ends", async () => {
    await ai.generateText({ model: modelOf(answers), prompt: "a room?", ...named("first-agent") });
    const first = printing.text();
    expect(printing.lines()).toHaveLength(3);
    await ai.generateText({ model: modelOf(answers), prompt: "a room?", ...named("second-agent") });
    expect(printing.text().slice(0, first.length)).toBe(first);
    expect(printing.lines()).toHaveLength(6);
  });
});

test("a call without an agent", () => {
  const printing = createPrinting();
  const tracer = printing.provider.getTracer("other");
  tracer.startSpan("embeddings e-5", { attributes: { "gen_ai.operation.name": "embeddings" } }).end();
  expect(printing.timeless()).toBe(
    ["span            outcome  duration  time", "embeddings e-5  ok              #  ━", "", ""].join("\n"),
  );
});
