/**
 * Telemetry that throws somewhere costs a call of a wrapped tool nothing: it runs once and gives what it gives.
 */
import { wrapTool } from "ai-spans";
import { describe, expect, test } from "vitest";
import { turn } from "../support/gate.ts";
import { FAULTS, installFault } from "../support/faulty-telemetry.ts";
import { v7 } from "../support/majors.ts";
import { collectRejections } from "../support/rejections.ts";
import { OPTIONS, toolOn } from "./directly.ts";

describe.each(FAULTS)("$place throws", (fault) => {
  test("a call gives what it gives", async () => {
    installFault(fault);
    const error = new RangeError("taken");
    let runs = 0;
    const answers = toolOn(v7, async () => (runs += 1));
    const streams = toolOn(v7, async function* () {
      yield (runs += 1);
      yield (runs += 1);
    });
    const throws = toolOn(v7, (): never => {
      runs += 1;
      throw error;
    });
    const received: unknown[] = [];
    const rejections = await collectRejections(async () => {
      const options = { ...OPTIONS, abortSignal: new AbortController().signal };
      received.push(await wrapTool("searchRooms", answers).execute({}, options));
      for await (const part of wrapTool("watchRooms", streams).execute({}, options)) received.push(part);
      try {
        wrapTool("bookRoom", throws).execute({}, options);
      } catch (failure) {
        received.push(failure);
      }
      await turn();
    });
    expect(received).toEqual([1, 2, 3, error]);
    expect([runs, rejections]).toEqual([4, []]);
  });
});
