/**
 * The timeline in a real browser: where its bars and texts stand, on wide and narrow pages, and with light and dark colors.
 *
 * Holds: view-page.
 */
import { context, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { addRun } from "../../view/program.ts";
import { openView } from "./browser-view.ts";

const view = openView();
const { runRows, spanRows } = view;

describe("a timeline", () => {
  const MODEL_CALL = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-5" };

  /** A run of four seconds from a fixed time. */
  function addTimedRun(tracer: Tracer): void {
    const start = Date.parse("2026-11-29T12:00:00Z");
    const run = tracer.startSpan("invoke_agent a", {
      startTime: start,
      attributes: { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a" },
    });
    const below = trace.setSpan(context.active(), run);
    const call = tracer.startSpan("chat gpt-5", { startTime: start + 1_000, attributes: MODEL_CALL }, below);
    call.setAttributes({
      "gen_ai.response.time_to_first_chunk": 0.5,
      "gen_ai.usage.input_tokens": 1_731,
      "gen_ai.usage.output_tokens": 44,
      "ai_spans.canceled": true,
      "ai_spans.cancel.cause": "abort",
    });
    call.end(start + 2_000);
    run.end(start + 4_000);
  }

  /** Where an element begins and ends in the timeline, as parts of the whole. */
  const placeOf = async (selector: string): Promise<readonly number[]> => {
    const track = await view.page.locator("#span-list .track").first().boundingBox();
    const box = await view.page.locator(selector).last().boundingBox();
    if (!track || !box) throw new Error(`${selector} is not drawn`);
    return [(box.x - track.x) / track.width, (box.x + box.width - track.x) / track.width];
  };
  const closeTo = (part: number): unknown => expect.closeTo(part, 1);

  test("has each bar, first chunk and time at its place, and a note that hides no end", async () => {
    addTimedRun(view.program.tracer);
    await view.page.goto(view.address);
    await runRows().first().click();
    await view.page.locator("#trace-title", { hasText: "a ✓ ok" }).waitFor();
    expect(await view.page.locator("#trace-facts").innerText()).toBe("4.00 s · 1,731 → 44 tokens · 2 spans");
    expect(await view.page.locator("#scale .time").allInnerTexts()).toEqual([
      "0",
      "1 s",
      "2 s",
      "3 s",
      "4 s",
    ]);
    expect(await placeOf("#span-list .bar")).toEqual([closeTo(0.25), closeTo(0.5)]);
    expect(await placeOf("#span-list .mark")).toEqual([closeTo(0.375), closeTo(0.375)]);
    const [noteStart] = await placeOf("#span-list .note");
    expect(noteStart).toBeGreaterThan(0.49);
    expect(await view.page.locator("#span-list .note").allInnerTexts()).toEqual(["■ canceled abort"]);
    expect(await spanRows().last().innerText()).toContain("1,731 → 44");
  });

  test("says what a call of a tool waits for, and how long an open span has taken", async () => {
    const { tracer } = view.program;
    const attributes = { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a" };
    const run = tracer.startSpan("invoke_agent a", { attributes, startTime: Date.now() - 4_000 });
    const below = trace.setSpan(context.active(), run);
    for (const approval of ["requested", "denied", "approved"]) {
      const call = { "gen_ai.operation.name": "execute_tool", "ai_spans.tool.approval": approval };
      tracer.startSpan(`execute_tool ${approval}`, { attributes: call }, below).end();
    }
    await view.page.goto(view.address);
    await runRows().first().click();
    await view.page.locator("#trace-facts", { hasText: "4 spans" }).waitFor();
    expect(await view.page.locator("#span-list .note").allInnerTexts()).toEqual([
      "○ pending approval",
      "⊘ denied",
      "approval approved",
    ]);
    const seconds = async (): Promise<number> =>
      parseFloat((await spanRows().first().innerText()).split("\n").at(-1) ?? "");
    const before = await seconds();
    expect(before).toBeGreaterThanOrEqual(4);
    await expect.poll(seconds, { timeout: 30_000 }).toBeGreaterThan(before);
  });

  test("fits into 400 pixels, without a bar to scroll sideways", async () => {
    await view.page.setViewportSize({ width: 400, height: 800 });
    addTimedRun(view.program.tracer);
    await view.page.goto(view.address);
    await runRows().first().click();
    await spanRows().first().waitFor();
    const tooWide = await view.page.evaluate(() =>
      ["body", "#run-list", "#span-list", ".trace-head", "header"].filter((selector) => {
        const element = document.querySelector(selector);
        return !element || element.scrollWidth > element.clientWidth || element.clientWidth > 400;
      }),
    );
    expect(tooWide).toEqual([]);
    const texts = ["4.00 s", "1.00 s"];
    for (const text of texts) {
      const box = await view.page.locator("#span-list").getByText(text, { exact: true }).boundingBox();
      expect((box?.x ?? 400) + (box?.width ?? 0)).toBeLessThanOrEqual(400);
    }
  });

  test.each(["light", "dark"] as const)(
    "has texts that stand out from their background, %s",
    async (scheme) => {
      await view.page.emulateMedia({ colorScheme: scheme });
      addTimedRun(view.program.tracer);
      addRun(view.program.tracer, {
        agent: "failed",
        attributes: { "error.type": "429" },
        status: SpanStatusCode.ERROR,
      });
      await view.page.goto(view.address);
      await runRows().first().click();
      const ratios = await view.page.evaluate(contrasts);
      expect(Object.keys(ratios)).toEqual(expect.arrayContaining(["outcome-error", "quiet", "number"]));
      // What WCAG 2.2 asks of texts (1.4.3).
      for (const [name, ratio] of Object.entries(ratios))
        expect({ name, isReadable: ratio >= 4.5 }).toEqual({ name, isReadable: true });
    },
  );
});

/**
 * The contrast of each text in the lists with what is behind it, by the class of its element. Runs in the browser. Of
 * several texts with a class, the least.
 */
function contrasts(): Record<string, number> {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const luminanceOf = (color: string): number => {
    if (!canvas) return 0;
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const backOf = (element: Element | null): string => {
    if (!element) return "white";
    const { backgroundColor } = getComputedStyle(element);
    return backgroundColor === "rgba(0, 0, 0, 0)" ? backOf(element.parentElement) : backgroundColor;
  };
  const least: Record<string, number> = {};
  for (const element of document.querySelectorAll(
    ".row *, .columns *, #details *, header *, .trace-head *",
  )) {
    if (element.children.length > 0 || element.textContent?.trim() === "") continue;
    const [one, other] = [getComputedStyle(element).color, backOf(element)].map(luminanceOf) as [
      number,
      number,
    ];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    const name = element.className || element.tagName;
    least[name] = Math.min(least[name] ?? Infinity, ratio);
  }
  return least;
}
