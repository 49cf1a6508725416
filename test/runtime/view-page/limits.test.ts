/**
 * What the page says of spans that are not kept, and of those that follow other versions of the conventions.
 *
 * Holds: view-page.
 */
import { describe, expect, test } from "vitest";
import { addRun, startProgram } from "../../view/program.ts";
import { openView } from "./browser-view.ts";

const view = openView();
const { connection, runRows, spanRows } = view;

describe("what is not kept", () => {
  test("is said in words: runs, spans of a trace, attributes", async () => {
    await view.program.viewer.close();
    view.program = startProgram({ maxRuns: 3 });
    view.address = await view.program.viewer.listen();
    for (let at = 0; at < 5; at++) addRun(view.program.tracer, { agent: `agent-${at}` });
    await view.page.goto(view.address);
    await view.page.getByText("2 older runs made room for newer ones.").waitFor();
    const attributes = Object.fromEntries(Array.from({ length: 130 }, (_, at) => [`key.${at}`, at]));
    const tools = Array.from({ length: 10_050 }, (_, at) => `tool-${at}`);
    addRun(view.program.tracer, { agent: "endless", tools, attributes });
    await runRows().filter({ hasText: "endless" }).click();
    await view.page.getByText("· 10,000 spans · 52 later spans not kept: the trace has too many").waitFor();
    await view.page.getByText("4 attributes, events or links, because of a limit").waitFor();
  });

  test("is nothing at first", async () => {
    addRun(view.program.tracer);
    await view.page.goto(view.address);
    await runRows().first().click();
    await view.page.getByText("· 2 spans").waitFor();
    expect(await view.page.locator("#limits").innerText()).toBe("");
    expect(await view.page.locator("#details").innerText()).not.toContain("not kept");
  });
});

describe("versions of the conventions", () => {
  const USAGE = { "gen_ai.usage.input_tokens": 1_731, "gen_ai.usage.output_tokens": 44 };

  test("stand beside each other, with their tokens and providers", async () => {
    const { tracer } = view.program;
    addRun(tracer, { agent: "latest", call: { ...USAGE, "gen_ai.provider.name": "openai" } });
    addRun(tracer, { agent: "1.36", call: { ...USAGE, "gen_ai.system": "xai" } });
    const first = { "gen_ai.usage.prompt_tokens": 1_731, "gen_ai.usage.completion_tokens": 44 };
    addRun(tracer, { agent: "1.26", call: { ...first, "gen_ai.system": "anthropic" } });
    await view.page.goto(view.address);
    await connection("3 runs");
    for (const [agent, provider] of [
      ["latest", "openai"],
      ["1.36", "xai"],
      ["1.26", "anthropic"],
    ] as const) {
      const row = runRows().filter({ hasText: agent });
      expect(await row.innerText()).toMatch(/1,731\s+44/);
      expect(await row.locator(`[title="gpt-5 (${provider})"]`).count()).toBe(1);
      await row.click();
      await spanRows().filter({ hasText: "chat" }).click();
      const facts = view.page.locator("#details .facts");
      await facts.filter({ hasText: /tokens in\s*1,731\s*tokens out\s*44\s*provider/ }).waitFor();
      expect(await facts.innerText()).toMatch(new RegExp(`provider\\s+${provider}`));
      await view.page.keyboard.press("Escape");
    }
  });
});
