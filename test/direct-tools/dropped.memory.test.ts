/**
 * Generators of a wrapped tool that nobody asks for their values any more, and promises that nobody can settle: their
 * collection ends the span as abandoned, though the tool and the signal live on.
 */
import { wrapTool } from "ai-spans";
import { describe, expect, test } from "vitest";
import { collectPromisesUntil, collectUntil } from "../support/collection.ts";
import { majors } from "../support/majors.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { directSpan, OPTIONS, toolOn } from "./directly.ts";

async function* countRooms(): AsyncGenerator<number> {
  yield 1;
  yield 2;
}

const DROPS: readonly (readonly [title: string, use: (generator: AsyncGenerator<number>) => unknown])[] = [
  ["that was never asked", () => {}],
  ["that was asked once", (generator) => generator.next()],
];

describe.each(majors)("on $name", (major) => {
  test.each(DROPS)("a generator %s is abandoned when it is collected", async (_title, use) => {
    const telemetry = setupTelemetry();
    const tool = wrapTool("searchRooms", toolOn(major, countRooms));
    const controller = new AbortController();
    const options = { ...OPTIONS, abortSignal: controller.signal };
    await (async () => {
      await use(tool.execute({}, options));
    })();
    expect(telemetry.open).toHaveLength(1);
    await collectUntil(() => telemetry.open.length === 0);
    await expectSpanTree(telemetry, directSpan({ canceled: "abandoned" }));
    expect(controller.signal.aborted).toBe(false);
  });

  test("a promise that nobody can settle is abandoned when it is collected", async () => {
    const telemetry = setupTelemetry();
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, () => new Promise(() => {})),
    );
    await (async () => void tool.execute({}, OPTIONS))();
    expect(telemetry.open).toHaveLength(1);
    await collectPromisesUntil(() => telemetry.open.length === 0);
    await expectSpanTree(telemetry, directSpan({ canceled: "abandoned" }));
  });
});
